import { UuidSchema } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { noCustomer } from '../customers/customers.commands.ts';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import { findCustomer } from '../customers/customers.store.ts';
import { type CreditUse, findUse, pageOfUses } from '../repayments/credit-uses.store.ts';
import type { RepaymentService } from '../repayments/repayments.commands.ts';
import { useCredit } from './credit-uses.commands.ts';
import {
  type CreditUseJson,
  CreditUsePageSchema,
  CreditUseSchema,
  CreditUsesQuerySchema,
  NewCreditUseSchema,
} from './credit-uses.schemas.ts';

interface Dependencies extends Pick<RepaymentService, 'today'> {
  readonly database: Database;
}

const tags = ['customers'];
const params = IdParamsSchema;
const CursorSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });
const refusals = [
  'not_found',
  'currency_mismatch',
  'state_conflict',
  'loan_closed',
  'amount_exceeds_outstanding',
  'payment_not_exact',
  'credit_exceeded',
] as const;

export function creditUsesRoutes(app: App, { database, today }: Dependencies): void {
  app.post(
    '/v1/customers/:id/credit-uses',
    {
      config: { permission: 'loans:write', idempotency: 'required', refusals },
      schema: {
        summary: "Pay a loan out of the customer's credit, by the loan's payment policy",
        tags,
        params,
        body: NewCreditUseSchema,
        response: { 201: CreditUseSchema },
      },
    },
    async (request, reply) => {
      const { loan_id: loanId, amount } = request.body;
      const command = { customerId: request.params.id, loanId: loanId.toLowerCase(), amount };
      const outcome = await execute(database, commandContext(request), (uow) => useCredit(uow, { today }, command));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const { customer_id: customerId, credit_use_id: id } = outcome.result;
      const use = await findUse(database, customerId, id);
      if (use === undefined) throw new Error(`The use of credit ${id} is missing`);
      reply.code(201);
      return useJson(use);
    },
  );

  app.get(
    '/v1/customers/:id/credit-uses',
    {
      config: { permission: 'loans:read', own: { customer: 'params.id' } },
      schema: {
        summary: "What the customer's credit was used for, newest first",
        tags,
        params,
        querystring: CreditUsesQuerySchema,
        response: { 200: CreditUsePageSchema },
      },
    },
    async ({ params: { id: customerId }, query }) => {
      if ((await findCustomer(database, customerId)) === undefined) return noCustomer(customerId);
      return readPage(
        query,
        CursorSchema,
        (after, limit) => pageOfUses(database, { customerId, before: after?.id, limit }),
        { item: useJson, position: ({ id }) => ({ id }) },
      );
    },
  );
}

function useJson({ id, customerId, loanId, currency, amount, valueDate, recordedAt }: CreditUse): CreditUseJson {
  return {
    id,
    customer_id: customerId,
    loan_id: loanId,
    amount: { amount: formatAmount(amount, currency), currency },
    value_date: valueDate,
    recorded_at: recordedAt,
  };
}
