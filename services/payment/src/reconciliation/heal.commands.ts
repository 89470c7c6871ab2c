import { paymentReversed, paymentSettled, type Refusal } from '@tenor/contracts';
import { type CommandContext, execute, isRefusal, type Outcome, type UnitOfWork } from '@tenor/service-kit';
import { takeCustomers } from '../loan-accounts/customers.store.ts';
import { follow, type Payment } from '../payments/payment.ts';
import { reversedData, settledData } from '../payments/payment-messages.ts';
import { loadPayments, savePaymentChanges } from '../payments/payments.store.ts';
import { answersOf } from './answers.ts';
import {
  differs,
  type Judged,
  type Reconcile,
  type ReconciliationService,
  reconcile,
} from './reconciliation.commands.ts';
import { type PublishedEvents, publishedEvents, versionsOf } from './reconciliation.store.ts';
import type { DifferenceKind, Position, Remedy } from './reconciliation.ts';
import type { Differs } from './watermark.ts';

/** What an idempotency key keeps of it, and the answer. */
export interface Healed {
  healed: { payment_id: string; remedy: Remedy }[];
  needs_person: { payment_id: string; kind: DifferenceKind }[];
  in_flight: number;
  after: { valueDate: string; paymentId: string } | null;
}

type Healable = Judged & { outcome: Differs & { remedy: Remedy } };

/**
 * Compares both books as `reconcile` does and cures what was lost on the way, in one transaction: an event that billing
 * never got is published again under the id and number that it had, and an answer of billing's that never came here is
 * taken from its books. What only a person can place is named and left as it is.
 */
export async function heal(
  service: ReconciliationService,
  context: CommandContext,
  command: Reconcile,
): Promise<Outcome<Healed> | Refusal> {
  const found = await reconcile(service, command);
  if (isRefusal(found)) return found;
  const differing = found.judged.filter(differs);
  return execute<Healed>(service.database, context, async (uow) => ({
    healed: await healAll(service, uow, differing.filter(isHealable)),
    needs_person: differing
      .filter((item) => !isHealable(item))
      .map(({ paymentId, outcome }) => ({ payment_id: paymentId, kind: outcome.kind })),
    in_flight: found.judged.filter(({ outcome }) => outcome === 'in_flight').length,
    after: found.next === null ? null : positionOf(found.next),
  }));
}

function isHealable(item: Judged & { outcome: Differs }): item is Healable {
  return item.outcome.remedy !== null;
}

async function healAll(service: ReconciliationService, uow: UnitOfWork, items: readonly Healable[]) {
  const keys = items.flatMap(({ ours }) => (ours ? [{ customerId: ours.customerId, id: ours.paymentId }] : []));
  await takeCustomers(uow, [...new Set(keys.map(({ customerId }) => customerId))].sort());
  const versions = await versionsOf(
    uow,
    keys.map(({ id }) => id),
  );
  const payments = await loadPayments(uow, keys);
  const published = await publishedEvents(uow, keys);
  const healed: Healed['healed'] = [];
  for (const item of items) {
    const payment = payments.get(item.paymentId);
    const events = published.get(item.paymentId);
    // What has changed since it was looked at is no longer proven to be lost.
    if (!payment || !events || versions.get(item.paymentId) !== item.outcome.version) continue;
    cure(uow, item, payment, events);
    const { remedy } = item.outcome;
    uow.afterCommit(() => service.counters.healed(remedy));
    healed.push({ payment_id: item.paymentId, remedy });
  }
  return healed;
}

function cure(uow: UnitOfWork, item: Healable, payment: Payment, events: PublishedEvents): void {
  switch (item.outcome.remedy) {
    case 'republish_settled':
      republishSettled(uow, payment, events);
      republishReversed(uow, payment, events);
      break;
    case 'republish_reversed':
      republishReversed(uow, payment, events);
      break;
    case 'take_answer':
      savePaymentChanges(uow, [answersOf(item).reduce(follow, payment)]);
      break;
    default:
      item.outcome.remedy satisfies never;
  }
}

function republishSettled(uow: UnitOfWork, payment: Payment, { settled }: PublishedEvents): void {
  const { id: subject, customerId } = payment;
  uow.publish({ contract: paymentSettled, subject, customerId, ...settled, data: settledData(payment) });
}

/** Where there is no reversal, nothing. */
function republishReversed(uow: UnitOfWork, payment: Payment, { reversed }: PublishedEvents): void {
  if (reversed === undefined) return;
  const { id: subject, customerId } = payment;
  const { id, sequence, kind, reason } = reversed;
  const data = reversedData(payment, kind, reason);
  uow.publish({ contract: paymentReversed, subject, customerId, id, sequence, data });
}

const positionOf = ({ valueDate, paymentId }: Position) => ({ valueDate, paymentId });
