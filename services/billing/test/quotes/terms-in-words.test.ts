import { date } from '@tenor/calendar';
import { defaultTerms, type GivenTerms, type Terms } from '../../src/products/terms.ts';
import { frequencyInWords, type MadeTerms, termsInWords } from '../../src/quotes/terms-in-words.ts';
import { dayInWords, grouped, moneyInWords } from '../../src/quotes/words.ts';
import { quoted } from './quotes.ts';

const plain: Terms = {
  ...defaultTerms,
  interestMethod: 'none',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 12,
};
const weekly = { every: 1, unit: 'week' } as const;
const facts = (made: MadeTerms): Record<string, string> =>
  Object.fromEntries(termsInWords(made).map(({ name, says }) => [name, says]));
const said = (terms: Partial<Terms>): Record<string, string> =>
  facts({ terms: { ...plain, ...terms }, currency: 'USD', from: date('2026-06-01'), instalments: [] });
/** With the schedule of these terms for 1,200 dollars. */
const saidOfSchedule = (given: Partial<GivenTerms>, ...disbursements: [on: string, amount: string][]) => {
  const paid = disbursements.length === 0 ? [['2026-01-01', '1200'] as const] : disbursements;
  return facts({ ...quoted({ ...plain, ...given }, paid), from: date('2026-01-01') });
};

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
    expected: '10.5 % a year on what is still owed',
  },
  {
    terms: { interestMethod: 'equal_principal', monthlyRatePercent: '2' },
    name: 'Interest',
    expected: '2 % a month on what is still owed',
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
    expected: '8 % a year on what is still owed',
  },
  {
    terms: { interestMethod: 'fixed_instalment', instalmentAmount: '99.5' },
    name: 'Interest',
    expected: 'contained in instalments of USD 99.50',
  },
  {
    terms: { interestMethod: 'annuity', annualRatePercent: '1' },
    name: 'Counting of days',
    expected: 'each month counts 30 days and a part of one its share of them, a year 360 (30/360)',
  },
  ...(['day', 'week'] as const).map((unit) => ({
    terms: { interestMethod: 'annuity' as const, annualRatePercent: '1', frequency: { every: 2, unit } },
    name: 'Counting of days',
    expected: 'the days that pass, over a year of 360 (30/360 without months)',
  })),
  {
    terms: { interestMethod: 'annuity', annualRatePercent: '1', frequency: weekly, dayCount: 'act/364' },
    name: 'Counting of days',
    expected: 'the days that pass, over a year of 364 (act/364)',
  },
  ...(
    [
      [{ every: 1, unit: 'month' }, 'act/365', '1/12 of a year'],
      [{ every: 2, unit: 'quarter' }, 'act/360', '2/4 of a year'],
      [{ every: 1, unit: 'semi_month' }, '30/360', '1/24 of a year'],
      [{ every: 2, unit: 'week' }, 'act/364', '14 days over a year of 364 (act/364)'],
      [{ every: 1, unit: 'day' }, 'act/act-isda', '1 day over a year of 365 (act/act-isda)'],
    ] as const
  ).map(([frequency, dayCount, counts]) => ({
    terms: {
      interestMethod: 'flat' as const,
      flatRatePercent: '10',
      flatRateBasis: 'per_annum' as const,
      frequency,
      dayCount,
    },
    name: 'Counting of days',
    expected: `each period counts ${counts}, whatever its dates`,
  })),
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
  ...(['none', 'preceding'] as const).map((businessDayRule) => ({
    terms: { calendar: 'jakarta', businessDayRule, frequency: { every: 1, unit: 'day' } as const },
    name: 'Closed days',
    expected: 'skipped: instalments fall due on open days only (calendar jakarta)',
  })),
  {
    terms: { calendar: 'jakarta', businessDayRule: 'preceding', frequency: { every: 7, unit: 'day' } },
    name: 'Closed days',
    expected: 'where a due date falls on a closed day (calendar jakarta), it moves to the open day before',
  },
  {
    terms: { rounding: 'up', instalmentMultiple: '500' },
    name: 'Rounding',
    expected: 'up; instalments in steps of USD 500.00',
  },
];

test.each(rows)('$name: $expected', ({ terms, name, expected }) => expect(said(terms)[name]).toBe(expected));

describe('which instalments are alike', () => {
  const annuity = { interestMethod: 'annuity', annualRatePercent: '12' } as const;
  const fee = { code: 'service', charged: 'per_instalment', amount: '2', percent: null, treatment: null } as const;
  const tax = { interestPercent: '18', feePercent: '0', penaltyPercent: '0' };
  const toTheEnd = (first: number, last: number) =>
    `12 % a year on what is still owed; instalments ${first} to ${last} ask for the same in principal and interest together`;
  const alike = (first: number, last: number) => `${toTheEnd(first, last)}, the last is for what is left`;
  const cases: readonly { because: string; terms: Partial<GivenTerms>; expected: string }[] = [
    { because: 'nothing else is asked for', terms: {}, expected: alike(1, 11) },
    { because: 'fees and tax are on top', terms: { fees: [fee], tax }, expected: alike(1, 11) },
    { because: 'principal grace comes before them', terms: { principalGrace: 3 }, expected: toTheEnd(4, 12) },
    {
      because: 'carried interest makes one larger',
      terms: { interestGrace: 2, interestGraceTreatment: 'carried' },
      expected: alike(4, 11),
    },
    { because: 'waived interest is in all of them', terms: { interestGrace: 2 }, expected: alike(1, 11) },
    { because: 'a down payment comes before them', terms: { downPaymentPercent: '20' }, expected: alike(2, 12) },
    { because: 'two are no series', terms: { numberOfInstalments: 2 }, expected: '12 % a year on what is still owed' },
    {
      because: 'the last has the same, where there is no interest to round',
      terms: { annualRatePercent: '0' },
      expected:
        '0 % a year on what is still owed; instalments 1 to 12 ask for the same in principal and interest together',
    },
    {
      because: 'all but the last repay the same principal',
      terms: { interestMethod: 'equal_principal', numberOfInstalments: 7 },
      expected:
        '12 % a year on what is still owed; instalments 1 to 6 repay the same principal, the last is for what is left',
    },
    {
      because: 'steps make principals differ',
      terms: { interestMethod: 'equal_principal', instalmentMultiple: '5' },
      expected: '12 % a year on what is still owed',
    },
    {
      because: 'a balloon is repaid at once',
      terms: { interestMethod: 'balloon', balloonAmount: '500' },
      expected: '12 % a year on what is still owed; the last instalment repays USD 500.00 at once',
    },
  ];
  test.each(cases)('$because', ({ terms, expected }) =>
    expect(saidOfSchedule({ ...annuity, ...terms })['Interest']).toBe(expected),
  );

  test('only those after the last money that is paid out', () => {
    const terms = { ...annuity, maximumDisbursements: 2 };
    expect(saidOfSchedule(terms, ['2026-01-01', '600'], ['2026-04-15', '600'])['Interest']).toBe(toTheEnd(4, 12));
  });
});

describe('a rate that follows an index', () => {
  const values = [
    { from: date('2025-06-01'), percent: '4' },
    { from: date('2025-12-31'), percent: '4.31' },
    { from: date('2026-03-15'), percent: '4.5' },
    { from: date('2027-01-01'), percent: '-1' },
    { from: date('2027-01-02'), percent: '5' },
  ];
  const indexRate = { index: 'SOFR', marginPercent: '2.50', values };

  test('says what it is on the first day, of what it is made, and how it changes by the values that are known', () => {
    expect(saidOfSchedule({ interestMethod: 'bullet', indexRate })).toMatchObject({
      Interest:
        '6.81 % a year, as on 1 January 2026, on what is still owed, paid with each instalment; the last repays the amount lent',
      Index:
        'SOFR at 4.31 % on 1 January 2026, and 2.50 % of margin; the rate follows the index, here by its values known today',
      'From 15 March 2026': 'SOFR at 4.5 %, which makes 7 % a year',
      'From 1 January 2027': 'SOFR at -1 %, which makes 1.5 % a year',
    });
  });

  test('leaves out values before the loan and after it', () => {
    const names = Object.keys(saidOfSchedule({ interestMethod: 'annuity', indexRate }));
    expect(names.filter((name) => name.startsWith('From'))).toEqual(['From 15 March 2026', 'From 1 January 2027']);
  });

  test('has the first value before its day too, and may be nothing', () => {
    const of = (percent: string) => ({ ...indexRate, values: [{ from: date('2026-07-01'), percent }] });
    expect(said({ interestMethod: 'annuity', indexRate: of('97.5') })['Interest']).toMatch(/^100 % a year/);
    expect(said({ interestMethod: 'annuity', indexRate: of('-2.5') })['Interest']).toMatch(/^0 % a year/);
    expect(said({ interestMethod: 'annuity', indexRate: of('-2.4999999999') })['Interest']).toMatch(/^0\.0000000001 %/);
  });
});

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
