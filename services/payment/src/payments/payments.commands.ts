import { businessDate } from '@tenor/calendar';
import {
  type ProblemCode,
  paymentReceived,
  paymentRejected,
  paymentReversed,
  paymentSettled,
  type Refusal,
} from '@tenor/contracts';
import {
  type Clock,
  type CommandContext,
  type Database,
  execute,
  externalRef,
  isRefusal,
  newId,
  type Outcome,
  subjectPublisher,
  timeOfId,
  type UnitOfWork,
} from '@tenor/service-kit';
import { lockCustomer } from '../loan-accounts/customers.store.ts';
import { loanAccountsOf } from '../loan-accounts/loan-accounts.store.ts';
import { awaitedBefore } from './doubt.ts';
import { firstStatus, newPiece, type Payment, type ReversalKind, reverse } from './payment.ts';
import { decidePayment, type PaymentDecision } from './payment-decision.ts';
import { paidData, reversedData, settledData } from './payment-messages.ts';
import type { RecordPayment } from './payment-request.ts';
import {
  addPayment,
  claimPaymentExternalId,
  findPaymentKey,
  keepReversal,
  loadPayment,
  reservedByLoan,
  savePaymentChanges,
} from './payments.store.ts';
import { type Projection, projectionBehind } from './projection.commands.ts';
import { requestProviderCall } from './provider-calls.store.ts';

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

/**
 * Records a payment. What is accepted is accepted on the projection as it stands, less the payments in flight;
 * a refusal that rests on the projection is given only once the projection has caught up with billing's topics.
 */
export async function recordPayment(
  service: PaymentService,
  context: CommandContext,
  command: RecordPayment,
): Promise<Outcome<PaymentReference>> {
  const first = await attempt(service, context, command, { confirmed: false });
  const outcome = isRefusal(first) ? await refuseOnceCertain(service, context, command, first) : first;
  if (isRefusal(outcome)) service.counters.refused(outcome.refused);
  return outcome;
}

async function refuseOnceCertain(
  service: PaymentService,
  context: CommandContext,
  command: RecordPayment,
  refusal: Refusal,
): Promise<Outcome<PaymentReference>> {
  const named = { customerId: command.customerId, loanIds: (command.allocations ?? []).map(({ loanId }) => loanId) };
  const awaited = awaitedBefore(refusal.refused, named, (id) => isYoung(id, service.clock.now()));
  if (!awaited) return refusal;
  const caughtUp = await service.projection.catchUp(command.customerId, awaited);
  return caughtUp ? attempt(service, context, command, { confirmed: true }) : projectionBehind;
}

function attempt(
  service: PaymentService,
  context: CommandContext,
  command: RecordPayment,
  { confirmed }: { confirmed: boolean },
): Promise<Outcome<PaymentReference>> {
  return execute<PaymentReference>(service.database, context, async (uow) => {
    // Asked for together and run in this order: the loans are read once the customer is locked.
    const [customer, loans, reserved] = await Promise.all([
      lockCustomer(uow, command.customerId),
      loanAccountsOf(uow, command.customerId),
      reservedByLoan(uow, command.customerId),
    ]);
    if (!customer) return { refused: 'not_found', detail: 'There is no such customer.' };
    const key = { customerId: customer.id, id: newId() };
    if (command.externalId !== null && !(await claimPaymentExternalId(uow, command.externalId, key))) {
      return { refused: 'already_exists', detail: 'A payment with this external_id is recorded already.' };
    }
    const today = businessDate(service.clock.now(), service.timeZone);
    const request = { ...command, valueDate: command.valueDate ?? today, businessDate: today };
    const decision = decidePayment(request, { loans, reserved });
    if ('refused' in decision) return decision;
    if (decision.outcome === 'rejected' && !confirmed) return exceedsOutstanding();
    const payment = { ...newPayment(service, command, decision), ...key, valueDate: request.valueDate };
    const status = firstStatus(payment);
    uow.afterCommit(() => service.counters.recorded(status));
    const holdMinutes = status === 'pending' ? service.gateway.holdMinutes : null;
    const { eventSequence, settledAs } = announce(uow, payment);
    addPayment(uow, { ...payment, eventSequence }, { caller: context.caller.id, holdMinutes, settledAs });
    if (status === 'pending') charge(uow, service.gateway, payment);
    return { payment_id: payment.id, customer_id: payment.customerId, outcome: status };
  });
}

/** Takes a payment back; refuses `not_found`, and `state_conflict` for one that is not settled or applied. */
export function reversePayment(
  service: PaymentService,
  context: CommandContext,
  command: { paymentId: string; kind: ReversalKind; reason: string | null },
): Promise<Outcome<PaymentReference>> {
  return execute<PaymentReference>(service.database, context, async (uow) => {
    const key = await findPaymentKey(uow, command.paymentId);
    if (!key) return { refused: 'not_found', detail: 'There is no such payment.' };
    await lockCustomer(uow, key.customerId);
    const reversed = reverse(await loadPayment(uow, key), command.kind);
    if ('refused' in reversed) return reversed;
    const publisher = subjectPublisher(uow, {
      subject: reversed.id,
      customerId: reversed.customerId,
      sequence: reversed.eventSequence,
    });
    const { kind, reason } = command;
    const eventId = publisher.publish(paymentReversed, reversedData(reversed, kind, reason));
    keepReversal(uow, key, { eventId, kind, reason });
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

function newPayment(
  service: PaymentService,
  command: RecordPayment,
  decision: PaymentDecision,
): Omit<Payment, 'recordedAt' | 'id' | 'customerId' | 'valueDate'> {
  const parts = decision.outcome === 'settled' ? decision.parts : [];
  const rejectCode = decision.outcome === 'rejected' ? decision.code : null;
  return {
    externalId: command.externalId,
    externalRef: command.externalId === null ? null : externalRef(service.externalRefKey, command.externalId),
    amount: command.amount,
    currency: command.currency,
    method: command.method,
    status: firstStatus({ method: command.method, rejectCode }),
    allocation: decision.allocation,
    pieces: parts.map(({ loanId, amount }) => newPiece(loanId, amount)),
    answered: false,
    reversalUnanswered: false,
    eventSequence: 0n,
    rejectCode,
    failureCode: null,
  };
}

/** Has the provider take the money; the call leaves once this transaction is committed. */
function charge(uow: UnitOfWork, gateway: PaymentGateway, payment: Omit<Payment, 'recordedAt'>): void {
  const { id, customerId, method: provider, amount, currency } = payment;
  requestProviderCall(uow, { customerId, kind: 'charge', id, provider, amount, currency });
  uow.afterCommit(() => gateway.wake(provider));
}

/** Publishes what became of a new payment: the sequence, and the id of the event that settles it, for its row to keep. */
function announce(
  uow: UnitOfWork,
  payment: Omit<Payment, 'recordedAt'>,
): { eventSequence: bigint; settledAs: string | null } {
  const publisher = subjectPublisher(uow, { subject: payment.id, customerId: payment.customerId, sequence: 0n });
  if (payment.rejectCode !== null) {
    publisher.publish(paymentRejected, { ...paidData(payment), code: payment.rejectCode });
    return { eventSequence: publisher.sequence, settledAs: null };
  }
  const isPending = payment.status === 'pending';
  const eventId = publisher.publish(isPending ? paymentReceived : paymentSettled, settledData(payment));
  return { eventSequence: publisher.sequence, settledAs: isPending ? null : eventId };
}
