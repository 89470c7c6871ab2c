import { addDays, date, daysBetween } from '@tenor/calendar';
import fc from 'fast-check';
import { outstanding } from '../../src/loans/loan.ts';
import { aged } from '../../src/penalties/passing-days.ts';
import type { PenaltyPolicy } from '../../src/products/policy.ts';
import { loanWith, policyWith, repaid, plainTerms as weeklyTerms } from '../builders.ts';

const start = '2026-01-01';
const plainTerms = (numberOfInstalments: number) =>
  ({ ...weeklyTerms(numberOfInstalments), frequency: { every: 1, unit: 'month' } }) as const;
const fixed = { amount: '5.00', percentPerDay: null, graceDays: 3, cap: null };
const perDay = { amount: null, percentPerDay: '0.1', graceDays: 0, cap: null };
const loan = (penalty: PenaltyPolicy | null, lateInterest = false, ...payments: ReturnType<typeof repaid>[]) =>
  loanWith(
    { disbursedOn: start, terms: plainTerms(2), policy: { ...policyWith(), penalty, lateInterest } },
    ...payments,
  );
const penaltyOn = (state: ReturnType<typeof loan>, day: string): bigint =>
  outstanding(aged(state, date(day)), date(day)).penalty;

// Two instalments of 500.00, due 2026-02-01 and 2026-03-01.
describe('a fixed penalty', () => {
  test.each([
    { day: '2026-02-01', penalty: 0n, because: 'the instalment is due that day' },
    { day: '2026-02-04', penalty: 0n, because: 'the days of grace are not over' },
    { day: '2026-02-05', penalty: 500n, because: 'they are over' },
    { day: '2026-03-04', penalty: 500n, because: 'it is charged once' },
    { day: '2026-03-05', penalty: 1000n, because: 'the second instalment has its own' },
  ])('is $penalty on $day: $because', ({ day, penalty }) => {
    expect(penaltyOn(loan(fixed), day)).toBe(penalty);
  });

  test('is not asked for what was paid within the days of grace', () => {
    expect(penaltyOn(loan(fixed, false, repaid('500.00', '2026-02-04')), '2026-02-28')).toBe(0n);
  });
});

describe('a penalty by the day', () => {
  test.each([
    { day: '2026-02-02', penalty: 50n },
    { day: '2026-02-03', penalty: 100n },
    { day: '2026-03-01', penalty: 1400n },
    // The second instalment is late too from 2 March.
    { day: '2026-03-02', penalty: 1450n + 50n },
  ])('is $penalty on $day', ({ day, penalty }) => {
    expect(penaltyOn(loan(perDay), day)).toBe(penalty);
  });

  test('follows what is overdue at the start of each day, and is rounded once', () => {
    const paid = loan(perDay, false, repaid('333.33', '2026-02-11'));
    // Ten days of 500.00; the payment takes the penalty of 5.00 first, and 171.67 stay overdue for twenty.
    expect(penaltyOn(paid, '2026-02-11')).toBe(0n);
    expect(penaltyOn(paid, '2026-02-12')).toBe(17n);
    expect(penaltyOn(paid, '2026-02-28')).toBe(292n);
  });

  test('ends at its cap, and asks nothing of a penalty', () => {
    expect(penaltyOn(loan({ ...perDay, cap: '7.00' }), '2026-03-01')).toBe(700n);
  });
});

test('interest runs on principal that is late where the policy says so', () => {
  const terms = {
    ...plainTerms(2),
    interestMethod: 'equal_principal',
    annualRatePercent: '36',
    dayCount: 'act/360',
  } as const;
  const late = (lateInterest: boolean) =>
    loanWith({ disbursedOn: start, terms, policy: { ...policyWith(), lateInterest } });
  const interestOn = (state: ReturnType<typeof late>, day: string) =>
    outstanding(aged(state, date(day)), date(day)).interest;
  const planned = interestOn(late(false), '2026-02-11');
  // Ten days of 500.00 at 36 % over 360 days.
  expect(interestOn(late(true), '2026-02-11') - planned).toBe(500n);
});

test('days reckoned one by one, in steps or in one go come to the same', () => {
  const step = fc.integer({ min: 1, max: 40 });
  const penalties = fc.constantFrom<PenaltyPolicy | null>(
    fixed,
    perDay,
    { ...perDay, graceDays: 5, cap: '9.99' },
    null,
  );
  const tax = { interestPercent: '18', feePercent: '0', penaltyPercent: '7.5' };
  const terms = { ...plainTerms(3), interestMethod: 'annuity', annualRatePercent: '24', tax } as const;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      penalties,
      fc.boolean(),
      (steps, penalty, lateInterest) => {
        const fresh = loanWith(
          { disbursedOn: start, terms, policy: { ...policyWith(), penalty, lateInterest } },
          repaid('7.77', '2026-02-20'),
        );
        let day = date('2026-02-20');
        let stepped = fresh;
        for (const days of steps) {
          day = addDays(day, days);
          stepped = aged(stepped, day);
        }
        expect(daysBetween(date('2026-02-20'), day)).toBeGreaterThan(0);
        expect(stepped).toEqual(aged(fresh, day));
      },
    ),
  );
});
