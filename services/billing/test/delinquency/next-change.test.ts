import { addDays, date } from '@tenor/calendar';
import fc from 'fast-check';
import { announcements, delinquency } from '../../src/delinquency/delinquency.ts';
import { type FollowedLoan, nextChange } from '../../src/delinquency/next-change.ts';
import type { Pauses } from '../../src/delinquency/pause.ts';
import { aged } from '../../src/penalties/passing-days.ts';
import { loanWith, plainTerms, policyWith, repaid, weekly } from '../builders.ts';

const FROM = '2026-01-01';

const followed = (paid: readonly number[], given: Partial<FollowedLoan> = {}): FollowedLoan => ({
  currency: 'USD',
  policy: policyWith(),
  disbursedOn: date(FROM),
  instalments: weekly(FROM, 4, paid),
  pauses: [],
  ...given,
});
const paused = (from: string, until: string | null): Pauses => [
  { from: date(from), until: until === null ? null : date(until) },
];

test.each([
  { of: followed([]), asOf: '2026-01-01', next: '2026-01-09', because: 'the first is missed then' },
  { of: followed([]), asOf: '2026-01-08', next: '2026-01-09', because: 'the first is due today' },
  { of: followed([]), asOf: '2026-01-09', next: '2026-01-16', because: 'the second is missed then' },
  { of: followed([]), asOf: '2026-01-30', next: '2026-02-08', because: 'the oldest is 31 days past due then' },
  { of: followed([]), asOf: '2026-04-08', next: '2026-04-09', because: 'it is beyond 90 days past due then' },
  { of: followed([]), asOf: '2026-04-09', next: '2026-04-10', because: 'it is beyond the days that the policy allows' },
  { of: followed([]), asOf: '2026-04-10', next: null, because: 'nothing worse is known' },
  { of: followed([1]), asOf: '2026-01-01', next: '2026-01-16', because: 'the first is paid already' },
  { of: followed([3]), asOf: '2026-01-16', next: '2026-01-23', because: 'a paid one ends the missed ones in a row' },
  { of: followed([1, 2, 3, 4]), asOf: '2026-01-01', next: null, because: 'all are paid' },
  { of: followed([], { disbursedOn: null }), asOf: '2026-01-01', next: null, because: 'it is not paid out' },
  { of: followed([], { pauses: paused('2026-01-05', null) }), asOf: '2026-01-06', next: null, because: 'it is paused' },
  {
    of: followed([], { pauses: paused('2026-01-05', '2026-01-12') }),
    asOf: '2026-01-06',
    next: '2026-01-13',
    because: 'a pause ends then',
  },
])('from $asOf on, $next: $because', ({ of, asOf, next }) => {
  expect(nextChange(of, date(asOf))).toBe(next);
});

test('a remainder that grows above the tolerance is looked at day by day', () => {
  const policy = {
    ...policyWith({ tolerance: '1.00' }),
    penalty: { amount: null, percentPerDay: '10', graceDays: 0, cap: null },
  };
  const late = loanWith(
    { policy, terms: plainTerms(1), principal: '10.00', disbursedOn: FROM },
    repaid('9.50', '2026-01-08'),
  );
  const asOf = date('2026-01-10');
  expect(nextChange(aged(late, asOf), asOf)).toBe('2026-01-11');
});

test('nothing is to be announced before the day that it names', () => {
  const pause = fc.record({ start: fc.nat(60), lasts: fc.option(fc.nat(40)) }).map(({ start, lasts }): Pauses => {
    const from = addDays(date(FROM), start);
    return [{ from, until: lasts === null ? null : addDays(from, lasts) }];
  });
  const loans = fc.record({
    paid: fc.subarray([1, 2, 3, 4]),
    graceDays: fc.nat(5),
    consecutiveMissed: fc.integer({ min: 1, max: 4 }),
    maxDaysPastDue: fc.integer({ min: 1, max: 50 }),
    buckets: fc.constantFrom([30, 60, 90], [7], [1, 10, 20]),
    pauses: fc.oneof(fc.constant<Pauses>([]), pause),
    asOf: fc.nat(80),
  });
  fc.assert(
    fc.property(loans, ({ paid, pauses, asOf: offset, ...rule }) => {
      const loan = followed(paid, { policy: policyWith(rule), pauses });
      const asOf = addDays(date(FROM), offset);
      const standing = delinquency(loan, asOf);
      const next = nextChange(loan, asOf);
      if (next !== null) expect(next > asOf).toBe(true);
      for (let day = addDays(asOf, 1), left = 150; left > 0 && day !== next; day = addDays(day, 1), left -= 1) {
        expect(announcements(standing, delinquency(loan, day))).toEqual([]);
      }
    }),
  );
});
