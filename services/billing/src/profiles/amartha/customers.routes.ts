import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { inEnvelope, jsonNumber, profileContext, type Registered, readFields, uuid } from '@tenor/profile-kit';
import { type Database, isRefusal, refuse } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import type { CustomersStore, FullCustomer } from '../../customers/customers.store.ts';
import { findCustomer } from '../../customers/customers.store.ts';
import { delinquency } from '../../delinquency/delinquency.ts';
import { outstanding } from '../../loans/loan.ts';
import { loansOfCustomer } from '../../loans/loan-reads.store.ts';
import { type LoanView, type Viewing, viewLoans } from '../../loans/loan-views.store.ts';
import { WEEKLY_CURRENCY } from '../weekly-loan.ts';
import {
  type CustomerJson,
  CustomerParamsSchema,
  CustomersSchema,
  DelinquentSchema,
  ListQuerySchema,
  listFields,
  OutstandingSchema,
  SampleSchema,
  sampleFields,
} from './amartha.schemas.ts';
import { makeSampleCustomers } from './sample-customers.commands.ts';

export interface AmarthaCustomers extends Viewing {
  readonly database: Database;
  readonly customers: CustomersStore;
}

const CREATED = 201;
const OK = 200;
const noSuchCustomer = refuse('not_found', 'There is no such customer.');

export function amarthaCustomersRoutes(registered: Registered, service: AmarthaCustomers): void {
  samples(registered, service);
  standings(registered, service);
}

function samples({ route }: Registered, { database, customers }: AmarthaCustomers): void {
  route({
    method: 'POST',
    paths: ['/customer'],
    permission: 'profiles:write',
    summary: 'Make sample customers',
    body: SampleSchema,
    responses: { 201: CustomersSchema },
    async handler(request, reply) {
      const given = readFields(request.body, sampleFields);
      if (isRefusal(given)) return given;
      const context = profileContext(request, 'amartha');
      const outcome = await makeSampleCustomers(database, customers, context, given.total_customer);
      if (isRefusal(outcome)) return outcome;
      const made = await Promise.all(outcome.result.ids.map((id) => customers.find(database, id)));
      const shown = made.flatMap((customer) => (customer === undefined ? [] : [customerJson(customer)]));
      return reply.code(CREATED).send(inEnvelope(CREATED, shown));
    },
  });
  route({
    method: 'GET',
    paths: ['/customer'],
    permission: 'profiles:read',
    summary: 'Customers, newest first',
    querystring: ListQuerySchema,
    responses: { 200: CustomersSchema },
    async handler({ query }) {
      const asked = readFields(query, listFields);
      if (isRefusal(asked)) return asked;
      return inEnvelope(OK, (await customers.page(database, asked)).map(customerJson));
    },
  });
}

function standings({ route }: Registered, service: AmarthaCustomers): void {
  const params = CustomerParamsSchema;
  route({
    method: 'GET',
    paths: ['/customer/:id/delinquent'],
    permission: 'profiles:read',
    summary: 'Whether any loan of the customer is delinquent today',
    params,
    responses: { 200: DelinquentSchema },
    refusals: ['not_found'],
    async handler(request) {
      const views = await viewsOf(service, request);
      if (!Array.isArray(views)) return views;
      const late = views.some(({ state, asOf }) => state.status === 'active' && delinquency(state, asOf).isDelinquent);
      return inEnvelope(OK, { is_delinquent: late });
    },
  });
  route({
    method: 'GET',
    paths: ['/customer/:id/outstanding'],
    permission: 'profiles:read',
    summary: 'What the customer owes on all loans in rupiah',
    params,
    responses: { 200: OutstandingSchema },
    refusals: ['not_found'],
    async handler(request) {
      const views = await viewsOf(service, request);
      if (!Array.isArray(views)) return views;
      const total = views.reduce((sum, { state, asOf }) => sum + outstanding(state, asOf).total, 0n);
      return inEnvelope(OK, { outstanding_balance: jsonNumber(formatAmount(total, WEEKLY_CURRENCY)) });
    },
  });
}

/** The loans of the customer at the path. */
async function viewsOf(
  { database, today }: AmarthaCustomers,
  { params }: FastifyRequest,
): Promise<LoanView[] | Refusal> {
  const asked = readFields(params, { id: uuid });
  if (isRefusal(asked) || (await findCustomer(database, asked.id)) === undefined) return noSuchCustomer;
  const list = () => loansOfCustomer(database, asked.id, WEEKLY_CURRENCY);
  return viewLoans(database, { today }, { list, isOfOneCustomer: true }, {});
}

function customerJson({ customer, personal }: FullCustomer): CustomerJson {
  const { firstName, lastName, email, phone } = personal;
  return { customer_id: customer.id, first_name: firstName, last_name: lastName, email, phone_number: phone };
}
