import { date } from '@tenor/calendar';
import { renderPdf } from '@tenor/documents';
import { readPdf } from '@tenor/testing';
import type { GivenTerms } from '../../src/products/terms.ts';
import { aprFacts, offersPaper, quotePaper } from '../../src/quotes/quote-paper.ts';
import { offersTable, quoteTable } from '../../src/quotes/quote-table.ts';
import { quoted } from './quotes.ts';

const TODAY = date('2026-06-01');
const monthly = { every: 1, unit: 'month' } as const;
const terms: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: monthly,
  numberOfInstalments: 3,
  fees: [{ code: 'origination', charged: 'at_disbursement', amount: '20', percent: null, treatment: 'deducted' }],
};
const product = { code: 'credito', version: 1, name: '=Crédito «Весна»' };
const read = async (paper: Parameters<typeof renderPdf>[0]) => readPdf(await renderPdf(paper, new Date(TODAY)));

test('a quote on paper says what the borrower gets, pays and owes when', async () => {
  const [page = '', ...more] = await read(quotePaper(quoted(terms, [['2026-06-01', '1000']], product), TODAY));
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
  const pages = await read(offersPaper([dear, cheap], TODAY));
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
  const pages = await read(quotePaper(long, TODAY));
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

test('as a table a quote has a row for each instalment, an offer its number and product too', () => {
  const one = quoted(terms, [['2026-06-01', '1000']], product);
  expect(quoteTable(one)).toEqual({
    header: ['number', 'due_date', 'principal', 'interest', 'fee', 'total', 'balance_after', 'currency'],
    rows: [
      ['1', '2026-07-01', '330.02', '10.00', '0.00', '340.02', '669.98', 'USD'],
      ['2', '2026-08-01', '333.32', '6.70', '0.00', '340.02', '336.66', 'USD'],
      ['3', '2026-09-01', '336.66', '3.37', '0.00', '340.03', '0.00', 'USD'],
    ],
  });
  const { header, rows: offered } = offersTable([one, one]);
  expect(header.slice(0, 3)).toEqual(['offer', 'product', 'number']);
  expect(offered.map((row) => row.slice(0, 3))).toEqual(
    ['1', '2'].flatMap((offer) => ['1', '2', '3'].map((number) => [offer, product.name, number])),
  );
});
