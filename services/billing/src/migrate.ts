import { loadConfig, runMigrationStep } from '@tenor/service-kit';
import { amarthaParts } from './amartha-events.ts';
import { type BillingConfig, billingConfigSchema } from './config.ts';
import { outwardGroup, repaymentsGroup } from './consumers.ts';
import { openBillingDatabase } from './database.ts';
import { saveProducts } from './products/products.store.ts';
import { shippedProducts } from './products/shipped-products.ts';

/** The migration step: the schema, the products that ship, and the topics; it may run again. */
export function migrateBilling(config: BillingConfig): Promise<void> {
  const amartha = amarthaParts(config);
  return runMigrationStep({
    name: 'billing',
    config,
    openDatabase: openBillingDatabase,
    groups: [repaymentsGroup, outwardGroup, ...amartha.groups],
    topics: amartha.topics,
    fill: async (database) => {
      await saveProducts(database, shippedProducts);
    },
  });
}

if (import.meta.main) await migrateBilling(loadConfig(billingConfigSchema, process.env));
