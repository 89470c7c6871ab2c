import { type App, type Database, readPage } from '@tenor/service-kit';
import { noCustomer } from '../loan-accounts/customer-account.ts';
import { knowsCustomer } from '../loan-accounts/customers.store.ts';
import { noPayment } from './payment.ts';
import { listPayments } from './payment-lists.store.ts';
import { viewPayment } from './payment-view.ts';
import {
  PaymentCursorSchema,
  PaymentIdSchema,
  PaymentPageSchema,
  PaymentSchema,
  PaymentsOfCustomerQuerySchema,
  type PaymentsQuery,
  PaymentsQuerySchema,
} from './payments.schemas.ts';
import { findPaymentKey, loadPayment } from './payments.store.ts';

const tags = ['payments'];

/** Reading payments: one, all that pass a filter, and those of a customer. */
export function paymentListRoutes(app: App, database: Database): void {
  app.get(
    '/v1/payments',
    {
      config: { permission: 'payments:read', own: { customer: 'query.customer_id' } },
      schema: {
        tags,
        summary: 'List payments, newest first',
        querystring: PaymentsQuerySchema,
        response: { 200: PaymentPageSchema },
      },
    },
    (request) => page(database, request.query),
  );

  app.get(
    '/v1/payments/:id',
    {
      config: { permission: 'payments:read', own: { payment: 'params.id' } },
      schema: { tags, summary: 'Read a payment', params: PaymentIdSchema, response: { 200: PaymentSchema } },
    },
    async (request) => {
      const key = await findPaymentKey(database, request.params.id);
      if (!key) return noPayment;
      return viewPayment(await loadPayment(database, key));
    },
  );

  app.get(
    '/v1/customers/:id/payments',
    {
      config: { permission: 'payments:read', own: { customer: 'params.id' } },
      schema: {
        tags,
        summary: 'List the payments of a customer, newest first',
        params: PaymentIdSchema,
        querystring: PaymentsOfCustomerQuerySchema,
        response: { 200: PaymentPageSchema },
      },
    },
    async (request) => {
      const customerId = request.params.id;
      const known = await knowsCustomer(database, customerId);
      if (!known) return noCustomer;
      return page(database, { ...request.query, customer_id: customerId });
    },
  );
}

function page(database: Database, query: PaymentsQuery) {
  const { customer_id: customerId, loan_id: loanId, status, from, to } = query;
  const filter = { customerId, loanId, status, from, to };
  return readPage(
    query,
    PaymentCursorSchema,
    (after, limit) => listPayments(database, { ...filter, after: after?.id }, limit),
    { item: viewPayment, position: ({ id }) => ({ id }) },
  );
}
