import { loadConfig, runMigrationStep } from '@tenor/service-kit';
import { type PaymentConfig, paymentConfigSchema } from './config.ts';
import { projectionGroup } from './consumers.ts';
import { openPaymentDatabase } from './database.ts';

/** The migration step: the schema and the topics; it may run again. */
export function migratePayment(config: PaymentConfig): Promise<void> {
  return runMigrationStep({ name: 'payment', config, openDatabase: openPaymentDatabase, groups: [projectionGroup] });
}

if (import.meta.main) await migratePayment(loadConfig(paymentConfigSchema, process.env));
