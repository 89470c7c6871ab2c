import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { alias, numbersOf, profileContext, profilePage, type Registered, readFields, taken } from '@tenor/profile-kit';
import { decodeCursor, inBatches, isRefusal, pageOfRows, timeOfId, validationFailed } from '@tenor/service-kit';
import { findExternalIds } from '../../customers/customers.store.ts';
import type { LoanKey } from '../../loans/journal.store.ts';
import { type LoanFilter, pageOfLoans } from '../../loans/loan-reads.store.ts';
import { type LoanView, type Viewing, type ViewLoan, viewLoans } from '../../loans/loan-views.store.ts';
import type { LoanService } from '../../loans/loans.commands.ts';
import { openingRefusals } from '../../loans/loans.routes.ts';
import { noSuchCustomer } from './balances.routes.ts';
import { type MoCustomers, PositionSchema } from './customers.routes.ts';
import { moLoanJson } from './loan-answers.ts';
import { moLoanOpening } from './loans.commands.ts';
import {
  CustomerParamsSchema,
  type LoanJson,
  LoanSchema,
  LoansSchema,
  loanFields,
  NewLoanSchema,
} from './mo.schemas.ts';
import { findMoCustomer } from './mo-customers.store.ts';
import { contractVersionsOf, moLoans } from './mo-records.store.ts';
import { MO_CURRENCY, MO_PRODUCT } from './mo-statuses.ts';

export interface MoLoans extends MoCustomers, LoanService, Viewing {
  readonly viewLoan: ViewLoan;
}

type PageRequest = Parameters<typeof profilePage>[0];

export function moLoansRoutes(registered: Registered, service: MoLoans): void {
  openRoute(registered, service);
  const { route } = registered;
  route({
    method: 'GET',
    paths: ['/api/loans'],
    permission: 'profiles:read',
    summary: 'List loans, newest first',
    responses: { 200: LoansSchema },
    handler: (request) => listLoans(service, request, {}),
  });
  route({
    method: 'GET',
    paths: ['/api/customers/:customer_id/loans'],
    permission: 'profiles:read',
    summary: "List a customer's loans, newest first",
    params: CustomerParamsSchema,
    responses: { 200: LoansSchema },
    async handler(request) {
      const said = (request.params as { customer_id: string }).customer_id;
      const found = await findMoCustomer(service.database, service.customers, said);
      return found === undefined ? noSuchCustomer : listLoans(service, request, { customerId: found.customer.id });
    },
  });
}

function openRoute({ route }: Registered, service: MoLoans): void {
  const { database, customers } = service;
  const openLoan = inBatches(database, moLoanOpening(service));
  route({
    method: 'POST',
    paths: ['/api/loans'],
    permission: 'profiles:write',
    summary: 'Open a loan, which is active at once',
    body: NewLoanSchema,
    responses: { 201: LoanSchema },
    refusals: openingRefusals,
    async handler(request, reply) {
      const given = readFields(alias(request.body, 'customer', ['customer_external_id', 'customer_id']), loanFields);
      if (isRefusal(given)) return given;
      const found = await findMoCustomer(database, customers, given.customer);
      if (found === undefined) return unknownCustomer(given.customer);
      const due = given.maximum_payment_date;
      const command = {
        customerId: found.customer.id,
        product: MO_PRODUCT,
        principal: { amount: given.amount, currency: MO_CURRENCY },
        externalId: given.external_id,
        disbursedOn: null,
        terms: due === null ? {} : { firstDueDate: date(due.slice(0, 10)) },
        acceptsCorrectedRate: false,
        isKnownToBank: false,
        contractVersion: given.contract_version,
      };
      const outcome = await openLoan(profileContext(request, 'mo', ['loan', given.external_id]), command);
      if (isRefusal(outcome)) return taken(outcome, 'loan');
      const { loan_id: id, as_of: asOf, known_at: knownAt } = outcome.result;
      const view = await service.viewLoan(id, { asOf, knownAt });
      if (isRefusal(view)) return view;
      const [shown] = await showLoans(service, [view]);
      return reply.code(201).send(shown);
    },
  });
}

const unknownCustomer = (said: string): Refusal =>
  validationFailed([
    { pointer: '/customer', code: 'does_not_exist', message: `Object with external_id=${said} does not exist.` },
  ]);

/** One page of the loans that this API can count. */
function listLoans(service: MoLoans, request: PageRequest, filter: Pick<LoanFilter, 'customerId'>) {
  const { database, today } = service;
  return profilePage(
    request,
    async ({ limit, cursor }) => {
      const position = decodeCursor(cursor, PositionSchema);
      if (isRefusal(position)) return position;
      const before = position === undefined ? {} : { before: position.id };
      const keys = await pageOfLoans(database, { ...filter, ...before, currency: MO_CURRENCY, limit: limit + 1 });
      return pageOfRows(keys, limit, { item: (key) => key, position: ({ loanId }) => ({ id: loanId }) });
    },
    async (keys: readonly LoanKey[]) => {
      const isOfOneCustomer = filter.customerId !== undefined;
      const views = await viewLoans(database, { today }, { list: async () => keys, isOfOneCustomer }, {});
      return Array.isArray(views) ? showLoans(service, views) : views;
    },
  );
}

async function showLoans({ database }: MoLoans, views: readonly LoanView[]): Promise<LoanJson[]> {
  const ids = views.map(({ state }) => state.loanId);
  const customerIds = [...new Set(views.map(({ state }) => state.customerId))];
  const [numbers, versions, externalIds] = await Promise.all([
    numbersOf(database, moLoans, ids),
    contractVersionsOf(database, ids),
    findExternalIds(database, customerIds),
  ]);
  return views.map((view) => {
    const { loanId, customerId } = view.state;
    return moLoanJson(view, {
      number: numbers.get(loanId) ?? 0,
      customerExternalId: externalIds.get(customerId) ?? null,
      contractVersion: versions.get(loanId) ?? null,
      madeAt: timeOfId(loanId),
    });
  });
}
