import type { Refusal } from '@tenor/contracts';
import {
  type Given,
  NoPageSchema,
  noPage,
  numberedPage,
  numberedPageOf,
  PageNumberQuerySchema,
  profileContext,
  type Registered,
  readFields,
} from '@tenor/profile-kit';
import { execute, isRefusal, refuse } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { LoanKey } from '../../loans/journal.store.ts';
import type { LoanService } from '../../loans/loans.commands.ts';
import { openingRefusals } from '../../loans/loans.routes.ts';
import { type CheckApplicant, loanApplications } from '../../loans/new-loans.commands.ts';
import { applicationOf, changeApplication, noLongerPending, withdrawApplication } from './applications.commands.ts';
import { numberFixed, PAGE_SIZE } from './customers.routes.ts';
import {
  LoanBodySchema,
  LoanChangeSchema,
  type LoanJson,
  LoanSchema,
  loanChangeFields,
  loanFields,
  NumberParamsSchema,
  StatusQuerySchema,
  statusFields,
} from './kopa.schemas.ts';
import { findByCustomerNumber } from './kopa-customers.store.ts';
import { findLoanNumbered, type ShownLoans, showLoans } from './kopa-loans.store.ts';
import { latestLoanOf, loansShown, pageOfShownLoans } from './kopa-records.store.ts';

export interface KopaLoans extends ShownLoans, LoanService {
  readonly checkApplicant: CheckApplicant;
}

const noLoan = refuse('not_found', 'There is no such loan.');
const noCustomer = refuse('not_found', 'There is no customer of this number.');

export function kopaLoansRoutes(registered: Registered, service: KopaLoans): void {
  createRoute(registered, service);
  listRoute(registered, service);
  readRoutes(registered, service);
  changeRoutes(registered, service);
}

function createRoute({ route }: Registered, service: KopaLoans): void {
  const { database, customers, checkApplicant } = service;
  const apply = loanApplications(database, service, checkApplicant);
  route({
    method: 'POST',
    paths: ['/loans'],
    permission: 'profiles:write',
    summary: 'Apply for a loan, which a score decides',
    body: LoanBodySchema,
    responses: { 201: LoanSchema },
    refusals: openingRefusals,
    async handler(request, reply) {
      const given = readFields(request.body, loanFields);
      if (isRefusal(given)) return given;
      const found = await findByCustomerNumber(database, customers, given.customer_number);
      if (found?.customer.status !== 'active') return noCustomer;
      const application = applicationOf(found.customer.id, given.amount);
      const outcome = await apply(profileContext(request, 'kopa'), application);
      if (isRefusal(outcome)) return outcome;
      const { loan_id: loanId, customer_id: customerId } = outcome.result;
      const shown = await show(service, { loanId, customerId });
      return isRefusal(shown) ? shown : reply.code(201).send(shown);
    },
  });
}

function listRoute({ route }: Registered, service: KopaLoans): void {
  const { database } = service;
  route({
    method: 'GET',
    paths: ['/loans'],
    permission: 'profiles:read',
    summary: 'List loans, oldest first',
    querystring: PageNumberQuerySchema,
    responses: { 200: numberedPageOf(LoanSchema), 404: NoPageSchema },
    async handler(request, reply) {
      const page = await numberedPage(request, {
        size: PAGE_SIZE,
        count: () => loansShown(database),
        read: async (asked) => showLoans(service, await pageOfShownLoans(database, asked)),
      });
      return page ?? reply.code(404).send(noPage);
    },
  });
}

function readRoutes({ route }: Registered, service: KopaLoans): void {
  const { database, customers } = service;
  route({
    method: 'GET',
    paths: ['/loans/status'],
    permission: 'profiles:read',
    summary: "A customer's last loan",
    querystring: StatusQuerySchema,
    responses: { 200: LoanSchema },
    async handler(request) {
      const given = readFields(request.query, statusFields);
      if (isRefusal(given)) return given;
      const found = await findByCustomerNumber(database, customers, given.customer_number);
      const latest = found && (await latestLoanOf(database, found.customer.id));
      return latest === undefined ? noLoan : show(service, latest);
    },
  });

  route({
    method: 'GET',
    paths: ['/loans/:id'],
    permission: 'profiles:read',
    summary: 'Read a loan',
    params: NumberParamsSchema,
    responses: { 200: LoanSchema },
    async handler(request) {
      const key = await findAsked(service, request);
      return key === undefined ? noLoan : show(service, key);
    },
  });
}

function changeRoutes({ route }: Registered, service: KopaLoans): void {
  const { database } = service;
  const shape = { paths: ['/loans/:id'], permission: 'profiles:write', params: NumberParamsSchema } as const;
  const changed = {
    ...shape,
    responses: { 200: LoanSchema },
    refusals: [...openingRefusals, 'state_conflict'],
  } as const;
  route({
    ...changed,
    method: 'PUT',
    summary: 'Change the amount of a pending loan, which is then scored anew',
    body: LoanBodySchema,
    handler: (request) => change(service, request, readFields(request.body, loanFields)),
  });
  route({
    ...changed,
    method: 'PATCH',
    summary: 'As PUT, with what is to change only',
    body: LoanChangeSchema,
    handler: (request) => change(service, request, readFields(request.body, loanChangeFields)),
  });
  route({
    ...shape,
    method: 'DELETE',
    summary: 'Cancel a pending loan',
    responses: { 204: Type.Null() },
    refusals: ['state_conflict'],
    async handler(request, reply) {
      const key = await findAsked(service, request);
      if (key === undefined) return noLoan;
      const outcome = await execute(database, profileContext(request, 'kopa'), (uow) =>
        withdrawApplication(uow, service, key),
      );
      return isRefusal(outcome) ? outcome : reply.code(204).send(null);
    },
  });
}

async function change(
  service: KopaLoans,
  request: FastifyRequest,
  given: Given<typeof loanChangeFields> | Refusal,
): Promise<LoanJson | Refusal> {
  if (isRefusal(given)) return given;
  const key = await findAsked(service, request);
  if (key === undefined) return noLoan;
  const shown = await show(service, key);
  if (isRefusal(shown)) return shown;
  const { customer_number: number, amount } = given;
  if (number !== undefined && number !== shown.customer_number) return numberFixed;
  if (amount === undefined) return shown.status === 'PENDING' ? shown : noLongerPending;
  const outcome = await execute(service.database, profileContext(request, 'kopa'), (uow) =>
    changeApplication(uow, service, key, amount),
  );
  if (isRefusal(outcome)) return outcome;
  return show(service, { customerId: key.customerId, loanId: outcome.result.loan_id });
}

const findAsked = ({ database }: KopaLoans, { params }: FastifyRequest): Promise<LoanKey | undefined> =>
  findLoanNumbered(database, (params as { id: string }).id);

async function show(service: KopaLoans, key: LoanKey): Promise<LoanJson | Refusal> {
  const [shown] = await showLoans(service, [key]);
  return shown ?? noLoan;
}
