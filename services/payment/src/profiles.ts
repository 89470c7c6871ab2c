import { setTimeout as sleep } from 'node:timers/promises';
import { djangoErrors, envelopeErrors, type ProfileName, type ProfilePart } from '@tenor/profile-kit';
import type { Waiter } from '@tenor/service-kit';
import { paymentRecorder } from './payments/new-payments.commands.ts';
import type { PaymentService } from './payments/payments.commands.ts';
import { amarthaPaymentsRoutes } from './profiles/amartha/payments.routes.ts';
import { lendingPaymentsRoutes } from './profiles/lending/payments.routes.ts';
import { type MoPayments, moPaymentsRoutes } from './profiles/mo/payments.routes.ts';

/** What profiles need; `applied` waits for payments to be answered by billing. */
export interface ProfileService extends PaymentService, MoPayments {
  readonly applied: Waiter;
}

/** Payment's parts of the profiles. */
export function profileParts(service: ProfileService): Partial<Record<ProfileName, ProfilePart>> {
  const paying = { ...service, record: paymentRecorder(service), pause: sleep };
  return {
    amartha: {
      errors: envelopeErrors({ nothing_owed: 409 }),
      routes: (registered) => amarthaPaymentsRoutes(registered, paying),
    },
    lending: {
      errors: djangoErrors({ state_conflict: 400 }),
      routes: (registered) => lendingPaymentsRoutes(registered, paying),
    },
    mo: { errors: djangoErrors(), routes: (registered) => moPaymentsRoutes(registered, service) },
  };
}
