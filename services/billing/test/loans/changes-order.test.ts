import fc from 'fast-check';
import { remainder, remainderOf, sumOfParts } from '../../src/delinquency/instalment.ts';
import { postingsOf } from '../../src/ledger/posting.ts';
import { evolve, type LoanState, sortsLast } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { defaultPolicy, type ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, policyWith } from '../builders.ts';
import { type Change, changes, eventsOf } from './any-change.ts';
import { keepBooks, net } from './books.ts';
import { expectStatedOnce } from './stated-once.ts';

const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '24',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 6,
};
const penalty = { amount: null, percentPerDay: '0.1', graceDays: 2, cap: '5.00' };
const settlement = { ...defaultPolicy.settlement, smallBalanceTolerance: '40.00' };
const policy = { ...policyWith(), penalty, lateInterest: true, settlement };
const fee = { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null } as const;
const flat = { interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10', fees: [fee] } as const;
const reducing = (advancePayment: ProductPolicy['advancePayment']): ProductPolicy => ({
  ...policy,
  paymentPolicy: 'any',
  advancePayment,
});
const loans: readonly (readonly [string, Terms, ProductPolicy])[] = [
  ['equal instalments', terms, policy],
  ['equal instalments, fewer after a payment in advance', terms, reducing('reduce_term')],
  ['equal instalments, smaller after a payment in advance', terms, reducing('reduce_instalment')],
  [
    'equal principal in steps, fewer after a payment in advance',
    { ...terms, interestMethod: 'equal_principal', instalmentMultiple: '10.00' },
    reducing('reduce_term'),
  ],
  [
    'a bullet, smaller after a payment in advance',
    { ...terms, interestMethod: 'bullet', interestGrace: 2, interestGraceTreatment: 'carried' },
    reducing('reduce_instalment'),
  ],
  ['a flat loan, its last instalments paid first', { ...terms, ...flat }, reducing('reduce_term')],
  ['a flat loan, smaller after a payment in advance', { ...terms, ...flat }, reducing('reduce_instalment')],
  ['a flat loan with a down payment and fees', { ...terms, ...flat, downPaymentPercent: '20' }, policy],
  [
    'a bullet that asks for its interest at the end',
    { ...terms, interestMethod: 'bullet', bulletInterest: 'at_end' },
    policy,
  ],
];

/** Of each property, for each of the loans. */
const RUNS = 40;

describe.each(loans)('whatever is changed of %s', (_, agreed, ruled) => {
  const loan = lifecycle({ terms: agreed, policy: ruled });
  const journal = (given: readonly Change[]): LoanEvent[] => [...loan, ...given.flatMap(eventsOf)];

  test('evolving is folding, bit for bit', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const recorded: LoanEvent[] = [];
        let state: LoanState | undefined;
        for (const event of journal(given)) {
          recorded.push(event);
          const all = folded(recorded);
          if (state === undefined || sortsLast(state, event)) {
            const evolved = evolve(state, event);
            expect(evolved.state).toStrictEqual(all.state);
            expect(evolved.effect).toStrictEqual(all.effects.at(-1));
          }
          state = all.state;
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('the order of recording changes nothing', () => {
    const shuffled = changes.chain((given) => {
      const events = given.flatMap(eventsOf);
      return fc.record({
        events: fc.constant(events),
        order: fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      });
    });
    fc.assert(
      fc.property(shuffled, ({ events, order }) => {
        expect(folded([...loan, ...order])).toEqual(folded([...loan, ...events]));
      }),
      { numRuns: RUNS },
    );
  });

  test('the ledger that was posted step by step is the ledger of the fold', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const events = journal(given);
        const { state, effects } = folded(events);
        expect(net(keepBooks(events).ledger)).toEqual(net(postingsOf(effects, state)));
      }),
      { numRuns: RUNS },
    );
  });

  test('a plan made anew asks for all principal that was not repaid, and money is conserved', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const kept = given.filter(({ kind }) => kind !== 'write_off' && kind !== 'recovery');
        const { state, effects } = folded(journal(kept));
        const ended = effects
          .flatMap(({ allocations, waivers }) => [...allocations, ...waivers])
          .reduce((sum, { principal }) => sum + principal, 0n);
        const principalOwed = state.instalments.reduce((sum, each) => sum + remainderOf(each, 'principal'), 0n);
        expect(principalOwed + ended).toBe(state.paidOut.reduce((sum, { amount }) => sum + amount, 0n));
        const applied = effects.reduce((sum, effect) => sum + effect.applied, 0n);
        expect(state.instalments.reduce((sum, { paid }) => sum + sumOfParts(paid), 0n)).toBe(applied);
      }),
      { numRuns: RUNS },
    );
  });

  test('a schedule counts every amount once: paid, unpaid or given up, and all principal', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const { state, effects } = folded(journal(given));
        expectStatedOnce(state, effects);
      }),
      { numRuns: RUNS },
    );
  });

  test('nothing is owed of a loan that is written off, and no instalment ever owes less than nothing', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const { state } = folded(journal(given));
        const owed = state.instalments.map(remainder);
        expect(owed.every((each) => each >= 0n)).toBe(true);
        const dueDates = state.instalments.map(({ dueDate }) => dueDate);
        expect(dueDates).toEqual([...new Set(dueDates)].sort());
        expect(state.instalments.map(({ number }) => number)).toEqual(owed.map((_, index) => index + 1));
        expect(state.status === 'written_off').toBe(state.writtenOff !== null);
        if (state.writtenOff !== null) expect(owed.every((each) => each === 0n)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
