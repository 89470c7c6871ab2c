import { ImportedPaymentsSchema } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { App, Database } from '@tenor/service-kit';
import { importedSums } from './imported-loans.store.ts';
import { ImportedPaymentsQuerySchema } from './imported-payments.schemas.ts';

/** For payment's reconciliation alone, which cannot compare these. The gateway never routes it. */
export function importedPaymentsRoutes(app: App, database: Database): void {
  app.get(
    '/internal/v1/imported-payments',
    {
      config: { permission: 'internal:read' },
      schema: {
        tags: ['internal'],
        summary: 'What loans had been paid before they were imported, by the day of their file',
        querystring: ImportedPaymentsQuerySchema,
        response: { 200: ImportedPaymentsSchema },
      },
    },
    async ({ query: { from, to } }) => {
      const sums = await importedSums(database, from, to);
      const data = sums.map(({ currency, count, paid }) => ({ currency, count, amount: formatAmount(paid, currency) }));
      return { data };
    },
  );
}
