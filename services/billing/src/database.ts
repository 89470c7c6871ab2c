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
import type { BillingConfig } from './config.ts';
import { Billing1763700000002 } from './migrations/0001-billing.ts';
import { Credit1763700000120 } from './migrations/0120-credit.ts';
import { AppliedCredits1763700000130 } from './migrations/0130-applied-credits.ts';
import { DecidedRefunds1763700000132 } from './migrations/0132-decided-refunds.ts';
import { ReturnedRefunds1763700000141 } from './migrations/0141-returned-refunds.ts';
import { Instalments1763700000160 } from './migrations/0160-instalments.ts';
import { Calendars1763700000170 } from './migrations/0170-calendars.ts';
import { ProductVersions1763700000172 } from './migrations/0172-product-versions.ts';
import { LoanApr1763700000173 } from './migrations/0173-loan-apr.ts';
import { LateCharges1763700000180 } from './migrations/0180-late-charges.ts';
import { Changes1763700000181 } from './migrations/0181-changes.ts';
import { JournalRoots1763700000190 } from './migrations/0190-journal-roots.ts';
import { Delinquency1763700000192 } from './migrations/0192-delinquency.ts';
import { Ledger1763700000200 } from './migrations/0200-ledger.ts';
import { DueSoon1763700000230 } from './migrations/0230-due-soon.ts';
import { Recoveries1763700000240 } from './migrations/0240-recoveries.ts';
import { LimitPolicies1763700000250 } from './migrations/0250-limit-policies.ts';
import { ImportedLoans1763700000256 } from './migrations/0256-imported-loans.ts';
import { Scoring1763700000260 } from './migrations/0260-scoring.ts';
import { Outward1763700000265 } from './migrations/0265-outward.ts';
import { Identity1763700000280 } from './migrations/0280-identity.ts';
import { AuditSources1763700000311 } from './migrations/0310-audit-sources.ts';
import { Mo1763700000340 } from './migrations/0340-mo.ts';
import { Kopa1763700000350 } from './migrations/0350-kopa.ts';

/** The Postgres schema of this service; no other service may read it. */
const SCHEMA = 'billing';

/** Opens the service's database; its migrations are those of the kit and then its own. */
export function openBillingDatabase(
  config: Pick<BillingConfig, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'>,
): Promise<Database> {
  return openDatabase({
    url: config.DATABASE_URL,
    schema: SCHEMA,
    poolSize: config.DATABASE_POOL_SIZE,
    migrations: [
      kitMigration(SCHEMA),
      putAsidesMigration(SCHEMA),
      relaySessionsMigration(SCHEMA),
      discardedLettersMigration(SCHEMA),
      Billing1763700000002,
      Credit1763700000120,
      AppliedCredits1763700000130,
      DecidedRefunds1763700000132,
      ReturnedRefunds1763700000141,
      Instalments1763700000160,
      Calendars1763700000170,
      ProductVersions1763700000172,
      LoanApr1763700000173,
      LateCharges1763700000180,
      Changes1763700000181,
      JournalRoots1763700000190,
      Delinquency1763700000192,
      Ledger1763700000200,
      DueSoon1763700000230,
      Recoveries1763700000240,
      LimitPolicies1763700000250,
      rowJobsMigration(SCHEMA),
      ImportedLoans1763700000256,
      Scoring1763700000260,
      Outward1763700000265,
      Identity1763700000280,
      rateLimitsMigration(SCHEMA),
      publicNumbersMigration(SCHEMA),
      auditLogMigration(SCHEMA),
      AuditSources1763700000311,
      Mo1763700000340,
      Kopa1763700000350,
    ],
    applicationName: 'tenor-billing',
  });
}
