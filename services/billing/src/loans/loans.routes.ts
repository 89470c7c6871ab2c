import { date } from '@tenor/calendar';
import { type Refusal, UuidSchema } from '@tenor/contracts';
import {
  type App,
  commandContext,
  type Database,
  decodeCursor,
  execute,
  isRefusal,
  type Outcome,
  pageOfRows,
} from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { termsFromJson } from '../products/terms-json.ts';
import type { LoanKey } from './journal.store.ts';
import { loanJson } from './loan-json.ts';
import { toAt } from './loan-reads.routes.ts';
import { type LoanFilter, pageOfLoans } from './loan-reads.store.ts';
import { loanSteps } from './loan-steps.commands.ts';
import { type At, type Viewing, type ViewLoan, viewLoans } from './loan-views.store.ts';
import { advanceLoan, type LoanReference, type LoanService, type LoanStep, referenceOf } from './loans.commands.ts';
import {
  ApprovalSchema,
  AtQuerySchema,
  DisbursementSchema,
  IdParamsSchema,
  type LoanJson,
  LoanListQuerySchema,
  LoanPageSchema,
  LoanSchema,
  type NewLoan,
  NewLoanSchema,
  ReasonSchema,
} from './loans.schemas.ts';
import { type CheckApplicant, loanApplications } from './new-loans.commands.ts';

export interface LoansDependencies extends LoanService, Viewing {
  readonly viewLoan: ViewLoan;
  readonly database: Database;
}

const tags = ['loans'];
const CursorSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });
/** What opening a loan may be refused with. */
export const openingRefusals = [
  'not_found',
  'customer_inactive',
  'already_exists',
  'currency_mismatch',
  'limit_exceeded',
  'open_loans_exceeded',
  'application_pending',
  'kyc_not_found',
  'core_banking_unavailable',
  'product_not_valid',
  'terms_invalid',
  'terms_not_allowed',
  'principal_out_of_bounds',
  'value_date_in_future',
  'idempotency_mismatch',
  'idempotency_in_flight',
] as const;

const disbursementRefusals = [
  'state_conflict',
  'value_date_in_future',
  'value_date_before_disbursement',
  'currency_mismatch',
  'limit_exceeded',
  'terms_invalid',
  'principal_out_of_bounds',
] as const;

export function loansRoutes(app: App, dependencies: LoansDependencies, checkApplicant: CheckApplicant): void {
  openRoute(app, dependencies, checkApplicant);
  readRoutes(app, dependencies);
  registerSteps(app, dependencies);
}

function openRoute(app: App, dependencies: LoansDependencies, checkApplicant: CheckApplicant): void {
  const { database } = dependencies;
  const apply = loanApplications(database, dependencies, checkApplicant);

  app.post(
    '/v1/loans',
    {
      config: {
        permission: 'loans:open',
        own: { customer: 'body.customer_id' },
        refusals: [...openingRefusals, 'not_eligible'],
      },
      schema: {
        summary: 'Open a loan; approved and disbursed at once where the product says so',
        tags,
        body: NewLoanSchema,
        response: { 201: LoanSchema },
      },
    },
    async (request, reply) => {
      const outcome = await apply(commandContext(request), toCommand(request.body));
      return answerLoan(dependencies, outcome, reply.code(201));
    },
  );
}

function readRoutes(app: App, dependencies: LoansDependencies): void {
  app.get(
    '/v1/loans',
    {
      config: { permission: 'loans:read', own: { customer: 'query.customer_id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'List loans, newest first',
        tags,
        querystring: LoanListQuerySchema,
        response: { 200: LoanPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, as_of, known_at, customer_id: customerId, external_id: externalId, ...rest } = query;
      const named = { ...(customerId && { customerId }), ...(externalId && { externalId }) };
      return listLoans(dependencies, { ...rest, ...named, limit }, cursor, toAt({ as_of, known_at }));
    },
  );

  app.get(
    '/v1/loans/:id',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'Read a loan',
        tags,
        params: IdParamsSchema,
        querystring: AtQuerySchema,
        response: { 200: LoanSchema },
      },
    },
    async ({ params, query }) => {
      const view = await dependencies.viewLoan(params.id, toAt(query));
      return isRefusal(view) ? view : (loanJson(view) as LoanJson);
    },
  );
}

/** Steps of a loan whose product does not take them all at once. */
function registerSteps(app: App, dependencies: LoansDependencies): void {
  const refusals = ['state_conflict', 'value_date_in_future', 'terms_invalid'] as const;
  const params = IdParamsSchema;
  const response = { 200: LoanSchema };
  const advance = advancing(dependencies);

  app.post(
    '/v1/loans/:id/approve',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Approve a pending loan', body: ApprovalSchema },
    },
    (request, reply) => advance(request, reply, loanSteps.approve(request.body)),
  );
  app.post(
    '/v1/loans/:id/reject',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Turn a pending loan down', body: ReasonSchema },
    },
    (request, reply) => advance(request, reply, loanSteps.reject(request.body)),
  );
  app.post(
    '/v1/loans/:id/cancel',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Give up a loan that was not paid out', body: ReasonSchema },
    },
    (request, reply) => advance(request, reply, loanSteps.cancel(request.body)),
  );
  app.post(
    '/v1/loans/:id/disbursements',
    {
      config: { permission: 'loans:write', refusals: disbursementRefusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Pay a loan out, whole or in part', body: DisbursementSchema },
    },
    (request, reply) => advance(request, reply, loanSteps.disbursements(request.body)),
  );
}

function advancing(dependencies: LoansDependencies) {
  return async (
    request: Parameters<typeof commandContext>[0] & { params: { id: string } },
    reply: FastifyReply,
    step: LoanStep,
  ): Promise<LoanJson | Refusal> => {
    const { id } = request.params;
    const outcome = await execute(dependencies.database, commandContext(request), (uow) =>
      advanceLoan(uow, dependencies, id, step).then(referenceOf),
    );
    return answerLoan(dependencies, outcome, reply);
  };
}

/** The loan as the command left it, the first time and on a replay alike. */
export async function answerLoan(
  dependencies: LoansDependencies,
  outcome: Outcome<LoanReference>,
  reply: Pick<FastifyReply, 'header'>,
): Promise<LoanJson | Refusal> {
  if (isRefusal(outcome)) return outcome;
  const { loan_id: id, known_at: knownAt, as_of: asOf } = outcome.result;
  if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
  reply.header('Location', `/v1/loans/${id}`);
  const view = await dependencies.viewLoan(id, { asOf, knownAt });
  return isRefusal(view) ? view : (loanJson(view) as LoanJson);
}

/** One page of loans as they stood; a loan that was not there then is left out of its page. */
export async function listLoans(
  dependencies: Viewing & { readonly database: Database },
  filter: LoanFilter,
  cursor: string | undefined,
  at: At,
): Promise<Static<typeof LoanPageSchema> | Refusal> {
  const { database } = dependencies;
  const position = decodeCursor(cursor, CursorSchema);
  if (isRefusal(position)) return position;
  const before = position === undefined ? {} : { before: position.id };
  let nextCursor: string | null = null;
  const list = async (): Promise<LoanKey[]> => {
    const keys = await pageOfLoans(database, { ...filter, ...before, limit: filter.limit + 1 });
    const page = pageOfRows(keys, filter.limit, { item: (key) => key, position: ({ loanId }) => ({ id: loanId }) });
    nextCursor = page.next_cursor;
    return page.data;
  };
  const views = await viewLoans(database, dependencies, { list, isOfOneCustomer: filter.customerId !== undefined }, at);
  if (!Array.isArray(views)) return views;
  return { data: views.map((view) => loanJson(view) as LoanJson), next_cursor: nextCursor };
}

function toCommand(body: NewLoan) {
  return {
    customerId: body.customer_id.toLowerCase(),
    product: body.product,
    principal: body.principal,
    externalId: body.external_id ?? null,
    disbursedOn: body.disbursed_on === undefined ? null : date(body.disbursed_on),
    terms: termsFromJson(body.terms ?? {}),
    acceptsCorrectedRate: body.accept_corrected_rate ?? false,
  };
}
