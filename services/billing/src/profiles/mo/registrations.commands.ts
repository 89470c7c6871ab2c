import type { Refusal } from '@tenor/contracts';
import type { RowKind } from '@tenor/row-jobs';
import { isRefusal, type UnitOfWork } from '@tenor/service-kit';
import { changeCustomerRecord } from '../../customers/customers.commands.ts';
import type { CustomersStore } from '../../customers/customers.store.ts';
import { type Registered, registerCustomers } from '../../customers/registrations.commands.ts';
import type { MoCustomer } from './mo.schemas.ts';
import { keepPreapprovals } from './mo-records.store.ts';
import { MO_CURRENCY } from './mo-statuses.ts';

const ROWS_PER_CHUNK = 250;

/** Of the rows of `customers/bulk`. */
export const MO_CUSTOMERS = 'mo_customers';

/**
 * Registers customers, each of another external id, as inactive where they are said to be; refuses each as
 * `registerCustomers` does. They have no name there: their external id stands for it.
 */
export async function registerMoCustomers(
  uow: UnitOfWork,
  store: CustomersStore,
  given: readonly MoCustomer[],
): Promise<(Registered | Refusal)[]> {
  const outcomes = await registerCustomers(uow, store, given.map(toCommand));
  const made = outcomes.flatMap((outcome, index) => {
    const customer = given[index];
    return isRefusal(outcome) || customer === undefined ? [] : [{ ...customer, id: outcome.customer_id }];
  });
  keepPreapprovals(
    uow,
    made.flatMap(({ id, preapproved_at: preapprovedAt }) => (preapprovedAt === null ? [] : [{ id, preapprovedAt }])),
  );
  for (const { id, status } of made) {
    if (status === 'active') continue;
    const changed = await changeCustomerRecord(uow, store, { id, expected: 'any', status, personal: {} });
    if (isRefusal(changed)) throw new Error(`The customer ${id} could not be made ${status}: ${changed.detail}`);
  }
  return outcomes;
}

function toCommand({ external_id: externalId, score }: MoCustomer) {
  return {
    personal: {
      externalId,
      firstName: null,
      lastName: externalId,
      email: null,
      phone: null,
      age: null,
      monthlyIncome: null,
    },
    creditLimit: { amount: score, currency: MO_CURRENCY },
    limitPolicy: null,
  };
}

/** Customers in an array, or in columns of the same names; `read` as the single request reads its body. */
export function moCustomerRows(
  store: CustomersStore,
  read: (body: unknown) => MoCustomer | Refusal,
): RowKind<MoCustomer> {
  return {
    name: MO_CUSTOMERS,
    columns: [
      { name: 'external_id', required: true },
      { name: 'status', required: false },
      { name: 'score', required: true },
      { name: 'preapproved_at', required: false },
    ],
    rowsPerChunk: ROWS_PER_CHUNK,
    read: ({ cells }) => read(Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''))),
    readItem: read,
    identify: (row) => ({ key: row.external_id, content: row }),
    async perform(uow, rows) {
      const outcomes = await registerMoCustomers(uow, store, rows);
      return outcomes.map((outcome) =>
        isRefusal(outcome) ? outcome : { result: { customer_id: outcome.customer_id } },
      );
    },
  };
}
