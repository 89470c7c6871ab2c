import { baseConfigSchema } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';

/** Payment's environment: the keys that every service takes. */
export const paymentConfigSchema = Type.Object({ ...baseConfigSchema.properties });

/** As `loadConfig(paymentConfigSchema, process.env)` reads it. */
export type PaymentConfig = Static<typeof paymentConfigSchema>;
