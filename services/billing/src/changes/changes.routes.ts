import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, execute, isRefusal, newId } from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { readMoney } from '../customers/money-input.ts';
import { answerLoan, type LoansDependencies } from '../loans/loans.routes.ts';
import { IdParamsSchema, type LoanJson, LoanSchema } from '../loans/loans.schemas.ts';
import { changeLoan, type DecideChange } from './changes.commands.ts';
import { type ChargeBody, ChargeSchema, type WaiverBody, WaiverSchema } from './changes.schemas.ts';
import { decideCharge, decideWaiver } from './charge.ts';

const tags = ['changes'];
const params = IdParamsSchema;
const response = { 200: LoanSchema };
const refusals = [
  'state_conflict',
  'value_date_in_future',
  'value_date_before_disbursement',
  'currency_mismatch',
] as const;

export function changesRoutes(app: App, dependencies: LoansDependencies): void {
  const change = changing(dependencies);
  app.post(
    '/v1/loans/:id/charges',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Charge a fee or penalty', body: ChargeSchema },
    },
    (request, reply) => change(request, reply, charging(request.body)),
  );
  app.post(
    '/v1/loans/:id/waivers',
    {
      config: { permission: 'loans:write', refusals: [...refusals, 'amount_exceeds_outstanding'] },
      schema: { tags, params, response, summary: 'Give up a fee, penalty or interest', body: WaiverSchema },
    },
    (request, reply) => change(request, reply, waiving(request.body)),
  );
}

/** Changes the loan of the path as decided, and answers with the loan as that left it. */
export function changing(dependencies: LoansDependencies) {
  return async (
    request: Parameters<typeof commandContext>[0] & { params: { id: string } },
    reply: FastifyReply,
    decide: DecideChange | Refusal,
  ): Promise<LoanJson | Refusal> => {
    if (isRefusal(decide)) return decide;
    const outcome = await execute(dependencies.database, commandContext(request), (uow) =>
      changeLoan(uow, dependencies, request.params.id, decide),
    );
    return answerLoan(dependencies, outcome, reply);
  };
}

/** The day that a request names; null: the business date. */
export const onDay = (text: string | undefined) => (text === undefined ? null : date(text));

function charging({ amount, value_date: on, component, code }: ChargeBody): DecideChange | Refusal {
  const money = readMoney(amount, '/amount');
  if (isRefusal(money)) return money;
  const charge = { chargeId: newId(), component, code, amount: money };
  return (state, today) => decideCharge(state, charge, { ...today, valueDate: onDay(on) });
}

function waiving({ amount, value_date: on, component, instalment, reason }: WaiverBody): DecideChange | Refusal {
  const money = amount === undefined ? null : readMoney(amount, '/amount');
  if (money !== null && isRefusal(money)) return money;
  const waiver = {
    waiverId: newId(),
    component,
    instalment: instalment ?? null,
    amount: money,
    reason: reason ?? null,
  };
  return (state, today) => decideWaiver(state, waiver, { ...today, valueDate: onDay(on) });
}
