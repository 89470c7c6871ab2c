import { addDays, date } from '@tenor/calendar';
import fc from 'fast-check';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import type { LoanChange } from '../../src/loans/replan.ts';
import { prepaid, record, repaid, reversed, text } from '../builders.ts';

export const START = date('2026-11-01');

const kinds = [
  'payment',
  'payment',
  'payoff',
  'reversed',
  'charge',
  'waiver',
  'plan',
  'plan',
  'tranche',
  'write_off',
  'recovery',
] as const;
export interface Change {
  readonly kind: (typeof kinds)[number];
  readonly day: number;
  readonly amount: bigint;
}

const anything: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), day: fc.nat(60), amount: fc.bigInt(1n, 110_000n) }),
  { maxLength: 10 },
);
/** No money is paid out of a loan that is written off. */
export const possible = <Kind extends { readonly kind: string }>(given: readonly Kind[]): readonly Kind[] =>
  given.some(({ kind }) => kind === 'write_off') ? given.filter(({ kind }) => kind !== 'tranche') : given;

/** What may happen to a loan within two months of START, in no order. */
export const changes = anything.map(possible);

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

/** The events of a change; `index` tells the changes of a loan apart. */
export function eventsOf({ kind, day, amount: minor }: Change, index: number): LoanEvent[] {
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
      const component = minor % 3n === 0n ? 'penalty' : 'fee';
      const payload = { chargeId: `c-${index}`, component, code: 'visit', amount } as const;
      return [record({ type: 'charged', valueDate, payload })];
    }
    case 'waiver': {
      const component = (['penalty', 'fee', 'interest'] as const)[index % 3] ?? 'penalty';
      const given = { instalment: null, amount: minor % 2n === 0n ? null : amount, reason: null };
      return [record({ type: 'waived', valueDate, payload: { waiverId: `w-${index}`, component, ...given } })];
    }
    case 'plan': {
      const payload = { restructureId: `s-${index}`, change: changeOf(minor), reason: null };
      return [record({ type: 'restructured', valueDate, payload })];
    }
    case 'tranche':
      return [record({ type: 'disbursed', valueDate, payload: { amount } })];
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
