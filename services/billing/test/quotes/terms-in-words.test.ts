import { date } from '@tenor/calendar';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { frequencyInWords, termsInWords } from '../../src/quotes/terms-in-words.ts';
import { dayInWords, grouped, moneyInWords } from '../../src/quotes/words.ts';

const plain: Terms = {
  ...defaultTerms,
  interestMethod: 'none',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 12,
};
const said = (terms: Partial<Terms>): Record<string, string> =>
  Object.fromEntries(termsInWords({ ...plain, ...terms }, 'USD').map(({ name, says }) => [name, says]));

const rows: readonly {
  readonly terms: Partial<Terms>;
  readonly name: string;
  readonly expected: string | undefined;
}[] = [
  { terms: {}, name: 'Interest', expected: 'none' },
  { terms: {}, name: 'Repayment', expected: '12 instalments, every month' },
  { terms: {}, name: 'Counting of days', expected: undefined },
  { terms: { interestMethod: 'flat', flatRatePercent: '10' }, name: 'Counting of days', expected: undefined },
  { terms: {}, name: 'Fees', expected: undefined },
  {
    terms: { interestMethod: 'flat', flatRatePercent: '10' },
    name: 'Interest',
    expected: '10 % of the amount lent for the whole term, whatever is repaid in the meantime',
  },
  {
    terms: { interestMethod: 'flat', flatRatePercent: '10', flatRateBasis: 'per_annum' },
    name: 'Interest',
    expected: '10 % of the amount lent for each year, whatever is repaid in the meantime',
  },
  {
    terms: { interestMethod: 'annuity', annualRatePercent: '10.5' },
    name: 'Interest',
    expected: '10.5 % a year on what is still owed; all instalments are equal, the last takes what rounding leaves',
  },
  {
    terms: { interestMethod: 'equal_principal', monthlyRatePercent: '2' },
    name: 'Interest',
    expected: '2 % a month on what is still owed; each instalment repays the same principal',
  },
  {
    terms: { interestMethod: 'bullet', annualRatePercent: '8' },
    name: 'Interest',
    expected: '8 % a year on what is still owed, paid with each instalment; the last repays the amount lent',
  },
  {
    terms: { interestMethod: 'bullet', annualRatePercent: '8', bulletInterest: 'at_end' },
    name: 'Interest',
    expected: '8 % a year on the amount lent, paid with it at the end',
  },
  {
    terms: { interestMethod: 'balloon', annualRatePercent: '8', balloonAmount: '5000' },
    name: 'Interest',
    expected: '8 % a year on what is still owed; the last instalment repays USD 5,000.00 at once',
  },
  {
    terms: { interestMethod: 'fixed_instalment', instalmentAmount: '99.5' },
    name: 'Interest',
    expected: 'contained in instalments of USD 99.50',
  },
  {
    terms: {
      interestMethod: 'annuity',
      indexRate: { index: 'SOFR', marginPercent: '2.5', values: [{ from: date('2026-01-01'), percent: '4.31' }] },
    },
    name: 'Interest',
    expected:
      'SOFR and 2.5 % a year, by the values of the index known today, on what is still owed; all instalments are equal, the last takes what rounding leaves',
  },
  {
    terms: { interestMethod: 'annuity', annualRatePercent: '1' },
    name: 'Counting of days',
    expected: 'each month counts 30 days, a year 360 (30/360)',
  },
  {
    terms: { principalGrace: 2, interestGrace: 1, interestGraceTreatment: 'carried' },
    name: 'Grace',
    expected:
      'the first 2 instalments without principal; the first instalment without interest, which the next one asks for',
  },
  { terms: { interestGrace: 3 }, name: 'Grace', expected: 'the first 3 instalments without interest, which is waived' },
  {
    terms: { downPaymentPercent: '20' },
    name: 'Down payment',
    expected: '20 % of the amount, on the day it is paid out; it comes before the other instalments',
  },
  {
    terms: {
      fees: [
        { code: 'origination', charged: 'at_disbursement', amount: null, percent: '1.5', treatment: 'deducted' },
        { code: 'life_insurance', charged: 'at_disbursement', amount: '20', percent: null, treatment: 'financed' },
        { code: 'service', charged: 'per_instalment', amount: '2', percent: null, treatment: null },
      ],
    },
    name: 'Fees',
    expected:
      'origination: 1.5 % of the amount, kept back from the money paid out; life insurance: USD 20.00, added to the loan; service: USD 2.00 with each instalment',
  },
  {
    terms: { tax: { interestPercent: '18', feePercent: '0.00', penaltyPercent: '5' } },
    name: 'Tax',
    expected: '18 % on interest, 5 % on penalties',
  },
  {
    terms: { calendar: 'jakarta', businessDayRule: 'following' },
    name: 'Closed days',
    expected: 'where a due date falls on a closed day (calendar jakarta), it moves to the next open day',
  },
  {
    terms: { rounding: 'up', instalmentMultiple: '500' },
    name: 'Rounding',
    expected: 'up; instalments in steps of USD 500.00',
  },
];

test.each(rows)('$name: $expected', ({ terms, name, expected }) => expect(said(terms)[name]).toBe(expected));

test.each([
  { frequency: { every: 1, unit: 'week' }, expected: 'every week' },
  { frequency: { every: 2, unit: 'week' }, expected: 'every 2 weeks' },
  { frequency: { every: 1, unit: 'semi_month' }, expected: 'every half month' },
  { frequency: { every: 2, unit: 'quarter' }, expected: 'every 2 quarters' },
] as const)('$expected', ({ frequency, expected }) => expect(frequencyInWords(frequency)).toBe(expected));

test.each([
  { amount: grouped(220_000_000n, 'IDR'), expected: '2,200,000.00' },
  { amount: grouped(99_999n, 'USD'), expected: '999.99' },
  { amount: grouped(1_234_567n, 'JPY'), expected: '1,234,567' },
  { amount: grouped(1_234_567n, 'KWD'), expected: '1,234.567' },
  { amount: moneyInWords(0n, 'USD'), expected: 'USD 0.00' },
  { amount: dayInWords(date('2026-06-08')), expected: '8 June 2026' },
])('$expected', ({ amount, expected }) => expect(amount).toBe(expected));
