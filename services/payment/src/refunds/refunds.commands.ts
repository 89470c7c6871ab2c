import { paymentRefundFailed, paymentRefundPaidOut, paymentRefundRequested, type Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import {
  type CommandContext,
  type Delivery,
  execute,
  isRefusal,
  newId,
  type Outcome,
  type UnitOfWork,
} from '@tenor/service-kit';
import { noCustomer } from '../loan-accounts/customer-account.ts';
import { lockCustomer } from '../loan-accounts/customers.store.ts';
import { MANUAL } from '../payments/payment.ts';
import { isYoung, type PaymentService } from '../payments/payments.commands.ts';
import { projectionBehind } from '../payments/projection.commands.ts';
import {
  awaitProviderOutcome,
  endProviderCall,
  lockCallHistory,
  requestProviderCall,
} from '../payments/provider-calls.store.ts';
import { type ProviderResult, weigh } from '../payments/provider-result.ts';
import { creditDecisionOf } from './credit-decision.ts';
import { type CreditDecision, conclude, decide, type Refund, type RefundNews } from './refund.ts';
import type { RequestRefund } from './refund-request.ts';
import {
  addRefund,
  claimRefundExternalId,
  findRefundKey,
  keepRefundNews,
  loadRefunds,
  type RefundKey,
  saveRefunds,
} from './refunds.store.ts';

/** What an idempotency key keeps of a refund. */
export interface RefundReference {
  customer_id: string;
  refund_id: string;
}

/** Tells that a call to this provider was committed. */
export type WakeProvider = (provider: string) => void;

/**
 * Asks billing for a refund; it alone knows the credit. Refuses `not_found` for a customer who is still unknown once all
 * that billing has acknowledged is known, and `already_exists` for an external id that is taken.
 */
export async function requestRefund(
  service: Pick<PaymentService, 'database' | 'projection' | 'clock'>,
  context: CommandContext,
  command: RequestRefund,
): Promise<Outcome<RefundReference>> {
  const attempt = () =>
    execute<RefundReference>(service.database, context, (uow) => storeRequest(uow, context, command));
  const first = await attempt();
  if (!isRefusal(first) || first.refused !== 'not_found') return first;
  const { projection, clock } = service;
  const awaited = [command.customerId].filter((id) => isYoung(id, clock.now()));
  if (!(await projection.catchUp(command.customerId, awaited))) return projectionBehind;
  return projection.certain(await attempt(), { customerId: command.customerId, loanIds: [] }, clock.now());
}

async function storeRequest(uow: UnitOfWork, { caller }: CommandContext, command: RequestRefund) {
  const customer = await lockCustomer(uow, command.customerId);
  if (!customer) return noCustomer;
  const key = { customerId: customer.id, id: newId() };
  if (command.externalId !== null && !(await claimRefundExternalId(uow, command.externalId, key))) {
    const detail = 'A refund with this external_id was requested already.';
    return { refused: 'already_exists', detail } satisfies Refusal;
  }
  const state = { status: 'requested', reason: null, eventSequence: 0n } as const;
  const refund = { ...command, ...key, ...state };
  addRefund(uow, { ...refund, eventSequence: announce(uow, refund, 'requested') }, caller.id);
  const { amount, currency, method } = command;
  const after = { customer_id: customer.id, amount: formatAmount(amount, currency), currency, method };
  uow.recordChange({ entity: 'refund', id: refund.id, action: 'requested', before: null, after });
  return { customer_id: key.customerId, refund_id: key.id };
}

/**
 * Takes in billing's decisions, in the transaction that projects them; the customers' rows are locked already. What is
 * authorised leaves at once when it is paid out by hand, and else by a call to its provider.
 */
export async function followRefunds(
  uow: UnitOfWork,
  wake: WakeProvider,
  deliveries: readonly Delivery[],
): Promise<void> {
  const decisions = deliveries.flatMap(({ event, customerId }) => {
    const said = creditDecisionOf(event);
    return said ? [{ customerId, id: said.refundId, decision: said.decision, traceparent: event.traceparent }] : [];
  });
  await takeDecisions(uow, wake, decisions);
}

/** What billing decided about a refund, with the trace in which it did. */
export interface Decided extends RefundKey {
  readonly decision: CreditDecision;
  readonly traceparent?: string | undefined;
}

/** Takes in decisions; the customers' rows are locked already. What was decided before stays as it is. */
export async function takeDecisions(uow: UnitOfWork, wake: WakeProvider, decisions: readonly Decided[]): Promise<void> {
  const refunds = await loadRefunds(uow, decisions);
  const changed = decisions.flatMap(({ id, decision, traceparent }) => {
    const refund = refunds.get(id);
    const publish: UnitOfWork['publish'] = (caused) => uow.publish({ traceparent, ...caused });
    return refund ? follow({ ...uow, publish }, wake, refund, decision) : [];
  });
  saveRefunds(uow, changed);
}

function follow(uow: UnitOfWork, wake: WakeProvider, refund: Refund, decision: CreditDecision): Refund[] {
  const decided = decide(refund, decision);
  if (decided === refund) return [];
  if (decided.status !== 'authorised') return [decided];
  const { id, customerId, method: provider, amount, currency } = decided;
  if (provider === MANUAL) {
    const paidOut: Refund = { ...decided, status: 'paid_out' };
    return [{ ...paidOut, eventSequence: announceEnd(uow, paidOut) }];
  }
  requestProviderCall(uow, { customerId, kind: 'payout', id, provider, amount, currency });
  uow.afterCommit(() => wake(provider));
  return [decided];
}

/**
 * Takes in what became of a payout at its provider. Refuses `not_found` for a refund that this provider was not asked to
 * pay, and what `conclude` refuses.
 */
export async function concludeRefund(
  uow: UnitOfWork,
  { provider, reference, result: told }: { provider: string; reference: string; result: ProviderResult },
): Promise<'changed' | 'unchanged' | Refusal> {
  const unknown: Refusal = { refused: 'not_found', detail: 'No refund with this reference was to be paid out there.' };
  const key = await findRefundKey(uow, reference);
  if (!key) return unknown;
  await lockCustomer(uow, key.customerId);
  const refund = (await loadRefunds(uow, [key])).get(key.id);
  if (refund?.method !== provider) return unknown;
  const callKey = { ...key, kind: 'payout' } as const;
  const call = await lockCallHistory(uow, callKey);
  const result = weigh(told, call);
  if (result === undefined) {
    await awaitProviderOutcome(uow, callKey, 'at once');
    return 'unchanged';
  }
  const concluded = conclude(refund, result, call);
  if (isRefusal(concluded)) return concluded;
  await endProviderCall(uow, callKey, result);
  if (concluded === refund) return 'unchanged';
  saveRefunds(uow, [{ ...concluded, eventSequence: announceEnd(uow, concluded) }]);
  return 'changed';
}

/** Publishes whether the money left; the sequence that the refund's row has to keep. */
function announceEnd(uow: UnitOfWork, refund: Refund): bigint {
  return announce(uow, refund, refund.reason === null ? 'paid_out' : 'failed');
}

/** Publishes the next event of a refund and keeps how; the sequence that the refund's row has to keep. */
function announce(uow: UnitOfWork, refund: Refund, kind: RefundNews['kind']): bigint {
  const sequence = refund.eventSequence + 1n;
  const eventId = uow.publish({ ...eventOf(refund, kind), sequence });
  keepRefundNews(uow, refund, { kind, eventId, sequence });
  return sequence;
}

/** Publishes all that was told of a refund again, under the same ids and numbers: who has it already drops it. */
export function tellAgain(uow: UnitOfWork, refund: Refund, news: readonly RefundNews[]): void {
  for (const { kind, eventId: id, sequence } of news) uow.publish({ ...eventOf(refund, kind), id, sequence });
}

const contracts = {
  requested: paymentRefundRequested,
  paid_out: paymentRefundPaidOut,
  failed: paymentRefundFailed,
} as const;

function eventOf(refund: Refund, kind: RefundNews['kind']) {
  const { id: subject, customerId, reason } = refund;
  const data = kind === 'failed' ? { ...messageOf(refund), reason } : messageOf(refund);
  return { contract: contracts[kind], subject, customerId, data };
}

function messageOf({ id, customerId, currency, amount, method }: Refund) {
  return { refund_id: id, customer_id: customerId, currency, amount: formatAmount(amount, currency), method };
}
