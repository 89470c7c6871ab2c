import { baseConfigSchema } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';

/** Billing's environment: the keys that every service takes. */
export const billingConfigSchema = Type.Object({ ...baseConfigSchema.properties });

/** As `loadConfig(billingConfigSchema, process.env)` reads it. */
export type BillingConfig = Static<typeof billingConfigSchema>;
