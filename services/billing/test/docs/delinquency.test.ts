import { date, type LocalDate } from '@tenor/calendar';
import { bucketOf, lateBuckets } from '../../src/delinquency/bucket.ts';
import { delinquency } from '../../src/delinquency/delinquency.ts';
import { nextChange } from '../../src/delinquency/next-change.ts';
import { folded, lifecycle, plainTerms, policyWith, record, repaid, text } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'delinquency.md';

const bucketRows = rowsOf(PAGE, 'buckets', 'names', '0 days', '1 day', '30 days', '31 days', '91 days');

test.each(bucketRows)('$buckets are $names', (row) => {
  const limits = JSON.parse(row.buckets) as number[];
  expect(lateBuckets(limits).join(', ')).toBe(row.names);
  const named = [0, 1, 30, 31, 91].map((days) => bucketOf(days, limits));
  expect(named).toEqual([row['0 days'], row['1 day'], row['30 days'], row['31 days'], row['91 days']]);
});

/** "10.00 on 2026-01-16" */
const paymentsOf = (cell: string) => {
  const [amount, on] = cell.split(' on ');
  return amount === undefined || on === undefined ? [] : [repaid(amount, on)];
};
/** "2026-01-10 to 2026-01-20", or "to open" */
const pausesOf = (cell: string) => {
  const [from, until] = cell.split(' to ');
  if (from === undefined || until === undefined) return [];
  const payload = { until: until === 'open' ? null : (date(until) as LocalDate), reason: null };
  return [record({ type: 'delinquency_paused', valueDate: date(from), payload })];
};

const columns = ['paid', 'paused', 'as_of', 'consecutive_missed', 'days_past_due', 'bucket', 'arrears'] as const;

test.each(rowsOf(PAGE, ...columns, 'is_delinquent', 'next change'))(
  'on $as_of, paid "$paid" and paused "$paused": $days_past_due days past due',
  (row) => {
    const given = {
      principal: '40.00',
      terms: plainTerms(4),
      disbursedOn: '2026-01-01',
      policy: policyWith({ consecutiveMissed: 2, maxDaysPastDue: 91 }),
    };
    const asOf = date(row.as_of);
    const { state } = folded([...lifecycle(given), ...paymentsOf(row.paid), ...pausesOf(row.paused)], { asOf });
    const { consecutiveMissed, daysPastDue, bucket, arrears, isDelinquent } = delinquency(state, asOf);
    const found = [consecutiveMissed, daysPastDue, bucket, text(arrears), isDelinquent].map(String);
    const shown = [row.consecutive_missed, row.days_past_due, row.bucket, row.arrears, row.is_delinquent];
    expect([...found, nextChange(state, asOf) ?? 'never']).toEqual([...shown, row['next change']]);
  },
);
