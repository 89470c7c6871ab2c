import { UuidSchema } from '@tenor/contracts';
import { profileContext, profilePage, type Registered, readFields, taken } from '@tenor/profile-kit';
import { type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { noCustomer } from '../../customers/customers.commands.ts';
import type { CustomersStore, FullCustomer } from '../../customers/customers.store.ts';
import { CustomerSchema, CustomersSchema, customerFields, NewCustomerSchema } from './mo.schemas.ts';
import { showMoCustomers } from './mo-customers.store.ts';
import { registerMoCustomers } from './registrations.commands.ts';

export interface MoCustomers {
  readonly database: Database;
  readonly customers: CustomersStore;
}

export const PositionSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });

export function moCustomersRoutes({ route }: Registered, { database, customers }: MoCustomers): void {
  route({
    method: 'POST',
    paths: ['/api/customers'],
    permission: 'profiles:write',
    summary: 'Create a customer',
    body: NewCustomerSchema,
    responses: { 201: CustomerSchema },
    refusals: ['already_exists', 'idempotency_mismatch'],
    async handler(request, reply) {
      const given = readFields(request.body, customerFields);
      if (isRefusal(given)) return given;
      const context = profileContext(request, 'mo', ['customer', given.external_id]);
      const outcome = await execute(database, context, async (uow) => {
        const [registered] = await registerMoCustomers(uow, customers, [given]);
        if (registered === undefined) throw new Error('A customer was registered without an outcome');
        return registered;
      });
      if (isRefusal(outcome)) return taken(outcome, 'customer');
      const { customer_id: id } = outcome.result;
      const found = await customers.find(database, id);
      if (found === undefined) return noCustomer(id);
      const [shown] = await showMoCustomers(database, [found]);
      return reply.code(201).send(shown);
    },
  });

  route({
    method: 'GET',
    paths: ['/api/customers'],
    permission: 'profiles:read',
    summary: 'List customers, newest first',
    responses: { 200: CustomersSchema },
    handler: (request) =>
      profilePage(
        request,
        (page) =>
          readPage(
            page,
            PositionSchema,
            (after, limit) => customers.page(database, { limit, ...(after && { before: after.id }) }),
            { item: (row: FullCustomer) => row, position: ({ customer }) => ({ id: customer.id }) },
          ),
        (rows) => showMoCustomers(database, rows),
      ),
  });
}
