import { date } from '@tenor/calendar';
import { openPress, type Press } from '@tenor/documents';
import { readPdf } from '@tenor/testing';
import type { GivenTerms } from '../../src/products/terms.ts';
import { aprFacts, offersPaper, quotePaper } from '../../src/quotes/quote-paper.ts';
import { offersTable, quoteTable } from '../../src/quotes/quote-table.ts';
import { quoted } from './quotes.ts';

let press: Press;
beforeAll(async () => {
  press = await openPress();
});

const TODAY = date('2026-06-01');
const monthly = { every: 1, unit: 'month' } as const;
const terms: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: monthly,
  numberOfInstalments: 3,
  fees: [{ code: 'origination', charged: 'at_disbursement', amount: '20', percent: null, treatment: 'deducted' }],
};
const plain: GivenTerms = { interestMethod: 'none', frequency: monthly, numberOfInstalments: 1 };
const product = { code: 'credito', version: 1, name: '=Crédito «Весна»' };
const read = async (paper: Parameters<Press['renderPdf']>[0]) => readPdf(await press.renderPdf(paper, new Date(TODAY)));

test('a quote on paper says what the borrower gets, pays and owes when', async () => {
  const [page = '', ...more] = await read(
    quotePaper(quoted(terms, [['2026-06-01', '1000']], product), TODAY, press.isPrintable),
  );
  expect(more).toEqual([]);
  for (const part of [
    'Loan offer: =Crédito «Весна»',
    'You receive USD 980.00 on 1 June 2026',
    'Kept back as fees USD 20.00',
    'You repay USD 1,020.07 in 3 instalments, from 1 July 2026 to 1 September 2026',
    'Total cost USD 40.07: interest USD 20.07, fees and tax USD 20.00',
    'Annual percentage rate 24.37 % (United States, Regulation Z)',
    'Interest 12 % a year on what is still owed',
    'Repayment 3 instalments, every month',
    'origination: USD 20.00, kept back from the money paid out',
    '1 1 July 2026 330.02 10.00 0.00 340.02 669.98',
    'Total 1,000.00 20.07 0.00 1,020.07',
    'An offer of 1 June 2026, not a contract. Page 1 of 1',
  ]) {
    expect(page).toContain(part);
  }
});

test('offers on paper stand side by side, then one by one', async () => {
  const dear = quoted(terms, [['2026-06-01', '1000']], product);
  const cheap = quoted({ ...terms, fees: [] }, [['2026-06-01', '1000']]);
  const pages = await read(offersPaper([dear, cheap], TODAY, press.isPrintable));
  const text = pages.join(' ');
  expect(text).toContain('2 loan offers compared');
  expect(text).toContain('Lowest annual rate offer 2, by its annual percentage rate');
  expect(text).toMatch(/1 =Crédito «Весна» USD 980\.00 3, every month USD 1,020\.07 USD 40\.07 USD 20\.00 24\.37/);
  expect(pages[1]).toMatch(/^Offer 1: =Crédito «Весна» What you get and what it costs/);
  expect(pages[2]).toMatch(/^Offer 2 What you get and what it costs/);
});

test('1,200 instalments fill pages that are all numbered', async () => {
  const long = quoted({ ...terms, frequency: { every: 1, unit: 'week' }, numberOfInstalments: 1_200 }, [
    ['2026-06-01', '100000'],
  ]);
  const pages = await read(quotePaper(long, TODAY, press.isPrintable));
  expect(pages.length).toBeGreaterThan(15);
  for (const [index, page] of pages.entries()) expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
  expect(pages.at(-1)).toMatch(/1200 \d+ \w+ \d{4} .* 0\.00 Total/);
});

test('where there is no rate the paper says why', () => {
  expect(aprFacts({ reg_z: null, eu: null, reason: 'nothing_advanced' })[0]?.says).toMatch(
    /^there is none, since nothing/,
  );
  expect(aprFacts({ reg_z: '3650.00', eu: null, reason: 'too_high' }).map(({ says }) => says)).toEqual([
    '3650.00 % (United States, Regulation Z)',
    'it is higher than this system states (European Union, consumer credit)',
  ]);
});

test('as a table a quote has a row for each instalment', () => {
  const one = quoted(terms, [['2026-06-01', '1000']], product);
  expect(quoteTable(one)).toEqual({
    header: ['number', 'due_date', 'principal', 'interest', 'fee', 'total', 'balance_after', 'currency'],
    rows: [
      ['1', '2026-07-01', '330.02', '10.00', '0.00', '340.02', '669.98', 'USD'],
      ['2', '2026-08-01', '333.32', '6.70', '0.00', '340.02', '336.66', 'USD'],
      ['3', '2026-09-01', '336.66', '3.37', '0.00', '340.03', '0.00', 'USD'],
    ],
  });
});

test('offers as a table have a row for each instalment with its offer, its product and what the offer costs', () => {
  const one = quoted({ ...terms, numberOfInstalments: 2 }, [['2026-06-01', '1000']], product);
  const free = quoted({ ...plain, numberOfInstalments: 1 }, [['2026-06-01', '1000']]);
  const { header, rows } = offersTable([one, { ...free, apr: { reg_z: '0.00', eu: null, reason: 'too_high' } }]);
  expect(header.join()).toBe(
    'offer,product,product_name,number,due_date,principal,interest,fee,total,balance_after,currency,net_disbursed,total_interest,total_fees,total_cost,offer_total,apr_reg_z,apr_eu,apr_reason',
  );
  const costs = ['980.00', '15.02', '20.00', '35.02', '1015.02', one.apr.reg_z, one.apr.eu, ''];
  expect(rows).toEqual([
    ['1', 'credito', product.name, '1', '2026-07-01', '497.51', '10.00', '0.00', '507.51', '502.49', 'USD', ...costs],
    ['1', 'credito', product.name, '2', '2026-08-01', '502.49', '5.02', '0.00', '507.51', '0.00', 'USD', ...costs],
    [
      ...['2', '', '', '1', '2026-07-01', '1000.00', '0.00', '0.00', '1000.00', '0.00', 'USD'],
      ...['1000.00', '0.00', '0.00', '0.00', '1000.00', '0.00', '', 'too_high'],
    ],
  ]);
});

describe('a product whose name has letters that paper lacks', () => {
  const chinese = { code: 'xiao-e', version: 1, name: '小额贷款' };
  const one = quoted(terms, [['2026-06-01', '1000']], chinese);

  test('goes by its code, and the paper says so', async () => {
    const papers = [
      quotePaper(one, TODAY, press.isPrintable),
      offersPaper([one, quoted(terms, [['2026-06-01', '1000']], product)], TODAY, press.isPrintable),
    ];
    for (const paper of papers) {
      const text = (await read(paper)).join(' ');
      expect(text).not.toContain('□');
      expect(text).toMatch(/(Loan offer|Offer 1): xiao-e /);
      expect(text.split('Product xiao-e: its code, since this paper cannot show its name')).toHaveLength(2);
    }
  });

  test('has it whole as a table', () => expect(offersTable([one]).rows[0]?.[2]).toBe('小额贷款'));
});

test('no heading breaks within a word where amounts have 15 digits', async () => {
  const large = quoted({ ...terms, fees: [] }, [['2026-06-01', '900000000000000']]);
  const [first] = await read(offersPaper([large, large], TODAY, press.isPrintable));
  expect(first).toContain('Offer Product You receive Instalments You repay Total cost Fees APR %');
});
