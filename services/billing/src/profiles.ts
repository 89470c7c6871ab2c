import { djangoErrors, envelopeErrors, type ProfileName, type ProfilePart } from '@tenor/profile-kit';
import type { IdentityService } from './identity/identity.commands.ts';
import { type AlemenoApplications, alemenoApplicationsRoutes } from './profiles/alemeno/applications.routes.ts';
import { alemenoCustomersRoutes } from './profiles/alemeno/customers.routes.ts';
import { type AlemenoLoans, alemenoLoansRoutes } from './profiles/alemeno/loans.routes.ts';
import { type AmarthaCustomers, amarthaCustomersRoutes } from './profiles/amartha/customers.routes.ts';
import { type AmarthaLoans, amarthaLoansRoutes } from './profiles/amartha/loans.routes.ts';
import { lendingAccountsRoutes } from './profiles/lending/accounts.routes.ts';
import { type LendingBilling, lendingLoansRoutes } from './profiles/lending/loans.routes.ts';
import { type MoBalances, moBalancesRoutes } from './profiles/mo/balances.routes.ts';
import { type MoBulk, moBulkRoutes } from './profiles/mo/bulk.routes.ts';
import { moCustomersRoutes } from './profiles/mo/customers.routes.ts';
import { type MoLoans, moLoansRoutes } from './profiles/mo/loans.routes.ts';

/** What profiles need; no identity where another issuer makes the tokens. */
export type ProfileService = AlemenoApplications &
  AlemenoLoans &
  AmarthaCustomers &
  AmarthaLoans &
  LendingBilling &
  MoBalances &
  MoBulk &
  MoLoans & { readonly identity: IdentityService | undefined };

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
