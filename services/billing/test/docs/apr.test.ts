import { readFileSync } from 'node:fs';
import { date, dueDatesOf, type Frequency, type FrequencyUnit, NEVER_CLOSED } from '@tenor/calendar';
import { termsFromJson } from '../../src/products/terms-json.ts';
import { quoteJson } from '../../src/quotes/quote-json.ts';
import { aprOf, type Flow, noRateReasons } from '../../src/schedules/apr.ts';
import { quoted } from '../quotes/quotes.ts';
import { minor } from '../schedules/plans.ts';
import { type Row, rowsOf } from './page-tables.ts';

const PAGE = 'apr.md';
const FLOWS = ['lent', 'on', 'repaid', 'every', 'first on'] as const;

/** `39.50, 11 × 38.31`: amounts in their order. */
function amountsOf(text: string): bigint[] {
  return text.split(', ').flatMap((part) => {
    const [amount = '', count = '1'] = part.split(' × ').toReversed();
    return new Array<bigint>(Number.parseInt(count, 10)).fill(minor(amount));
  });
}

function aprOfRow(row: Row<(typeof FLOWS)[number]>) {
  const [every = '', unit] = row.every.split(' ');
  const frequency: Frequency = { every: Number.parseInt(every, 10), unit: unit as FrequencyUnit };
  const [disbursedOn, amounts] = [date(row.on), amountsOf(row.repaid)];
  // A payment on the first day is no due date that a schedule could have.
  const isAtOnce = row['first on'] === row.on;
  const firstDueDate = row['first on'] === '' || isAtOnce ? null : date(row['first on']);
  const given = { disbursedOn, frequency, count: amounts.length, firstDueDate, minimumDaysToFirstDue: 0 };
  const later = dueDatesOf({ ...given, rule: 'none', closedDays: NEVER_CLOSED })?.due ?? [];
  const days = isAtOnce ? [disbursedOn, ...later] : later;
  const payments = amounts.map((amount, index): Flow => ({ amount, on: days[index] ?? disbursedOn }));
  return aprOf({ advances: [{ amount: minor(row.lent), on: disbursedOn }], payments }, frequency);
}

interface Asked {
  readonly terms: Readonly<Record<string, unknown>>;
  readonly principal: { readonly amount: string };
  readonly disbursed_on: string;
}

/** The requests of a page, in their order. */
function requestsOf(page: string): Asked[] {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```json\n([\s\S]*?)\n```/g)].flatMap(([, json = '']) => {
    const request = JSON.parse(json) as Asked | { readonly offers: Asked[] };
    return 'offers' in request ? request.offers : [request];
  });
}

describe('docs/apr.md', () => {
  test.each(rowsOf(PAGE, ...FLOWS, 'reg_z', 'eu'))('$lent repaid by $repaid every $every: $reg_z and $eu', (row) => {
    expect(aprOfRow(row)).toEqual({ reg_z: row.reg_z, eu: row.eu, reason: null });
  });

  test('says what a quote of each of its requests costs', () => {
    const columns = ['net_disbursed', 'total', 'total_interest', 'total_fees', 'total_cost', 'reg_z', 'eu'] as const;
    const answers = requestsOf(PAGE).map(({ terms, principal, disbursed_on: on }) => {
      const { apr, ...json } = quoteJson(quoted(termsFromJson(terms), [[on, principal.amount]]));
      return Object.fromEntries(columns.map((column) => [column, { ...json, ...apr }[column]]));
    });
    expect(rowsOf(PAGE, ...columns)).toEqual(answers);
  });

  test('discounts its payments to what the borrower got', () => {
    const rows = rowsOf(PAGE, 'months', 'payment', 'worth at 24.37 %', 'worth at 27.28 %');
    const [regZ, eu] = [
      { column: 'worth at 24.37 %', yearly: 1 + 0.2437 / 12, perYear: 1 },
      { column: 'worth at 27.28 %', yearly: 1.2728, perYear: 12 },
    ] as const;
    for (const { column, yearly, perYear } of [regZ, eu]) {
      const worth = rows.map(({ months, payment }) => Number(payment) / yearly ** (Number(months) / perYear));
      expect(rows.map((row) => Number(row[column]))).toEqual(worth.map((each) => Math.round(each * 100) / 100));
      expect(Math.abs(worth.reduce((sum, each) => sum + each, 0) - 980)).toBeLessThan(0.02);
    }
  });

  test.each(rowsOf(PAGE, 'reason', ...FLOWS))('where there is no rate: $reason', (row) => {
    const { reason, ...rates } = aprOfRow(row);
    expect(reason).toBe(row.reason);
    expect(Object.values(rates)).toContain(null);
  });

  test('names every reason', () =>
    expect(rowsOf(PAGE, 'reason', 'meaning').map(({ reason }) => reason)).toEqual(noRateReasons));
});
