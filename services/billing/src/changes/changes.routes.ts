import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, execute, isRefusal } from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { referenceOf } from '../loans/loans.commands.ts';
import { answerLoan, type LoansDependencies, openingRefusals } from '../loans/loans.routes.ts';
import { IdParamsSchema, type LoanJson, LoanSchema } from '../loans/loans.schemas.ts';
import { changeRequests } from './change-requests.commands.ts';
import { changeLoan, type DecideChange } from './changes.commands.ts';
import {
  ChargeSchema,
  HolidaySchema,
  PrepaySchema,
  RateChangeSchema,
  ReAgeSchema,
  RecoverySchema,
  RestructureSchema,
  TopUpSchema,
  WaiverSchema,
  WriteOffSchema,
} from './changes.schemas.ts';
import { topUpLoan } from './top-ups.commands.ts';

const tags = ['changes'];
const params = IdParamsSchema;
const response = { 200: LoanSchema };
const liveRefusals = ['state_conflict', 'value_date_in_future', 'value_date_before_disbursement'] as const;
const refusals = [...liveRefusals, 'currency_mismatch'] as const;

/** What changes a loan that runs. */
export function changesRoutes(app: App, dependencies: LoansDependencies): void {
  amountsRoutes(app, dependencies);
  restructuresRoutes(app, dependencies);
  prepayRoutes(app, dependencies);
  topUpRoutes(app, dependencies);
}

function amountsRoutes(app: App, dependencies: LoansDependencies): void {
  const change = changing(dependencies);
  app.post(
    '/v1/loans/:id/charges',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Charge a fee or penalty', body: ChargeSchema },
    },
    (request, reply) => change(request, reply, changeRequests.charges(request.body)),
  );
  app.post(
    '/v1/loans/:id/waivers',
    {
      config: { permission: 'loans:write', refusals: [...refusals, 'amount_exceeds_outstanding'] },
      schema: { tags, params, response, summary: 'Give up a fee, penalty or interest', body: WaiverSchema },
    },
    (request, reply) => change(request, reply, changeRequests.waivers(request.body)),
  );
  app.post(
    '/v1/loans/:id/write-off',
    {
      config: { permission: 'loans:write', refusals: [...liveRefusals, 'nothing_owed'] },
      schema: { tags, params, response, summary: 'Write off all that is owed', body: WriteOffSchema },
    },
    (request, reply) => change(request, reply, changeRequests['write-off'](request.body)),
  );
  app.post(
    '/v1/loans/:id/recoveries',
    {
      config: {
        permission: 'loans:write',
        refusals: [
          'state_conflict',
          'value_date_in_future',
          'currency_mismatch',
          'amount_exceeds_outstanding',
          'already_exists',
        ],
      },
      schema: { tags, params, response, summary: 'Take in money of a loan written off', body: RecoverySchema },
    },
    (request, reply) => change(request, reply, changeRequests.recoveries(request.body)),
  );
}

/** The changes that plan anew what is not due. */
function restructuresRoutes(app: App, dependencies: LoansDependencies): void {
  const change = changing(dependencies);
  const refusals = [...liveRefusals, 'terms_invalid', 'terms_not_allowed', 'principal_out_of_bounds'] as const;
  app.post(
    '/v1/loans/:id/rate-changes',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Change the rate from a day on', body: RateChangeSchema },
    },
    (request, reply) => change(request, reply, changeRequests['rate-changes'](request.body)),
  );
  app.post(
    '/v1/loans/:id/restructure',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Agree on another rate or tenor', body: RestructureSchema },
    },
    (request, reply) => change(request, reply, changeRequests.restructure(request.body)),
  );
  app.post(
    '/v1/loans/:id/payment-holidays',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Let instalments ask for nothing', body: HolidaySchema },
    },
    (request, reply) => change(request, reply, changeRequests['payment-holidays'](request.body)),
  );
  app.post(
    '/v1/loans/:id/re-age',
    {
      config: { permission: 'loans:write', refusals },
      schema: { tags, params, response, summary: 'Plan arrears and the rest anew', body: ReAgeSchema },
    },
    (request, reply) => change(request, reply, changeRequests['re-age'](request.body)),
  );
}

function prepayRoutes(app: App, dependencies: LoansDependencies): void {
  const change = changing(dependencies);
  app.post(
    '/v1/loans/:id/prepay',
    {
      config: { permission: 'loans:write', refusals: ['state_conflict', 'payment_not_exact'] },
      schema: { tags, params, response, summary: 'Let a payment pay the loan off', body: PrepaySchema },
    },
    (request, reply) => change(request, reply, changeRequests.prepay(request.body)),
  );
}

function topUpRoutes(app: App, dependencies: LoansDependencies): void {
  app.post(
    '/v1/loans/:id/top-up',
    {
      config: {
        permission: 'loans:write',
        refusals: [...openingRefusals, 'kyc_required', 'state_conflict', 'payoff_not_covered'],
      },
      schema: {
        tags,
        params,
        response: { 201: LoanSchema },
        summary: 'Open a loan that pays this one off',
        body: TopUpSchema,
      },
    },
    async (request, reply) => {
      const outcome = await execute(dependencies.database, commandContext(request), (uow) =>
        topUpLoan(uow, dependencies, request.params.id, request.body).then(referenceOf),
      );
      return answerLoan(dependencies, outcome, reply.code(201));
    },
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
      changeLoan(uow, dependencies, request.params.id, decide).then(referenceOf),
    );
    return answerLoan(dependencies, outcome, reply);
  };
}
