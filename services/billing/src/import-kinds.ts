import type { LocalDate } from '@tenor/calendar';
import { readFields } from '@tenor/profile-kit';
import { type AnyRowKind, type RowJobsOptions, type RowWorker, rowLimits, startRowWorker } from '@tenor/row-jobs';
import { type App, type Backbone, valueReader } from '@tenor/service-kit';
import type { BillingConfig, ImportConfig } from './config.ts';
import { NewCustomerSchema } from './customers/customers.schemas.ts';
import { customersStore } from './customers/customers.store.ts';
import { customersBulk, customersFile } from './imports/customer-kinds.commands.ts';
import { importRoutes } from './imports/imports.routes.ts';
import { loansFile } from './imports/loan-kinds.commands.ts';
import { customerFields } from './profiles/mo/mo.schemas.ts';
import { moCustomerRows } from './profiles/mo/registrations.commands.ts';

/** What rows may be: of files, and of the bulk routes beside them. */
export interface ImportKinds {
  readonly ofFiles: readonly AnyRowKind[];
  readonly ofRoutes: readonly AnyRowKind[];
}

export function importKinds(
  config: Pick<ImportConfig, 'EXTERNAL_REF_KEY'>,
  today: (timeZone: string | null) => LocalDate,
): ImportKinds {
  const store = customersStore(config.EXTERNAL_REF_KEY);
  const customers = { store, readBody: valueReader(NewCustomerSchema) };
  const loans = { today, refOf: store.refOf };
  const ofMo = moCustomerRows(store, (body) => readFields(body, customerFields));
  return { ofFiles: [customersFile(customers), loansFile(loans)], ofRoutes: [customersBulk(customers), ofMo] };
}

/** How this service's jobs are done, by whatever process. */
export function rowJobsOf(
  config: Pick<ImportConfig, 'EXTERNAL_REF_KEY' | 'IMPORT_ROWS_MAX'>,
  { kinds, ...rest }: Pick<RowJobsOptions, 'database' | 'logger'> & { readonly kinds: ImportKinds },
): RowJobsOptions {
  return {
    ...rest,
    kinds: [...kinds.ofFiles, ...kinds.ofRoutes],
    limits: rowLimits(config.IMPORT_ROWS_MAX),
    secret: config.EXTERNAL_REF_KEY,
  };
}

/** Starts what does jobs, those of other replicas too. */
export function startImports(
  { database, logger }: Backbone,
  config: BillingConfig,
  today: (timeZone: string | null) => LocalDate,
): { routes(app: App): void; readonly worker: RowWorker; stop(): Promise<void> } {
  const kinds = importKinds(config, today);
  const worker = startRowWorker(rowJobsOf(config, { database, logger, kinds }));
  const names = kinds.ofFiles.map(({ name }) => name);
  return {
    routes: (app) => importRoutes(app, { database, worker, today, currency: config.IMPORT_CURRENCY, kinds: names }),
    worker,
    stop: worker.stop,
  };
}
