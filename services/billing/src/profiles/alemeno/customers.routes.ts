import { formatAmount } from '@tenor/money';
import { jsonNumber, numberOf, profileContext, type Registered, readFields } from '@tenor/profile-kit';
import { type Database, execute, isRefusal, newId } from '@tenor/service-kit';
import { noCustomer } from '../../customers/customers.commands.ts';
import type { CustomersStore } from '../../customers/customers.store.ts';
import { registerCustomer } from '../../customers/registrations.commands.ts';
import { fileCustomers } from '../../imports/file-numbers.store.ts';
import { RegisteredSchema, RegisterSchema, registerFields } from './alemeno.schemas.ts';

export interface AlemenoCustomers {
  readonly database: Database;
  readonly customers: CustomersStore;
}

/** In what this API counts money. */
export const ALEMENO_CURRENCY = 'INR';

export function alemenoCustomersRoutes({ route }: Registered, { database, customers }: AlemenoCustomers): void {
  route({
    method: 'POST',
    paths: ['/api/register', '/register'],
    permission: 'profiles:write',
    summary: 'Register a customer, with a limit by the income',
    body: RegisterSchema,
    responses: { 201: RegisteredSchema },
    async handler(request, reply) {
      const given = readFields(request.body, registerFields);
      if (isRefusal(given)) return given;
      const command = {
        personal: {
          externalId: `alemeno:${newId()}`,
          firstName: given.first_name,
          lastName: given.last_name,
          email: null,
          phone: String(given.phone_number),
          age: given.age,
          monthlyIncome: { amount: String(given.monthly_income), currency: ALEMENO_CURRENCY },
        },
        creditLimit: null,
        limitPolicy: 'income_36',
      } as const;
      const outcome = await execute(database, profileContext(request, 'alemeno'), (uow) =>
        registerCustomer(uow, customers, command),
      );
      if (isRefusal(outcome)) return outcome;
      const { customer_id: id } = outcome.result;
      const registered = await customers.find(database, id);
      if (registered === undefined) return noCustomer(id);
      const { creditLimit } = registered.customer;
      return reply.code(201).send({
        customer_id: await numberOf(database, fileCustomers, id),
        name: `${given.first_name} ${given.last_name}`,
        age: given.age,
        monthly_income: given.monthly_income,
        approved_limit: jsonNumber(formatAmount(creditLimit?.minor ?? 0n, ALEMENO_CURRENCY)),
        phone_number: given.phone_number,
      });
    },
  });
}
