import { type ProblemCode, paymentReversed, type Refusal } from '@tenor/contracts';
import {
  type Clock,
  type CommandContext,
  type Database,
  execute,
  type Outcome,
  subjectPublisher,
  timeOfId,
} from '@tenor/service-kit';
import { lockCustomer } from '../loan-accounts/customers.store.ts';
import { type firstStatus, noPayment, type ReversalKind, reverse } from './payment.ts';
import { reversedData } from './payment-messages.ts';
import { findPaymentKey, keepReversal, loadPayment, savePaymentChanges } from './payments.store.ts';
import type { Projection } from './projection.commands.ts';

type FirstStatus = ReturnType<typeof firstStatus>;

/** Counts what happened, once each: a replay counts nothing. */
export interface PaymentCounters {
  recorded(status: FirstStatus): void;
  refused(code: ProblemCode): void;
  takenBack(kind: ReversalKind): void;
}

export interface PaymentService {
  database: Database;
  counters: PaymentCounters;
  clock: Clock;
  timeZone: string;
  externalRefKey: string;
  projection: Projection;
  gateway: PaymentGateway;
}

/** What payments need of the providers that settle them. */
export interface PaymentGateway {
  /** Their names, by the configuration. */
  providers: readonly string[];
  /** How long a payment on its way reserves what it is going to pay. */
  holdMinutes: number;
  /** Tells that a call to this provider was committed. */
  wake(provider: string): void;
}

/** What an idempotency key keeps: enough to build the first answer again, whatever happened since. */
export interface PaymentReference {
  payment_id: string;
  customer_id: string;
  outcome: FirstStatus | 'reversed';
}

/** Takes a payment back; refuses `not_found`, and `state_conflict` for one that is not settled or applied. */
export function reversePayment(
  service: PaymentService,
  context: CommandContext,
  command: { paymentId: string; kind: ReversalKind; reason: string | null },
): Promise<Outcome<PaymentReference>> {
  return execute<PaymentReference>(service.database, context, async (uow) => {
    const key = await findPaymentKey(uow, command.paymentId);
    if (!key) return noPayment;
    await lockCustomer(uow, key.customerId);
    const stored = await loadPayment(uow, key);
    const reversed = reverse(stored, command.kind);
    if ('refused' in reversed) return reversed;
    const publisher = subjectPublisher(uow, {
      subject: reversed.id,
      customerId: reversed.customerId,
      sequence: reversed.eventSequence,
    });
    const { kind, reason } = command;
    const eventId = publisher.publish(paymentReversed, reversedData(reversed, kind, reason));
    keepReversal(uow, key, { eventId, kind, reason });
    uow.recordChange({
      entity: 'payment',
      id: reversed.id,
      action: kind,
      before: { status: stored.status, reason: null },
      after: { status: reversed.status, reason },
    });
    uow.afterCommit(() => service.counters.takenBack(command.kind));
    savePaymentChanges(uow, [{ ...reversed, eventSequence: publisher.sequence }]);
    return { payment_id: reversed.id, customer_id: reversed.customerId, outcome: 'reversed' };
  });
}

/** How old an id must be for its absence to be certain; one from further in the future is nobody's. */
const YOUNG_ID_MS = 10_000;

/** Whether news of this id may still be on its way. */
export function isYoung(id: string, now: Date): boolean {
  const made = timeOfId(id);
  return made !== undefined && Math.abs(now.getTime() - made.getTime()) < YOUNG_ID_MS;
}

/** The refusal of a payment above everything owed on loans that take no credit, with the stored payment if any. */
export function exceedsOutstanding(paymentId?: string): Refusal {
  return {
    refused: 'amount_exceeds_outstanding',
    detail: 'The amount is above everything that the customer owes.',
    meta: paymentId === undefined ? {} : { payment_id: paymentId },
  };
}
