import type { LocalDate } from '@tenor/calendar';
import { type RowWorker, registerBulkRoute, registerFormRoute, registerJobRoutes } from '@tenor/row-jobs';
import { type App, type Database, ProblemError, validationFailed } from '@tenor/service-kit';
import { NewCustomerSchema } from '../customers/customers.schemas.ts';
import { CUSTOMERS_BULK } from './customer-kinds.commands.ts';
import { type ImportRequest, importOrder } from './import-order.ts';
import { ImportFormSchema } from './imports.schemas.ts';

export interface ImportRoutes {
  readonly database: Database;
  readonly worker: Pick<RowWorker, 'wake'>;
  readonly today: (timeZone: string | null) => LocalDate;
  /** Of files that name none, where the request does not say. */
  readonly currency: string;
  /** Names of what files may hold. */
  readonly kinds: readonly string[];
}

const prefix = '/v1/imports';
const tags = ['imports'];
const FILE_BYTES_MAX = 67_108_864;

export function importRoutes(app: App, { database, worker, today, currency, kinds }: ImportRoutes): void {
  const shared = { database, jobs: prefix, bytesMax: FILE_BYTES_MAX, wake: worker.wake };
  registerFormRoute(app, {
    ...shared,
    path: prefix,
    permission: 'imports:write',
    tags,
    summary: 'Import a file; its rows are done one by one, by a job',
    fields: ImportFormSchema,
    orderOf(fields: ImportRequest) {
      const order = importOrder(fields, { kinds, today: today(null), currency });
      if ('faults' in order) throw new ProblemError(validationFailed(order.faults));
      return order;
    },
  });
  registerBulkRoute(app, {
    ...shared,
    path: '/v1/customers/bulk',
    permission: 'customers:write',
    tags: ['customers'],
    summary: 'Create customers, with a result for each',
    kind: CUSTOMERS_BULK,
    item: NewCustomerSchema,
  });
  registerJobRoutes(app, { database, prefix, kinds: [...kinds, CUSTOMERS_BULK], permission: 'imports:read', tags });
}
