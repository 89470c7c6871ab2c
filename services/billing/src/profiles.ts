import { djangoErrors, type ProfileName, type ProfilePart } from '@tenor/profile-kit';
import { type AlemenoApplications, alemenoApplicationsRoutes } from './profiles/alemeno/applications.routes.ts';
import { alemenoCustomersRoutes } from './profiles/alemeno/customers.routes.ts';
import { type AlemenoLoans, alemenoLoansRoutes } from './profiles/alemeno/loans.routes.ts';
import { type MoBalances, moBalancesRoutes } from './profiles/mo/balances.routes.ts';
import { type MoBulk, moBulkRoutes } from './profiles/mo/bulk.routes.ts';
import { moCustomersRoutes } from './profiles/mo/customers.routes.ts';
import { type MoLoans, moLoansRoutes } from './profiles/mo/loans.routes.ts';

export type ProfileService = AlemenoApplications & AlemenoLoans & MoBalances & MoBulk & MoLoans;

/** Billing's parts of the profiles. */
export function profileParts(service: ProfileService): Partial<Record<ProfileName, ProfilePart>> {
  return {
    alemeno: {
      errors: djangoErrors(),
      routes(registered) {
        alemenoCustomersRoutes(registered, service);
        alemenoApplicationsRoutes(registered, service);
        alemenoLoansRoutes(registered, service);
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
