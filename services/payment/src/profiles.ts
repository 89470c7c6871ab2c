import { djangoErrors, type ProfileName, type ProfilePart } from '@tenor/profile-kit';
import { type MoPayments, moPaymentsRoutes } from './profiles/mo/payments.routes.ts';

/** Payment's parts of the profiles. */
export function profileParts(service: MoPayments): Partial<Record<ProfileName, ProfilePart>> {
  return {
    mo: { errors: djangoErrors(), routes: (registered) => moPaymentsRoutes(registered, service) },
  };
}
