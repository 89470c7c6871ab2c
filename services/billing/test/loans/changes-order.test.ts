import { addDays, date } from '@tenor/calendar';
import fc from 'fast-check';
import { remainder, remainderOf, sumOfParts } from '../../src/delinquency/instalment.ts';
import { postingsOf } from '../../src/ledger/posting.ts';
import { evolve, type LoanState, sortsLast } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import type { LoanChange } from '../../src/loans/replan.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, policyWith, prepaid, record, repaid, reversed, text } from '../builders.ts';
import { keepBooks, net } from './books.ts';

const START = date('2026-11-01');
const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '24',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 6,
};
const penalty = { amount: null, percentPerDay: '0.1', graceDays: 2, cap: '5.00' };
const policy = { ...policyWith(), penalty, lateInterest: true };
const fee = { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null } as const;
const flat = { interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10', fees: [fee] } as const;
const loans: readonly (readonly [string, Terms])[] = [
  ['equal instalments', terms],
  ['a flat loan with a down payment and fees', { ...terms, ...flat, downPaymentPercent: '20' }],
  ['a bullet that asks for its interest at the end', { ...terms, interestMethod: 'bullet', bulletInterest: 'at_end' }],
];

const kinds = [
  'payment',
  'payment',
  'payoff',
  'reversed',
  'charge',
  'waiver',
  'plan',
  'plan',
  'write_off',
  'recovery',
] as const;
const changes = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), day: fc.nat(60), amount: fc.bigInt(1n, 110_000n) }),
  { maxLength: 10 },
);
type Change = typeof changes extends fc.Arbitrary<readonly (infer Item)[]> ? Item : never;

/** Any change of the plan, by a number. */
function changeOf(minor: bigint): LoanChange {
  const size = 1 + Number(minor % 5n);
  const changesOfPlan: readonly LoanChange[] = [
    { kind: 'rate_change', annualRatePercent: `${size * 4}` },
    { kind: 'restructure', annualRatePercent: null, numberOfInstalments: size, firstDueDate: null },
    { kind: 'payment_holiday', instalments: size },
    { kind: 're_age', numberOfInstalments: size, firstDueDate: null },
  ];
  return changesOfPlan[Number(minor % 4n)] ?? { kind: 'payment_holiday', instalments: 1 };
}

function eventsOf({ kind, day, amount: minor }: Change, index: number): LoanEvent[] {
  const valueDate = addDays(START, day);
  const amount = text(minor);
  const payment = repaid(amount, valueDate, { paymentId: `p-${(index * 7) % 13}` });
  switch (kind) {
    case 'payment':
      return [payment];
    case 'payoff':
      return [payment, prepaid(payment, minor % 2n === 0n ? 'to_the_day' : 'to_period_end')];
    case 'reversed':
      return [payment, reversed(payment)];
    case 'charge': {
      const payload = { chargeId: `c-${index}`, component: 'fee', code: 'visit', amount } as const;
      return [record({ type: 'charged', valueDate, payload })];
    }
    case 'waiver': {
      const payload = { waiverId: `w-${index}`, component: 'penalty', instalment: null, amount: null, reason: null };
      return [record({ type: 'waived', valueDate, payload: { ...payload, component: 'penalty' } })];
    }
    case 'plan': {
      const payload = { restructureId: `s-${index}`, change: changeOf(minor), reason: null };
      return [record({ type: 'restructured', valueDate, payload })];
    }
    case 'write_off':
      return [record({ type: 'written_off', valueDate, payload: { reason: null } })];
    case 'recovery': {
      const payload = { recoveryId: `r-${index}`, externalRef: null, amount };
      return [record({ type: 'recovered', valueDate, payload })];
    }
    default:
      return kind satisfies never;
  }
}

describe.each(loans)('whatever is changed of %s', (_, agreed) => {
  const loan = lifecycle({ terms: agreed, policy });
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
    );
  });

  test('the ledger that was posted step by step is the ledger of the fold', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const events = journal(given);
        const { state, effects } = folded(events);
        expect(net(keepBooks(events).ledger)).toEqual(net(postingsOf(effects, state)));
      }),
    );
  });

  test('a plan made anew asks for all principal that was not repaid, and money is conserved', () => {
    fc.assert(
      fc.property(changes, (given) => {
        const kept = given.filter(({ kind }) => kind !== 'write_off' && kind !== 'recovery');
        const { state, effects } = folded(journal(kept));
        const repaidPrincipal = effects
          .flatMap(({ allocations }) => allocations)
          .reduce((sum, { principal }) => sum + principal, 0n);
        const principalOwed = state.instalments.reduce((sum, each) => sum + remainderOf(each, 'principal'), 0n);
        expect(principalOwed + repaidPrincipal).toBe(state.principal);
        const applied = effects.reduce((sum, effect) => sum + effect.applied, 0n);
        expect(state.instalments.reduce((sum, { paid }) => sum + sumOfParts(paid), 0n)).toBe(applied);
      }),
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
    );
  });
});
