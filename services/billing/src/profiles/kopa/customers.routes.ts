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
import { type Database, execute, isRefusal, type Outcome, refuse, validationFailed } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { changeCustomerRecord } from '../../customers/customers.commands.ts';
import type { CustomersStore, FullCustomer } from '../../customers/customers.store.ts';
import { deleteCustomer, registerOrRestore } from './customers.commands.ts';
import {
  CustomerBodySchema,
  CustomerChangeSchema,
  type CustomerJson,
  CustomerSchema,
  customerChangeFields,
  customerFields,
  NumberParamsSchema,
} from './kopa.schemas.ts';
import { findCustomerNumbered, showCustomers } from './kopa-customers.store.ts';
import { customersShown, pageOfCustomers } from './kopa-records.store.ts';
import { splitName } from './kopa-words.ts';

export interface KopaCustomers {
  readonly database: Database;
  readonly customers: CustomersStore;
}

export const PAGE_SIZE = 10;
const noCustomer = refuse('not_found', 'There is no customer of this number.');

export function kopaCustomersRoutes(registered: Registered, service: KopaCustomers): void {
  createRoute(registered, service);
  readRoutes(registered, service);
  changeRoutes(registered, service);
  deleteRoute(registered, service);
}

function createRoute({ route }: Registered, service: KopaCustomers): void {
  route({
    method: 'POST',
    paths: ['/customers'],
    permission: 'profiles:write',
    summary: 'Register a customer by the number that core banking has',
    body: CustomerBodySchema,
    responses: { 201: CustomerSchema },
    refusals: ['idempotency_mismatch'],
    async handler(request, reply) {
      const given = readFields(request.body, customerFields);
      if (isRefusal(given)) return given;
      const { customer_number: externalId, name, ...rest } = given;
      const unknown = { email: null, phone: null, monthlyIncome: null };
      const personal = { externalId, ...splitName(name), ...unknown, ...kycOf(rest) };
      const outcome = await execute(service.database, profileContext(request, 'kopa'), (uow) =>
        registerOrRestore(uow, service.customers, personal),
      );
      if (isRefusal(outcome) && outcome.refused === 'already_exists') return numberTaken;
      const shown = await shownAfter(service, outcome);
      return isRefusal(shown) ? shown : reply.code(201).send(shown);
    },
  });
}

function readRoutes({ route }: Registered, service: KopaCustomers): void {
  const { database, customers } = service;
  route({
    method: 'GET',
    paths: ['/customers'],
    permission: 'profiles:read',
    summary: 'List active customers, oldest first',
    querystring: PageNumberQuerySchema,
    responses: { 200: numberedPageOf(CustomerSchema), 404: NoPageSchema },
    async handler(request, reply) {
      const page = await numberedPage(request, {
        size: PAGE_SIZE,
        count: () => customersShown(database),
        async read(asked) {
          const ids = await pageOfCustomers(database, asked);
          const found = await customers.findAll(database, ids);
          return showCustomers(
            database,
            ids.flatMap((id) => found.get(id) ?? []),
          );
        },
      });
      return page ?? reply.code(404).send(noPage);
    },
  });

  route({
    method: 'GET',
    paths: ['/customers/:id'],
    permission: 'profiles:read',
    summary: 'Read a customer',
    params: NumberParamsSchema,
    responses: { 200: CustomerSchema },
    async handler(request) {
      const found = await findAsked(service, request);
      return found === undefined ? noCustomer : show(service, found);
    },
  });
}

function changeRoutes({ route }: Registered, service: KopaCustomers): void {
  const shape = {
    paths: ['/customers/:id'],
    permission: 'profiles:write',
    params: NumberParamsSchema,
    responses: { 200: CustomerSchema },
  } as const;
  route({
    ...shape,
    method: 'PUT',
    summary: 'Replace what is known of a customer',
    body: CustomerBodySchema,
    handler: (request) => change(service, request, readFields(request.body, customerFields)),
  });
  route({
    ...shape,
    method: 'PATCH',
    summary: 'Change some of what is known of a customer',
    body: CustomerChangeSchema,
    handler: (request) => change(service, request, readFields(request.body, customerChangeFields)),
  });
}

function deleteRoute({ route }: Registered, { database, customers }: KopaCustomers): void {
  route({
    method: 'DELETE',
    paths: ['/customers/:id'],
    permission: 'profiles:write',
    summary: 'Make a customer without open loans inactive, and show them no more',
    params: NumberParamsSchema,
    responses: { 204: Type.Null() },
    refusals: ['state_conflict'],
    async handler(request, reply) {
      const found = await findAsked({ database, customers }, request);
      if (found === undefined) return noCustomer;
      const outcome = await execute(database, profileContext(request, 'kopa'), (uow) =>
        deleteCustomer(uow, customers, found.customer.id),
      );
      return isRefusal(outcome) ? outcome : reply.code(204).send(null);
    },
  });
}

async function change(
  service: KopaCustomers,
  request: FastifyRequest,
  given: Given<typeof customerChangeFields> | Refusal,
): Promise<CustomerJson | Refusal> {
  if (isRefusal(given)) return given;
  const found = await findAsked(service, request);
  if (found === undefined) return noCustomer;
  const { customer_number: number, name, ...rest } = given;
  if (number !== undefined && number !== found.personal.externalId) return numberFixed;
  const command = {
    id: found.customer.id,
    expected: 'any' as const,
    personal: { ...(name !== undefined && splitName(name)), ...kycOf(rest) },
  };
  const outcome = await execute(service.database, profileContext(request, 'kopa'), (uow) =>
    changeCustomerRecord(uow, service.customers, command),
  );
  return shownAfter(service, outcome);
}

interface GivenKyc {
  readonly address: string | undefined;
  readonly other_kyc_data: string | undefined;
}

const kycOf = ({ address, other_kyc_data: otherKycData }: GivenKyc) => ({
  ...(address !== undefined && { address }),
  ...(otherKycData !== undefined && { otherKycData }),
});

const findAsked = ({ database, customers }: KopaCustomers, { params }: FastifyRequest) =>
  findCustomerNumbered(database, customers, (params as { id: string }).id);

async function shownAfter(
  service: KopaCustomers,
  outcome: Outcome<{ customer_id: string }>,
): Promise<CustomerJson | Refusal> {
  if (isRefusal(outcome)) return outcome;
  const found = await service.customers.find(service.database, outcome.result.customer_id);
  return found === undefined ? noCustomer : show(service, found);
}

async function show({ database }: KopaCustomers, found: FullCustomer): Promise<CustomerJson | Refusal> {
  const [shown] = await showCustomers(database, [found]);
  return shown ?? noCustomer;
}

const faultOfNumber = (code: string, message: string): Refusal =>
  validationFailed([{ pointer: '/customer_number', code, message }]);
const numberTaken = faultOfNumber('unique', 'customer with this customer number already exists.');
export const numberFixed = faultOfNumber('fixed', 'This field cannot be changed.');
