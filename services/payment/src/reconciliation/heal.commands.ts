import type { Refusal } from '@tenor/contracts';
import { type CommandContext, execute, isRefusal, type Outcome, type UnitOfWork } from '@tenor/service-kit';
import { takeCustomers } from '../loan-accounts/customers.store.ts';
import type { WakeProvider } from '../refunds/refunds.commands.ts';
import { type Differing, differing, type Entry, type Healable, type ReconciliationService } from './books.commands.ts';
import type { DifferenceKind, PaymentRemedy, RefundRemedy, Remedy } from './difference.ts';
import { curePayments } from './payment-cures.commands.ts';
import { type Progress, type Reconcile, reconcile } from './reconciliation.commands.ts';
import { cureRefunds } from './refund-cures.commands.ts';

/** What healing did about payments, or about refunds. */
interface Healing<Cure extends Remedy> {
  healed: { id: string; remedy: Cure }[];
  needs_person: { id: string; kind: DifferenceKind }[];
}

/** What an idempotency key keeps of it, and the answer. */
export interface Healed {
  payments: Healing<PaymentRemedy>;
  refunds: Healing<RefundRemedy>;
  in_flight: number;
  /** Null when all dates are compared. */
  next: { of: Progress['of']; after: { date: string; id: string } | null } | null;
}

export interface HealingService extends ReconciliationService {
  readonly wake: WakeProvider;
}

/**
 * Compares both books as `reconcile` does and cures what was lost on the way, in one transaction: an event that billing
 * never got is published again under the id and number that it had, and an answer of billing's that never came here is
 * taken from its books. What only a person can place is named and left as it is.
 */
export async function heal(
  service: HealingService,
  context: CommandContext,
  command: Reconcile,
): Promise<Outcome<Healed> | Refusal> {
  const found = await reconcile(service, command);
  if (isRefusal(found)) return found;
  const [payments, refunds] = [differing(found.payments), differing(found.refunds)];
  const open = [...found.payments, ...found.refunds].filter(({ outcome }) => outcome === 'in_flight');
  return execute<Healed>(service.database, context, async (uow) => {
    const owners = [...payments, ...refunds].flatMap(({ ours }) => ours?.customerId ?? []);
    await takeCustomers(uow, [...new Set(owners)].sort());
    return {
      payments: tell(service, uow, 'payment', payments, await curePayments(uow, healable(payments))),
      refunds: tell(service, uow, 'refund', refunds, await cureRefunds(uow, service.wake, healable(refunds))),
      in_flight: open.length,
      next: found.next && { of: found.next.of, after: found.next.after ?? null },
    };
  });
}

function healable<Ours, Theirs, Cure extends Remedy>(
  found: readonly Differing<Ours, Theirs, Cure>[],
): Healable<Ours, Theirs, Cure>[] {
  return found.flatMap(({ id, ours, theirs, remedy, version }) =>
    ours === undefined || remedy === null ? [] : [{ id, ours, theirs, remedy, version }],
  );
}

/** @param healed those that had not changed since they were looked at */
function tell<Cure extends Remedy>(
  { counters }: HealingService,
  uow: UnitOfWork,
  entity: 'payment' | 'refund',
  found: readonly Differing<Entry, unknown, Cure>[],
  healed: readonly Healable<unknown, unknown, Cure>[],
): Healing<Cure> {
  for (const { id, remedy } of healed) {
    uow.recordChange({ entity, id, action: 'healed', before: null, after: { remedy } });
  }
  uow.afterCommit(() => {
    for (const { remedy } of healed) counters.healed(remedy);
  });
  const forPersons = found.filter(({ remedy }) => remedy === null);
  return {
    healed: healed.map(({ id, remedy }) => ({ id, remedy })),
    needs_person: forPersons.map(({ id, kind }) => ({ id, kind })),
  };
}
