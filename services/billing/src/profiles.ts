import { djangoErrors, envelopeErrors, type ProfileName, type ProfilePart } from '@tenor/profile-kit';
import type { IdentityService } from './identity/identity.commands.ts';
import { type AmarthaCustomers, amarthaCustomersRoutes } from './profiles/amartha/customers.routes.ts';
import { type AmarthaLoans, amarthaLoansRoutes } from './profiles/amartha/loans.routes.ts';
import { lendingAccountsRoutes } from './profiles/lending/accounts.routes.ts';
import { type LendingBilling, lendingLoansRoutes } from './profiles/lending/loans.routes.ts';

/** What profiles need; no identity where another issuer makes the tokens. */
export type ProfileService = AmarthaCustomers &
  AmarthaLoans &
  LendingBilling & { readonly identity: IdentityService | undefined };

/** Billing's parts of the profiles. */
export function profileParts(service: ProfileService): Partial<Record<ProfileName, ProfilePart>> {
  const { identity } = service;
  return {
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
  };
}
