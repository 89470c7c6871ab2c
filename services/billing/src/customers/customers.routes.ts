import { entityTag, expectedVersion, IfMatchSchema, UuidSchema } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { limitBy } from './customer.ts';
import { changeCustomerRecord, noCustomer } from './customers.commands.ts';
import {
  type CustomerJson,
  CustomerListQuerySchema,
  CustomerPageSchema,
  type CustomerPatch,
  CustomerPatchSchema,
  CustomerSchema,
  IdParamsSchema,
  NewCustomerSchema,
} from './customers.schemas.ts';
import type { CustomersStore, FullCustomer } from './customers.store.ts';
import { type MoneyInput, readMoney } from './money-input.ts';
import { type RegisterCustomer, registerCustomer, registrationOf } from './registrations.commands.ts';

const tags = ['customers'];
const CursorSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });

interface Dependencies {
  readonly database: Database;
  readonly store: CustomersStore;
}

export function customersRoutes(app: App, dependencies: Dependencies): void {
  createAndChange(app, dependencies);
  readAndList(app, dependencies);
}

function createAndChange(app: App, { database, store }: Dependencies): void {
  app.post(
    '/v1/customers',
    {
      config: { permission: 'customers:write', refusals: ['already_exists'] },
      schema: { summary: 'Create a customer', tags, body: NewCustomerSchema, response: { 201: CustomerSchema } },
    },
    async (request, reply) => {
      const command = registrationOf(request.body);
      const outcome = await execute(database, commandContext(request), (uow) => registerCustomer(uow, store, command));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const { customer_id, created_at } = outcome.result;
      reply.code(201).header('ETag', entityTag(1)).header('Location', `/v1/customers/${customer_id}`);
      return presentNew(command, customer_id, created_at);
    },
  );

  app.patch(
    '/v1/customers/:id',
    {
      config: { permission: 'customers:write', refusals: ['version_conflict'] },
      schema: {
        summary: "Change a customer's name, contact, status or limit",
        tags,
        params: IdParamsSchema,
        headers: IfMatchSchema,
        body: CustomerPatchSchema,
        response: { 200: CustomerSchema },
      },
    },
    async (request, reply) => {
      const expected = expectedVersion(request.headers['if-match']);
      const command = { id: request.params.id, expected, ...toChange(request.body) };
      const outcome = await execute(database, commandContext(request), (uow) =>
        changeCustomerRecord(uow, store, command),
      );
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      reply.header('ETag', entityTag(outcome.result.version));
      const found = await store.find(database, request.params.id);
      return found === undefined ? noCustomer(request.params.id) : present(found);
    },
  );
}

function readAndList(app: App, { database, store }: Dependencies): void {
  app.get(
    '/v1/customers',
    {
      config: { permission: 'customers:read', own: { customer: 'query.customer_id' } },
      schema: {
        summary: 'List customers, newest first',
        tags,
        querystring: CustomerListQuerySchema,
        response: { 200: CustomerPageSchema },
      },
    },
    ({ query: { customer_id: id, status, external_id: externalId, text, ...page } }) => {
      const filter = { id, status, externalId, text };
      return readPage(
        page,
        CursorSchema,
        (after, limit) => store.page(database, { ...filter, before: after?.id, limit }),
        { item: present, position: ({ customer }) => ({ id: customer.id }) },
      );
    },
  );

  app.get(
    '/v1/customers/:id',
    {
      config: { permission: 'customers:read', own: { customer: 'params.id' } },
      schema: { summary: 'Read a customer', tags, params: IdParamsSchema, response: { 200: CustomerSchema } },
    },
    async (request, reply) => {
      const found = await store.find(database, request.params.id);
      if (found === undefined) return noCustomer(request.params.id);
      reply.header('ETag', entityTag(found.customer.version));
      return present(found);
    },
  );
}

function toChange(body: CustomerPatch) {
  return {
    ...(body.status === undefined ? {} : { status: body.status }),
    ...(body.credit_limit === undefined ? {} : { creditLimit: body.credit_limit }),
    ...(body.limit_policy === undefined ? {} : { limitPolicy: body.limit_policy }),
    personal: {
      ...(body.first_name === undefined ? {} : { firstName: body.first_name }),
      ...(body.last_name === undefined ? {} : { lastName: body.last_name }),
      ...(body.email === undefined ? {} : { email: body.email }),
      ...(body.phone === undefined ? {} : { phone: body.phone }),
      ...(body.age === undefined ? {} : { age: body.age }),
      ...(body.monthly_income === undefined ? {} : { monthlyIncome: body.monthly_income }),
    },
  };
}

/** A customer as created: a replay has the same body, so that nothing personal need be kept under its key. */
function presentNew(command: RegisterCustomer, id: string, createdAt: string): CustomerJson {
  const { personal, limitPolicy } = command;
  const read = (input: MoneyInput | null): Money | null => {
    const money = input && readMoney(input, '', 'allowed');
    return money === null || isRefusal(money) ? null : money;
  };
  const income = read(personal.monthlyIncome);
  const limit = limitBy(limitPolicy, read(command.creditLimit), income);
  const creditLimit = isRefusal(limit) ? null : limit.creditLimit;
  return {
    id,
    external_id: personal.externalId,
    first_name: personal.firstName,
    last_name: personal.lastName,
    email: personal.email,
    phone: personal.phone,
    age: personal.age ?? null,
    monthly_income: income && moneyJson(income),
    credit_limit: creditLimit && moneyJson(creditLimit),
    limit_policy: limitPolicy,
    status: 'active',
    version: 1,
    created_at: createdAt,
  };
}

export const moneyJson = ({ minor, currency }: Money) => ({ amount: formatAmount(minor, currency), currency });

function present({ customer, personal }: FullCustomer): CustomerJson {
  const { creditLimit } = customer;
  return {
    id: customer.id,
    external_id: personal.externalId,
    first_name: personal.firstName,
    last_name: personal.lastName,
    email: personal.email,
    phone: personal.phone,
    age: personal.age ?? null,
    monthly_income: personal.monthlyIncome,
    credit_limit: creditLimit && moneyJson(creditLimit),
    limit_policy: customer.limitPolicy,
    status: customer.status,
    version: customer.version,
    created_at: customer.createdAt,
  };
}
