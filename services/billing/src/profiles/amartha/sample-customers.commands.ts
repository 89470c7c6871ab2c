import type { Refusal } from '@tenor/contracts';
import { type CommandContext, type Database, execute, isRefusal, newId, type Outcome } from '@tenor/service-kit';
import type { CustomersStore } from '../../customers/customers.store.ts';
import { registerCustomers } from '../../customers/registrations.commands.ts';

const firstNames = ['Siti', 'Dewi', 'Rina', 'Ayu', 'Wati', 'Lestari', 'Putri', 'Indah', 'Ratna', 'Yuni'] as const;
const lastNames = ['Santoso', 'Wijaya', 'Saputra', 'Hidayat', 'Kusuma', 'Pratama', 'Nugroho'] as const;

/** Makes customers to try things with, all or none. */
export function makeSampleCustomers(
  database: Database,
  customers: CustomersStore,
  context: CommandContext,
  count: number,
): Promise<Outcome<{ ids: string[] }>> {
  return execute<{ ids: string[] }>(database, context, async (uow) => {
    const outcomes = await registerCustomers(uow, customers, Array.from({ length: count }, sampleCustomer));
    const refused = outcomes.find((outcome): outcome is Refusal => isRefusal(outcome));
    return refused ?? { ids: outcomes.flatMap((outcome) => ('customer_id' in outcome ? [outcome.customer_id] : [])) };
  });
}

function sampleCustomer(_: unknown, index: number) {
  const id = newId();
  return {
    personal: {
      externalId: `amartha:${id}`,
      firstName: firstNames[index % firstNames.length] ?? null,
      lastName: lastNames[index % lastNames.length] ?? null,
      email: `${id}@example.com`,
      phone: null,
      age: null,
      monthlyIncome: null,
    },
    creditLimit: null,
    limitPolicy: null,
  };
}
