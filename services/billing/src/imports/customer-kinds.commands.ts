import type { Refusal } from '@tenor/contracts';
import type { RowJob, RowKind } from '@tenor/row-jobs';
import { isRefusal } from '@tenor/service-kit';
import type { NewCustomer } from '../customers/customers.schemas.ts';
import type { CustomersStore } from '../customers/customers.store.ts';
import { type RegisterCustomer, registerCustomers, registrationOf } from '../customers/registrations.commands.ts';
import {
  atColumns,
  BULK_COLUMNS,
  type CustomerColumns,
  customerBody,
  FILE_COLUMNS,
  withWholeIds,
} from './customer-row.ts';
import { keepCustomerNumbers } from './file-numbers.store.ts';
import type { ImportParameters } from './import-parameters.ts';

export interface CustomerKinds {
  readonly store: CustomersStore;
  /** What the single request takes as its body. */
  readonly readBody: (body: unknown) => NewCustomer | Refusal;
}

/** Customers are new, so that nobody waits for their locks: only for the commit. */
const ROWS_PER_CHUNK = 250;

/** Of `POST /v1/customers/bulk`. */
export const CUSTOMERS_BULK = 'customers_bulk';

/** Customers of a lender's file: the limit is taken as it stands there. */
export function customersFile(service: CustomerKinds): RowKind<RegisterCustomer, ImportParameters> {
  const registered = registering(service, FILE_COLUMNS);
  return {
    ...registered,
    name: 'customers',
    columns: Object.values(FILE_COLUMNS).map((name) => ({ name, required: true })),
    read: ({ cells }, { parameters }) =>
      read(service, customerBody(withWholeIds(cells), FILE_COLUMNS, parameters.currency), FILE_COLUMNS),
    async perform(uow, rows, job) {
      const outcomes = await registered.perform(uow, rows, job);
      const made = outcomes.flatMap((outcome, index) => {
        const number = rows[index]?.personal.externalId;
        return isRefusal(outcome) || number === undefined ? [] : [{ id: outcome.result.customer_id, number }];
      });
      await keepCustomerNumbers(uow, made);
      return outcomes;
    },
  };
}

/** Customers as the API takes them one by one, in an array or in columns of the same names. */
export function customersBulk(service: CustomerKinds): RowKind<RegisterCustomer> {
  const names = [...Object.values(BULK_COLUMNS), 'currency'];
  return {
    ...registering(service, BULK_COLUMNS),
    name: CUSTOMERS_BULK,
    columns: names.map((name) => ({ name, required: name === 'external_id' })),
    read: ({ cells }) => read(service, customerBody(cells, BULK_COLUMNS, cells['currency'] ?? ''), BULK_COLUMNS),
    readItem: (item) => {
      const body = service.readBody(item);
      return isRefusal(body) ? body : registrationOf(body);
    },
  };
}

function read({ readBody }: CustomerKinds, body: unknown, columns: CustomerColumns): RegisterCustomer | Refusal {
  const read = readBody(body);
  return isRefusal(read) ? atColumns(read, columns) : registrationOf(read);
}

function registering({ store }: CustomerKinds, columns: CustomerColumns) {
  return {
    rowsPerChunk: ROWS_PER_CHUNK,
    identify: (row: RegisterCustomer) => ({ key: row.personal.externalId, content: row }),
    perform: async (uow: Parameters<typeof registerCustomers>[0], rows: readonly RegisterCustomer[], _job: RowJob) => {
      const outcomes = await registerCustomers(uow, store, rows);
      return outcomes.map((outcome) =>
        isRefusal(outcome) ? atColumns(outcome, columns) : { result: { customer_id: outcome.customer_id } },
      );
    },
  };
}
