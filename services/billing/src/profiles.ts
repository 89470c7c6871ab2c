import { djangoErrors, type ProfileName, type ProfilePart, simpleJwtErrors } from '@tenor/profile-kit';
import type { TransactionsDependencies } from './core-banking/transactions.routes.ts';
import type { IdentityService } from './identity/identity.commands.ts';
import { type KopaCustomers, kopaCustomersRoutes } from './profiles/kopa/customers.routes.ts';
import { type KopaLoans, kopaLoansRoutes } from './profiles/kopa/loans.routes.ts';
import { kopaTokensRoutes } from './profiles/kopa/tokens.routes.ts';
import { kopaTransactionsRoutes } from './profiles/kopa/transactions.routes.ts';

export interface ProfileService extends KopaCustomers, KopaLoans {
  /** What the scoring engine asks us for. */
  readonly transactions: TransactionsDependencies;
  /** Undefined where users and their logins are somebody else's. */
  readonly identity: IdentityService | undefined;
}

/** In place of details that name our own ids. */
const kopaWords = {
  application_pending: 'The customer has a pending loan application.',
  kyc_not_found: 'Core banking knows no customer of this number.',
};

/** Billing's parts of the profiles. */
export function profileParts(service: ProfileService): Partial<Record<ProfileName, ProfilePart>> {
  return {
    kopa: {
      errors: simpleJwtErrors(djangoErrors({ application_pending: 400 }, kopaWords)),
      routes(registered) {
        if (service.identity !== undefined) kopaTokensRoutes(registered, service.identity);
        kopaCustomersRoutes(registered, service);
        kopaLoansRoutes(registered, service);
        kopaTransactionsRoutes(registered, service.transactions);
      },
    },
  };
}
