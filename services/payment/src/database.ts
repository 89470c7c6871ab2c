import { publicNumbersMigration } from '@tenor/profile-kit';
import { rowJobsMigration } from '@tenor/row-jobs';
import {
  auditLogMigration,
  type Database,
  discardedLettersMigration,
  kitMigration,
  openDatabase,
  putAsidesMigration,
  rateLimitsMigration,
  relaySessionsMigration,
} from '@tenor/service-kit';
import type { PaymentConfig } from './config.ts';
import { Payments1763700000001 } from './migrations/0001-payments.ts';
import { Gateway1763700000110 } from './migrations/0110-gateway.ts';
import { Refunds1763700000121 } from './migrations/0121-refunds.ts';
import { PublishedIds1763700000131 } from './migrations/0131-published-ids.ts';
import { RefundEvents1763700000133 } from './migrations/0133-refund-events.ts';
import { ProviderOutcomes1763700000140 } from './migrations/0140-provider-outcomes.ts';
import { LoansById1763700000151 } from './migrations/0150-loans-by-id.ts';
import { ContradictedPayouts1763700000155 } from './migrations/0155-contradicted-payouts.ts';
import { RefusedAttempts1763700000157 } from './migrations/0157-refused-attempts.ts';
import { GrowingLoans1763700000210 } from './migrations/0210-growing-loans.ts';
import { BoundedGrowth1763700000211 } from './migrations/0211-bounded-growth.ts';
import { CustomersByRef1763700000256 } from './migrations/0255-customers-by-ref.ts';
import { Shortfalls1763700000269 } from './migrations/0269-shortfalls.ts';
import { LoanDates1763700000270 } from './migrations/0270-loan-dates.ts';
import { AuditSources1763700000311 } from './migrations/0310-audit-sources.ts';
import { LoansByRef1763700000330 } from './migrations/0330-loans-by-ref.ts';

/** The Postgres schema of this service; no other service may read it. */
const SCHEMA = 'payment';

/** Opens the service's database; its migrations are those of the kit and then its own. */
export function openPaymentDatabase(config: PaymentConfig): Promise<Database> {
  return openDatabase({
    url: config.DATABASE_URL,
    schema: SCHEMA,
    poolSize: config.DATABASE_POOL_SIZE,
    migrations: [
      kitMigration(SCHEMA),
      putAsidesMigration(SCHEMA),
      relaySessionsMigration(SCHEMA),
      discardedLettersMigration(SCHEMA),
      Payments1763700000001,
      Gateway1763700000110,
      Refunds1763700000121,
      PublishedIds1763700000131,
      RefundEvents1763700000133,
      ProviderOutcomes1763700000140,
      LoansById1763700000151,
      ContradictedPayouts1763700000155,
      RefusedAttempts1763700000157,
      GrowingLoans1763700000210,
      BoundedGrowth1763700000211,
      Shortfalls1763700000269,
      rowJobsMigration(SCHEMA),
      CustomersByRef1763700000256,
      LoanDates1763700000270,
      rateLimitsMigration(SCHEMA),
      publicNumbersMigration(SCHEMA),
      auditLogMigration(SCHEMA),
      AuditSources1763700000311,
      LoansByRef1763700000330,
    ],
    applicationName: 'tenor-payment',
  });
}
