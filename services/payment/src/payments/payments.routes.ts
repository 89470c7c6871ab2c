import type { ProblemCode, Refusal } from '@tenor/contracts';
import {
  type App,
  commandContext,
  isRefusal,
  preferredWaitMs,
  validationFailed,
  type Waiter,
} from '@tenor/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { paymentRecorder } from './new-payments.commands.ts';
import type { ReversalKind } from './payment.ts';
import { readPaymentRequest } from './payment-request.ts';
import { type PaymentView, viewApplied, viewFirst, viewPayment } from './payment-view.ts';
import { exceedsOutstanding, type PaymentReference, type PaymentService, reversePayment } from './payments.commands.ts';
import { PaymentIdSchema, PaymentSchema, RecordPaymentSchema, TakeBackSchema } from './payments.schemas.ts';
import { loadPayment, paymentReader, waitKeyOf } from './payments.store.ts';

/** The longest that `Prefer: wait` waits here. */
const WAIT_MAX_MS = 10_000;

const tags = ['payments'];

const recordRefusals: readonly ProblemCode[] = [
  'not_found',
  'already_exists',
  'state_conflict',
  'currency_mismatch',
  'loan_closed',
  'nothing_owed',
  'payment_not_exact',
  'amount_exceeds_outstanding',
  'value_date_in_future',
  'value_date_before_disbursement',
  'projection_behind',
];

/** `applied` waits for payments to be answered by billing, by `waitKeyOf`. */
export function paymentRoutes(app: App, service: PaymentService, applied: Waiter): void {
  const recordPayment = paymentRecorder(service);
  const answer = answering(paymentReader(service.database), applied);

  app.post(
    '/v1/payments',
    {
      config: {
        permission: 'payments:record',
        own: { customer: 'body.customer_id' },
        idempotency: 'required',
        refusals: recordRefusals,
      },
      schema: {
        tags,
        summary: 'Record a payment; it settles at once, or when its provider says so',
        body: RecordPaymentSchema,
        response: { 201: PaymentSchema },
      },
    },
    async (request, reply) => {
      const command = readPaymentRequest(request.body, service.gateway.providers);
      if ('faults' in command) return validationFailed(command.faults);
      const outcome = await recordPayment(commandContext(request), command);
      if (isRefusal(outcome)) return outcome;
      tellReplay(reply, outcome);
      reply.code(201).header('location', `/v1/payments/${outcome.result.payment_id}`);
      return answer(outcome.result, request, reply);
    },
  );

  takeBackRoute(app, service, 'reversal', '/v1/payments/:id/reverse', 'Take a payment back');
  takeBackRoute(app, service, 'chargeback', '/v1/payments/:id/chargeback', "Take a payment back for the payer's bank");
}

function takeBackRoute(app: App, service: PaymentService, kind: ReversalKind, path: string, summary: string): void {
  app.post(
    path,
    {
      config: {
        permission: 'payments:write',
        idempotency: 'required',
        refusals: ['state_conflict'],
        optionalBody: true,
      },
      schema: { tags, summary, params: PaymentIdSchema, body: TakeBackSchema, response: { 200: PaymentSchema } },
    },
    async (request, reply) => {
      const command = { paymentId: request.params.id, kind, reason: request.body.reason ?? null };
      const outcome = await reversePayment(service, commandContext(request), command);
      if (isRefusal(outcome)) return outcome;
      tellReplay(reply, outcome);
      const { customer_id: customerId, payment_id: id } = outcome.result;
      return viewPayment(await loadPayment(service.database, { customerId, id }));
    },
  );
}

/** The answer to a recorded payment, the first time and at each replay, from what the key keeps. */
function answering(readPayment: ReturnType<typeof paymentReader>, applied: Waiter) {
  return async (
    { customer_id: customerId, payment_id: id, outcome }: PaymentReference,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<PaymentView | Refusal> => {
    if (outcome === 'rejected') return exceedsOutstanding(id);
    const key = { customerId, id };
    const waitMs = Math.min(preferredWaitMs(request.headers['prefer']), WAIT_MAX_MS);
    const isApplied = waitMs > 0 && (await applied.wait(waitKeyOf(key), waitMs));
    const payment = await readPayment(key);
    if (!isApplied) return viewFirst(payment);
    reply.header('preference-applied', `wait=${waitMs / 1000}`);
    return viewApplied(payment);
  };
}

function tellReplay(reply: FastifyReply, { replayed }: { replayed: boolean }): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
}
