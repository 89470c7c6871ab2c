import { businessDate } from '@tenor/calendar';
import { paymentReceived, paymentRejected, paymentSettled, type Refusal } from '@tenor/contracts';
import { max } from '@tenor/money';
import {
  type Asked,
  type BatchedCommand,
  type CommandContext,
  externalRef,
  inBatches,
  isRefusal,
  newId,
  type Outcome,
  originOf,
  performWithin,
  subjectPublisher,
  type UnitOfWork,
} from '@tenor/service-kit';
import { type CustomerAccount, noCustomer } from '../loan-accounts/customer-account.ts';
import { lockCustomers } from '../loan-accounts/customers.store.ts';
import type { LoanAccount } from '../loan-accounts/loan-account.ts';
import { loanAccountsOf } from '../loan-accounts/loan-accounts.store.ts';
import { businessDateFor } from './business-date.ts';
import { awaitedBefore } from './doubt.ts';
import { instalmentPayment, type PayInstalment } from './instalment-payment.ts';
import { addPayments, claimExternalIds, type NewPayment, takenExternalIds } from './new-payments.store.ts';
import { firstStatus, newPiece, type Payment } from './payment.ts';
import { decidePayment, type PaymentDecision, type Standing } from './payment-decision.ts';
import { paidData, settledData } from './payment-messages.ts';
import type { RecordPayment } from './payment-request.ts';
import {
  exceedsOutstanding,
  isYoung,
  type PaymentGateway,
  type PaymentReference,
  type PaymentService,
} from './payments.commands.ts';
import { type Reserved, reservedOf } from './payments.store.ts';
import { projectionBehind } from './projection.commands.ts';
import { requestProviderCall } from './provider-calls.store.ts';

/** A payment of an amount, or of whatever is left of an instalment. */
export type PaymentOrder = RecordPayment | PayInstalment;

/** A payment to record; `confirmed` once the projection is known to be up to date. */
export type Recording = PaymentOrder & { readonly confirmed: boolean };

/** What payments of several customers rest on, besides the customers' own rows. */
interface Standings {
  readonly loans: ReadonlyMap<string, readonly LoanAccount[]>;
  readonly reserved: Reserved;
  readonly takenExternalIds: ReadonlySet<string>;
}

/**
 * Records payments. What is accepted is accepted on the projection as it stands, less the payments in flight;
 * a refusal that rests on the projection is given only once the projection has caught up with billing's topics.
 */
export function paymentRecorder(
  service: PaymentService,
): (context: CommandContext, command: PaymentOrder) => Promise<Outcome<PaymentReference>> {
  const record = inBatches(service.database, recording(service));

  const refuseOnceCertain = async (
    context: CommandContext,
    command: PaymentOrder,
    refusal: Refusal,
  ): Promise<Outcome<PaymentReference>> => {
    const named = { customerId: command.customerId, loanIds: (loansNamed(command) ?? []).map(({ loanId }) => loanId) };
    const { projection, clock } = service;
    const awaited = awaitedBefore(refusal.refused, named, (id) => isYoung(id, clock.now()));
    if (!awaited) return refusal;
    if (!(await projection.catchUp(command.customerId, awaited))) return projectionBehind;
    const second = await record(context, { ...command, confirmed: true });
    return projection.certain(second, named, clock.now());
  };

  return async (context, command) => {
    const first = await record(context, { ...command, confirmed: false });
    const outcome = isRefusal(first) ? await refuseOnceCertain(context, command, first) : first;
    if (isRefusal(outcome)) service.counters.refused(outcome.refused);
    return outcome;
  };
}

/** Records payments inside a transaction of somebody else's, in their order; each as `POST /v1/payments` would. */
export function paymentsTogether(
  service: PaymentService,
): (uow: UnitOfWork, commands: readonly Recording[]) => Promise<(PaymentReference | Refusal)[]> {
  const record = recording(service);
  return (uow, commands) => performWithin(uow, record, commands);
}

function recording(service: PaymentService): BatchedCommand<Recording, CustomerAccount, Standings, PaymentReference> {
  return {
    customerOf: ({ customerId }) => customerId,
    lock: lockCustomers,
    async load(sql, commands) {
      const customerIds = commands.map(({ customerId }) => customerId);
      const [loans, reserved, taken] = await Promise.all([
        loanAccountsOf(sql, customerIds),
        reservedOf(sql, customerIds),
        takenExternalIds(
          sql,
          commands.flatMap(({ externalId }) => externalId ?? []),
        ),
      ]);
      return { loans: Map.groupBy(loans, ({ customerId }) => customerId), reserved, takenExternalIds: taken };
    },
    async perform(sql, asked, standings) {
      const drafts = asked.map((each) => draft(service, each, standings));
      const claimed = await claimExternalIds(sql, accepted(drafts));
      const recorded = drafts.map((each) => (isRefusal(each) || claimed.has(each.payment.id) ? each : externalIdTaken));
      addPayments(sql, accepted(recorded));
      return recorded.map((each) => (isRefusal(each) ? each : complete(service, each)));
    },
  };
}

/** The loans that a payment is for; null for whichever owe. */
const loansNamed = (order: PaymentOrder): readonly { readonly loanId: string }[] | null =>
  'number' in order ? [order] : order.allocations;

/** Where a payment goes; that of an instalment to its loan, whatever its currency. */
const addressOf = (order: PaymentOrder) => ('number' in order ? { currency: '', allocations: [order] } : order);

/** A payment on its way to be stored, with the unit of work of its request. */
type Recorded = NewPayment & Pick<Asked<unknown, unknown>, 'uow'>;

const accepted = (drafts: readonly (Recorded | Refusal)[]): Recorded[] =>
  drafts.flatMap((each) => (isRefusal(each) ? [] : [each]));

const externalIdTaken: Refusal = {
  refused: 'already_exists',
  detail: 'A payment with this external_id is recorded already.',
};

/** Decides about one payment; what is accepted is announced. */
function draft(
  service: PaymentService,
  { command, customer, uow }: Asked<Recording, CustomerAccount>,
  standings: Standings,
): Recorded | Refusal {
  if (!customer) return noCustomer;
  const standing = standingOf(customer, standings);
  if (command.externalId !== null && standings.takenExternalIds.has(command.externalId)) return externalIdTaken;
  const now = service.clock.now();
  const today = businessDateFor(addressOf(command), standing.loans, (zone) =>
    businessDate(now, zone ?? service.timeZone),
  );
  const order = 'number' in command ? instalmentPayment(command, standing, today) : command;
  if ('refused' in order) return order;
  const request = { ...order, valueDate: order.valueDate ?? today, businessDate: today };
  const decision = decidePayment(request, standing);
  if ('refused' in decision) return decision;
  const isStored = command.confirmed && command.manner?.excess !== 'refuse';
  if (decision.outcome === 'rejected' && !isStored) return exceedsOutstanding();
  const key = { customerId: customer.id, id: newId() };
  const payment = { ...newPayment(service, order, decision), ...key, valueDate: request.valueDate };
  const holdMinutes = payment.status === 'pending' ? service.gateway.holdMinutes : null;
  const { eventSequence, settledAs } = announce(uow, payment);
  const [caller, origin] = [uow.caller.id, originOf(uow)];
  return { payment: { ...payment, eventSequence }, caller, origin, holdMinutes, settledAs, uow };
}

function standingOf({ id, shortfalls }: CustomerAccount, { loans, reserved }: Standings): Standing {
  const left = new Map(shortfalls);
  for (const { customerId, currency, amount } of reserved.forShortfalls) {
    if (customerId !== id) continue;
    left.set(currency, max((left.get(currency) ?? 0n) - amount, 0n));
  }
  return { loans: loans.get(id) ?? [], reserved: reserved.byLoan, shortfalls: left };
}

/** What follows from a payment that is stored. */
function complete(service: PaymentService, { payment, uow }: Recorded): PaymentReference {
  const outcome = firstStatus(payment);
  if (outcome === 'pending') charge(uow, service.gateway, payment);
  uow.afterCommit(() => service.counters.recorded(outcome));
  return { payment_id: payment.id, customer_id: payment.customerId, outcome };
}

function newPayment(
  service: PaymentService,
  command: RecordPayment,
  decision: PaymentDecision,
): Omit<Payment, 'recordedAt' | 'id' | 'customerId' | 'valueDate'> {
  const { parts, shortfall } = decision.outcome === 'settled' ? decision : { parts: [], shortfall: 0n };
  const rejectCode = decision.outcome === 'rejected' ? decision.code : null;
  return {
    externalId: command.externalId,
    externalRef: command.externalId === null ? null : externalRef(service.externalRefKey, command.externalId),
    amount: command.amount,
    currency: command.currency,
    method: command.method,
    status: firstStatus({ method: command.method, rejectCode }),
    allocation: decision.allocation,
    pieces: [
      ...parts.map(({ loanId, amount }) => newPiece(loanId, amount)),
      ...(shortfall > 0n ? [newPiece(null, shortfall)] : []),
    ],
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
