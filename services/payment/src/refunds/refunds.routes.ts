import { formatAmount } from '@tenor/money';
import {
  type App,
  commandContext,
  isRefusal,
  preferredWaitMs,
  readPage,
  validationFailed,
  type Waiter,
} from '@tenor/service-kit';
import { noCustomer } from '../loan-accounts/customer-account.ts';
import { knowsCustomer } from '../loan-accounts/customers.store.ts';
import type { PaymentService } from '../payments/payments.commands.ts';
import { PaymentIdSchema } from '../payments/payments.schemas.ts';
import { readRefundRequest } from './refund-request.ts';
import { requestRefund } from './refunds.commands.ts';
import {
  RefundCursorSchema,
  RefundPageSchema,
  RefundSchema,
  RefundsQuerySchema,
  type RefundView,
  RequestRefundSchema,
} from './refunds.schemas.ts';
import { listRefunds, loadRefunds, refundWaitKeyOf, type StoredRefund } from './refunds.store.ts';

const tags = ['refunds'];
const params = PaymentIdSchema;
/** The longest that `Prefer: wait` waits here. */
const WAIT_MAX_MS = 10_000;

/** `decided` waits for refunds to be authorised or refused by billing, by `refundWaitKeyOf`. */
export function refundRoutes(app: App, service: PaymentService, decided: Waiter): void {
  const { database } = service;

  app.post(
    '/v1/customers/:id/refunds',
    {
      config: {
        permission: 'payments:write',
        idempotency: 'required',
        refusals: ['not_found', 'already_exists', 'projection_behind'],
      },
      schema: {
        tags,
        summary: "Pay out a customer's credit; billing authorises or refuses it",
        params,
        body: RequestRefundSchema,
        response: { 201: RefundSchema },
      },
    },
    async (request, reply) => {
      const command = readRefundRequest(request.params.id, request.body, service.gateway.providers);
      if ('faults' in command) return validationFailed(command.faults);
      const outcome = await requestRefund(service, commandContext(request), command);
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('idempotency-replayed', 'true');
      const key = { customerId: outcome.result.customer_id, id: outcome.result.refund_id };
      const waitMs = Math.min(preferredWaitMs(request.headers['prefer']), WAIT_MAX_MS);
      const isDecided = waitMs > 0 && (await decided.wait(refundWaitKeyOf(key), waitMs));
      const refund = (await loadRefunds(database, [key])).get(key.id);
      if (!refund) throw new Error(`The refund ${key.id} is missing`);
      reply.code(201);
      if (!isDecided) return viewRequested(refund);
      reply.header('preference-applied', `wait=${waitMs / 1000}`);
      return viewRefund(refund);
    },
  );

  app.get(
    '/v1/customers/:id/refunds',
    {
      config: { permission: 'payments:read', own: { customer: 'params.id' } },
      schema: {
        tags,
        summary: 'List the refunds of a customer, newest first',
        params,
        querystring: RefundsQuerySchema,
        response: { 200: RefundPageSchema },
      },
    },
    async ({ params: { id: customerId }, query: { status, ...page } }) => {
      if (!(await knowsCustomer(database, customerId))) return noCustomer;
      return readPage(
        page,
        RefundCursorSchema,
        (after, limit) => listRefunds(database, { customerId, status, after: after?.id }, limit),
        { item: viewRefund, position: ({ id }) => ({ id }) },
      );
    },
  );
}

/** As its request was first answered, whatever has become of it since. */
function viewRequested(refund: StoredRefund): RefundView {
  return viewRefund({ ...refund, status: 'requested', reason: null, decidedAt: null, closedAt: null });
}

function viewRefund(refund: StoredRefund): RefundView {
  return {
    id: refund.id,
    customer_id: refund.customerId,
    status: refund.status,
    amount: { amount: formatAmount(refund.amount, refund.currency), currency: refund.currency },
    method: refund.method,
    external_id: refund.externalId,
    reason: refund.reason,
    requested_at: refund.requestedAt,
    decided_at: refund.decidedAt,
    closed_at: refund.closedAt,
  };
}
