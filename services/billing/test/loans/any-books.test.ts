import { addDays } from '@tenor/calendar';
import fc from 'fast-check';
import type { Account } from '../../src/ledger/account.ts';
import { balances, difference } from '../../src/ledger/posting.ts';
import { fold, stages } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { ledgerOf } from '../../src/loans/loan-ledger.ts';
import { broughtTo } from '../../src/loans/non-accrual.ts';
import { defaultPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { lifecycle, policyWith } from '../builders.ts';
import { changes, eventsOf, START } from './any-change.ts';
import { type Entry, keepBooks, net } from './books.ts';
import { balancesOf } from './fold-balances.ts';
import { expectStatedOnce } from './stated-once.ts';

const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '24',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 6,
};
const fee = { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null } as const;
const financed = {
  code: 'file',
  charged: 'at_disbursement',
  amount: '9.00',
  percent: null,
  treatment: 'financed',
} as const;
const flat = { interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10', fees: [fee] } as const;
const plans: readonly Terms[] = [
  { ...terms, fees: [financed] },
  { ...terms, ...flat, downPaymentPercent: '20' },
  { ...terms, interestMethod: 'bullet', bulletInterest: 'at_end' },
  { ...terms, interestGrace: 2, interestGraceTreatment: 'carried' },
  { ...terms, fees: [fee], tax: { interestPercent: '18', feePercent: '12.5', penaltyPercent: '7' } },
  { ...terms, interestMethod: 'bullet', tax: { interestPercent: '18', feePercent: '0', penaltyPercent: '7' } },
  { ...terms, businessDayRule: 'following', calendar: 'weekends' },
  { ...terms, businessDayRule: 'preceding', calendar: 'weekends' },
];
/** START is a Sunday, and so is every due date. */
const closedDays = { weekend: [6, 7], holidays: [] };
const late = { penalty: { amount: null, percentPerDay: '0.1', graceDays: 2, cap: '5.00' }, lateInterest: true };
const limits = [
  { nonAccrualAfterDays: null, accrualAgainAfterDays: null },
  { nonAccrualAfterDays: 10, accrualAgainAfterDays: null },
  { nonAccrualAfterDays: 5, accrualAgainAfterDays: 7 },
] as const;

const loans = fc
  .record({
    accrual: fc.constantFrom('cash', 'on_due', 'daily'),
    agreed: fc.constantFrom(...plans),
    limit: fc.constantFrom(...limits),
    grows: fc.boolean(),
    advancePayment: fc.constantFrom('next_instalment', 'reduce_term', 'reduce_instalment'),
    smallBalanceTolerance: fc.constantFrom('0', '40.00'),
  })
  .map(({ accrual, agreed, limit, grows, advancePayment, smallBalanceTolerance }) => {
    const settlement = { ...defaultPolicy.settlement, smallBalanceTolerance };
    const usual = policyWith({ ...limit, tolerance: '0.50' });
    const policy = { ...usual, ...(grows && late), accrual, advancePayment, settlement };
    return lifecycle({ terms: agreed, policy, closedDays });
  });

/** A loan, what happened to it in the order of recording, after which of that the daily check ran, and a point of view. */
const histories = fc
  .record({ loan: loans, given: changes, checks: fc.array(fc.record({ after: fc.nat(14), day: fc.nat(75) })) })
  .chain(({ loan, given, checks }) => {
    const events = given.flatMap(eventsOf);
    const whole = { minLength: events.length, maxLength: events.length };
    return fc.record({
      journal: fc.shuffledSubarray(events, whole).map((order) => [...loan, ...restamped(order)]),
      checks: fc.constant(checks.map(({ after, day }) => ({ after: after + loan.length, day: addDays(START, day) }))),
      asOf: fc.nat(75).map((day) => addDays(START, day)),
      known: fc.integer({ min: loan.length, max: loan.length + events.length }),
    });
  });

/** In the order of recording, each recorded later than the one before; a reversal never before its payment. */
function restamped(events: readonly LoanEvent[]): LoanEvent[] {
  const placeOf = (event: LoanEvent): number =>
    event.type === 'repayment_reversed' || event.type === 'prepaid' ? 1 : 0;
  return events
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map((event, index) => ({
      ...event,
      recordedAt: `2026-11-22T08:00:00.${String(index).padStart(6, '0')}Z`,
    }));
}

const inBooks = (ledger: readonly Entry[], account: string): bigint => balances(ledger).get(account as Account) ?? 0n;

describe('the books of any loan, by any way of recognising income', () => {
  test('what was posted step by step is what the whole journal posts', () => {
    fc.assert(
      fc.property(histories, ({ journal, checks }) => {
        const { ledger, bookedThrough } = keepBooks(journal, checks);
        expect(net(ledger)).toEqual(net(ledgerOf(stages(journal), bookedThrough)));
      }),
      { numRuns: 100 },
    );
  });

  test('the schedule counts every amount once, on any day', () => {
    fc.assert(
      fc.property(histories, ({ journal, asOf }) => {
        const seen = fold(journal, { asOf });
        if (seen !== undefined) expectStatedOnce(broughtTo(seen.state, asOf), seen.effects);
      }),
      { numRuns: 100 },
    );
  });

  test('summed postings are what the fold says, for any day and any knowledge of it', () => {
    fc.assert(
      fc.property(histories, ({ journal, checks, asOf, known }) => {
        const { ledger, bookedThroughs } = keepBooks(journal, checks);
        const bookedThrough = bookedThroughs[known] ?? null;
        const folded = fold(journal, { asOf, knownAt: journal[known - 1]?.recordedAt });
        fc.pre(folded !== undefined && (bookedThrough === null || asOf <= bookedThrough));
        const seen = ledger.filter(({ valueDate, recorded }) => valueDate <= asOf && recorded <= known);
        for (const [account, balance] of Object.entries(balancesOf(folded, asOf)))
          expect([account, inBooks(seen, account)]).toEqual([account, balance]);
        expect(inBooks(seen, 'customer_credit')).toBe(-folded.state.credited);
        expect([...balances(seen).values()].reduce((sum, balance) => sum + balance, 0n)).toBe(0n);
      }),
      { numRuns: 120 },
    );
  });

  test('a loan that has ended leaves nothing receivable', () => {
    fc.assert(
      fc.property(histories, ({ journal, checks }) => {
        const { state, ledger } = keepBooks(journal, checks);
        fc.pre(state.status === 'paid' || state.status === 'written_off');
        for (const account of ['loan_principal', 'interest_receivable', 'fee_receivable', 'penalty_receivable'])
          expect([account, inBooks(ledger, account)]).toEqual([account, 0n]);
      }),
      { numRuns: 60 },
    );
  });

  test('running a day twice books nothing', () => {
    fc.assert(
      fc.property(histories, ({ journal, checks }) => {
        const once = keepBooks(journal, checks);
        const twice = keepBooks(
          journal,
          checks.flatMap((check) => [check, check]),
        );
        expect(difference(once.ledger, twice.ledger)).toEqual([]);
        expect(twice.ledger).toHaveLength(once.ledger.length);
      }),
      { numRuns: 30 },
    );
  });
});
