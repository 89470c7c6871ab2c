import { type RowWorker, registerBulkRoute, registerJobRoutes } from '@tenor/row-jobs';
import type { App, Database } from '@tenor/service-kit';
import { BulkPaymentSchema } from './settlement-files.schemas.ts';
import { PAYMENTS_BULK } from './settlements.commands.ts';

const path = '/v1/payments/bulk';
const tags = ['payments'];
const FILE_BYTES_MAX = 67_108_864;

export function settlementFileRoutes(app: App, database: Database, worker: Pick<RowWorker, 'wake'>): void {
  registerBulkRoute(app, {
    database,
    path,
    jobs: path,
    permission: 'payments:write',
    tags,
    summary: "Record many payments, or a bank's settlement file, with a result for each",
    bytesMax: FILE_BYTES_MAX,
    wake: worker.wake,
    kind: PAYMENTS_BULK,
    item: BulkPaymentSchema,
  });
  registerJobRoutes(app, { database, prefix: path, kinds: [PAYMENTS_BULK], permission: 'imports:read', tags });
}
