import { date } from '@tenor/calendar';
import { bucketOf, lateBuckets } from '../../src/delinquency/bucket.ts';
import { announcements, arrearsByBucket, delinquency, type WatchedLoan } from '../../src/delinquency/delinquency.ts';
import type { Pauses } from '../../src/delinquency/pause.ts';
import { policyWith, weekly } from '../builders.ts';

type Rule = Parameters<typeof policyWith>[0];
const FROM = '2026-01-01';

const watched = (count: number, paid: readonly number[], rule: Rule = {}): WatchedLoan => ({
  currency: 'USD',
  policy: policyWith(rule),
  disbursedOn: date(FROM),
  instalments: weekly(FROM, count, paid),
  pauses: [],
});

describe('a loan is delinquent', () => {
  test.each([
    { count: 50, paid: [], asOf: '2026-01-08', missed: 0, late: false, because: 'the first is due today' },
    { count: 50, paid: [], asOf: '2026-01-09', missed: 1, late: false, because: 'one is missed' },
    { count: 50, paid: [], asOf: '2026-01-15', missed: 1, late: false, because: 'the second is due today' },
    { count: 50, paid: [], asOf: '2026-01-16', missed: 2, late: true, because: 'two in a row are missed' },
    { count: 50, paid: [], asOf: '2026-01-22', missed: 2, late: true, because: 'the third is due today only' },
    { count: 50, paid: [], asOf: '2026-01-23', missed: 3, late: true, because: 'three in a row are missed' },
    { count: 50, paid: [2], asOf: '2026-01-23', missed: 1, late: false, because: 'the one between is paid' },
    { count: 50, paid: [1], asOf: '2026-01-23', missed: 2, late: true, because: 'exactly the last two are missed' },
    { count: 50, paid: [3], asOf: '2026-01-23', missed: 0, late: false, because: 'the newest is paid' },
    { count: 50, paid: [1, 2, 3], asOf: '2026-01-23', missed: 0, late: false, because: 'all are paid' },
    { count: 1, paid: [], asOf: '2026-01-08', missed: 0, late: false, because: 'its only one is due today' },
    { count: 1, paid: [], asOf: '2026-01-09', missed: 1, late: true, because: 'it has but one, and that is missed' },
    { count: 1, paid: [1], asOf: '2026-06-01', missed: 0, late: false, because: 'its only one is paid' },
    { count: 2, paid: [2], asOf: '2026-04-09', missed: 0, late: false, because: 'the oldest is 91 days past due' },
    { count: 2, paid: [2], asOf: '2026-04-10', missed: 0, late: true, because: 'the oldest is 92 days past due' },
  ])('$late on $asOf with $count instalments when $because', ({ count, paid, asOf, missed, late }) => {
    expect(delinquency(watched(count, paid), date(asOf))).toMatchObject({
      consecutiveMissed: missed,
      isDelinquent: late,
    });
  });

  test.each([
    { threshold: 1, asOf: '2026-01-09', late: true },
    { threshold: 3, asOf: '2026-01-16', late: false },
    { threshold: 3, asOf: '2026-01-23', late: true },
    { threshold: 99, asOf: '2026-01-29', late: false },
    { threshold: 99, asOf: '2026-01-30', late: true },
  ])('from $threshold missed on, or all four: $late on $asOf', ({ threshold, asOf, late }) => {
    const loan = watched(4, [], { consecutiveMissed: threshold });
    expect(delinquency(loan, date(asOf)).isDelinquent).toBe(late);
  });

  test.each([
    { maxDaysPastDue: 0, asOf: '2026-01-09', late: true },
    { maxDaysPastDue: 5, asOf: '2026-01-13', late: false },
    { maxDaysPastDue: 5, asOf: '2026-01-14', late: true },
  ])('beyond $maxDaysPastDue days past due: $late on $asOf', ({ maxDaysPastDue, asOf, late }) => {
    expect(delinquency(watched(50, [], { maxDaysPastDue }), date(asOf)).isDelinquent).toBe(late);
  });

  test('never before it is paid out', () => {
    const loan = { ...watched(4, []), disbursedOn: null };
    const calm = { isDelinquent: false, consecutiveMissed: 0, daysPastDue: 0, bucket: 'current', arrears: 0n };
    expect(delinquency(loan, date('2027-01-01'))).toEqual(calm);
  });
});

describe('days past due', () => {
  test.each([
    { paid: [1, 2], asOf: '2026-01-22', expected: 0, because: 'the third is due today, not yet late' },
    { paid: [1, 2], asOf: '2026-01-23', expected: 1, because: 'the third was due yesterday' },
    { paid: [], asOf: '2026-01-23', expected: 15, because: 'the oldest unpaid counts' },
    { paid: [2], asOf: '2026-01-23', expected: 15, because: 'a later payment does not make the oldest younger' },
    { paid: [1, 2, 3, 4], asOf: '2026-12-31', expected: 0, because: 'all are paid' },
  ])('$expected when $because', ({ paid, asOf, expected }) => {
    expect(delinquency(watched(4, paid), date(asOf)).daysPastDue).toBe(expected);
  });
});

describe('grace', () => {
  test.each([
    { asOf: '2026-01-11', missed: 0, daysPastDue: 0 },
    { asOf: '2026-01-12', missed: 1, daysPastDue: 4 },
    { asOf: '2026-01-18', missed: 1, daysPastDue: 10 },
    { asOf: '2026-01-19', missed: 2, daysPastDue: 11 },
  ])('of three days delays what is missed, and is not subtracted: $asOf', ({ asOf, missed, daysPastDue }) => {
    const found = delinquency(watched(4, [], { graceDays: 3 }), date(asOf));
    expect(found).toMatchObject({ consecutiveMissed: missed, daysPastDue });
  });
});

describe('the tolerance', () => {
  const nearlyPaid = { principal: 750n, interest: 0n, fee: 0n, penalty: 0n };
  test.each([
    { tolerance: '0', missed: 2, arrears: 500n },
    { tolerance: '2.49', missed: 2, arrears: 500n },
    { tolerance: '2.50', missed: 0, arrears: 0n },
  ])('of $tolerance makes $missed missed of a remainder of 2.50 each', ({ tolerance, missed, arrears }) => {
    const loan = { ...watched(2, [], { tolerance }), instalments: weekly(FROM, 2, [], { paid: nearlyPaid }) };
    const found = delinquency(loan, date('2026-02-01'));
    expect(found).toMatchObject({ consecutiveMissed: missed, arrears, isDelinquent: missed === 2 });
  });

  test('of a zero instalment is not needed: it counts as paid', () => {
    const instalments = weekly(FROM, 2, [], { principal: 0n });
    expect(delinquency({ ...watched(2, []), instalments }, date('2026-02-01')).consecutiveMissed).toBe(0);
  });
});

describe('arrears', () => {
  test('are what the missed instalments owe, of every component', () => {
    const instalments = weekly(FROM, 4, [], { interest: 100n, fee: 20n });
    expect(delinquency({ ...watched(4, []), instalments }, date('2026-01-16')).arrears).toBe(2240n);
  });

  test('stand each in the bucket of its own days past due', () => {
    const loan = watched(20, [4]);
    const asOf = date('2026-04-09');
    expect(arrearsByBucket(loan, asOf)).toEqual(
      new Map([
        ['1-30', 4000n],
        ['31-60', 4000n],
        ['61-90', 3000n],
        ['91+', 1000n],
      ]),
    );
    expect(delinquency(loan, asOf).arrears).toBe(12000n);
  });
});

test.each([
  [0, 'current'],
  [1, '1-30'],
  [30, '1-30'],
  [31, '31-60'],
  [60, '31-60'],
  [61, '61-90'],
  [90, '61-90'],
  [91, '91+'],
  [4000, '91+'],
])('%d days past due are in the bucket %s', (days, bucket) => {
  expect(bucketOf(days, [30, 60, 90])).toBe(bucket);
});

describe('buckets by other limits', () => {
  test.each([
    { limits: [7], names: ['1-7', '8+'], of: { 0: 'current', 7: '1-7', 8: '8+' } },
    {
      limits: [1, 15, 45],
      names: ['1-1', '2-15', '16-45', '46+'],
      of: { 1: '1-1', 2: '2-15', 45: '16-45', 46: '46+' },
    },
  ])('$limits are $names', ({ limits, names, of }) => {
    expect(lateBuckets(limits)).toEqual(names);
    for (const [days, bucket] of Object.entries(of)) expect(bucketOf(Number(days), limits)).toBe(bucket);
  });

  test('hold the arrears of a loan whose product has them', () => {
    const asOf = date('2026-01-23');
    const loan = watched(4, [], { buckets: [7, 14] });
    expect(delinquency(loan, asOf)).toMatchObject({ daysPastDue: 15, bucket: '15+' });
    expect([...arrearsByBucket(loan, asOf)]).toEqual([
      ['1-7', 1000n],
      ['8-14', 1000n],
      ['15+', 1000n],
    ]);
  });
});

describe('in a pause', () => {
  const pausedFrom = (from: string, until: string | null): Pauses => [
    { from: date(from), until: until === null ? null : date(until) },
  ];
  test.each([
    {
      pauses: pausedFrom('2026-01-09', null),
      asOf: '2026-12-31',
      days: 0,
      missed: 0,
      because: 'nothing becomes missed',
    },
    {
      pauses: pausedFrom('2026-01-10', null),
      asOf: '2026-12-31',
      days: 1,
      missed: 1,
      because: 'what was missed stays',
    },
    {
      pauses: pausedFrom('2026-01-09', '2026-01-14'),
      asOf: '2026-01-14',
      days: 0,
      missed: 0,
      because: 'it still lasts',
    },
    {
      pauses: pausedFrom('2026-01-09', '2026-01-14'),
      asOf: '2026-01-15',
      days: 1,
      missed: 1,
      because: 'one day counts',
    },
    { pauses: pausedFrom('2026-01-09', '2026-01-14'), asOf: '2026-01-23', days: 9, missed: 3, because: 'six did not' },
    { pauses: pausedFrom('2025-01-01', '2026-01-08'), asOf: '2026-01-23', days: 15, missed: 3, because: 'it was over' },
  ])('$days days past due on $asOf: $because', ({ pauses, asOf, days, missed }) => {
    const found = delinquency({ ...watched(50, []), pauses }, date(asOf));
    expect(found).toMatchObject({ daysPastDue: days, consecutiveMissed: missed, isDelinquent: missed > 1 });
  });

  test('grace does not run either', () => {
    const loan = { ...watched(4, [], { graceDays: 3 }), pauses: pausedFrom('2026-01-10', '2026-01-19') };
    expect(delinquency(loan, date('2026-01-21'))).toMatchObject({ consecutiveMissed: 0, daysPastDue: 0 });
    expect(delinquency(loan, date('2026-01-22'))).toMatchObject({ consecutiveMissed: 1, daysPastDue: 4 });
  });
});

describe('what is announced', () => {
  const calm = { isDelinquent: false, bucket: 'current' } as const;
  const late = { isDelinquent: false, bucket: '1-30' } as const;
  const delinquent = { isDelinquent: true, bucket: '1-30' } as const;
  const older = { isDelinquent: true, bucket: '31-60' } as const;
  test.each([
    { before: calm, after: calm, told: [] },
    { before: calm, after: late, told: ['bucket_changed'] },
    { before: late, after: delinquent, told: ['became_delinquent'] },
    { before: calm, after: delinquent, told: ['became_delinquent', 'bucket_changed'] },
    { before: delinquent, after: older, told: ['bucket_changed'] },
    { before: older, after: calm, told: ['cured', 'bucket_changed'] },
    { before: older, after: older, told: [] },
  ])('of $before to $after: $told', ({ before, after, told }) => {
    expect(announcements(before, after)).toEqual(told);
  });
});
