import { djangoErrors, envelopeErrors, type ProfileName, type ProfilePart, simpleJwtErrors } from '@tenor/profile-kit';
import type { TransactionsDependencies } from './core-banking/transactions.routes.ts';
import type { IdentityService } from './identity/identity.commands.ts';
import { type AlemenoApplications, alemenoApplicationsRoutes } from './profiles/alemeno/applications.routes.ts';
import { alemenoCustomersRoutes } from './profiles/alemeno/customers.routes.ts';
import { type AlemenoLoans, alemenoLoansRoutes } from './profiles/alemeno/loans.routes.ts';
import { type AmarthaCustomers, amarthaCustomersRoutes } from './profiles/amartha/customers.routes.ts';
import { type AmarthaLoans, amarthaLoansRoutes } from './profiles/amartha/loans.routes.ts';
import { type KopaCustomers, kopaCustomersRoutes } from './profiles/kopa/customers.routes.ts';
import { type KopaLoans, kopaLoansRoutes } from './profiles/kopa/loans.routes.ts';
import { kopaTokensRoutes } from './profiles/kopa/tokens.routes.ts';
import { kopaTransactionsRoutes } from './profiles/kopa/transactions.routes.ts';
import { lendingAccountsRoutes } from './profiles/lending/accounts.routes.ts';
import { type LendingBilling, lendingLoansRoutes } from './profiles/lending/loans.routes.ts';
import { type MoBalances, moBalancesRoutes } from './profiles/mo/balances.routes.ts';
import { type MoBulk, moBulkRoutes } from './profiles/mo/bulk.routes.ts';
import { moCustomersRoutes } from './profiles/mo/customers.routes.ts';
import { type MoLoans, moLoansRoutes } from './profiles/mo/loans.routes.ts';

export type ProfileService = AlemenoApplications &
  AlemenoLoans &
  AmarthaCustomers &
  AmarthaLoans &
  KopaCustomers &
  KopaLoans &
  LendingBilling &
  MoBalances &
  MoBulk &
  MoLoans & {
    /** What the scoring engine asks us for. */
    readonly transactions: TransactionsDependencies;
    /** Undefined where users and their logins are somebody else's. */
    readonly identity: IdentityService | undefined;
  };

/** In place of details that name our own ids. */
const kopaWords = {
  application_pending: 'The customer has a pending loan application.',
  kyc_not_found: 'Core banking knows no customer of this number.',
};

/** Billing's parts of the profiles. */
export function profileParts(service: ProfileService): Partial<Record<ProfileName, ProfilePart>> {
  const { identity } = service;
  return {
    alemeno: {
      errors: djangoErrors(),
      routes(registered) {
        alemenoCustomersRoutes(registered, service);
        alemenoApplicationsRoutes(registered, service);
        alemenoLoansRoutes(registered, service);
      },
    },
    amartha: {
      errors: envelopeErrors(),
      routes(registered) {
        amarthaCustomersRoutes(registered, service);
        amarthaLoansRoutes(registered, service);
      },
    },
    kopa: {
      errors: simpleJwtErrors(djangoErrors({ application_pending: 400 }, kopaWords)),
      routes(registered) {
        if (identity !== undefined) kopaTokensRoutes(registered, identity);
        kopaCustomersRoutes(registered, service);
        kopaLoansRoutes(registered, service);
        kopaTransactionsRoutes(registered, service.transactions);
      },
    },
    lending: {
      errors: djangoErrors(),
      routes(registered) {
        if (identity !== undefined) lendingAccountsRoutes(registered, identity);
        lendingLoansRoutes(registered, service);
      },
    },
    mo: {
      errors: djangoErrors(),
      routes(registered) {
        moCustomersRoutes(registered, service);
        moBulkRoutes(registered, service);
        moBalancesRoutes(registered, service);
        moLoansRoutes(registered, service);
      },
    },
  };
}
