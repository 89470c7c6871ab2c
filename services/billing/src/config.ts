import { baseConfigSchema } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';

/** Of the signed roots of all journals. */
const integrityKeys = {
  INTEGRITY_KEY: Type.Optional(
    Type.String({
      pattern: '^-----BEGIN PRIVATE KEY-----',
      secret: true,
      description: 'Ed25519 private key (PEM, PKCS#8) that signs the daily roots; without it none is signed.',
    }),
  ),
  INTEGRITY_TRUSTED_KEYS: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }), {
    default: [],
    maxItems: 100,
    description: 'Public keys (base64url) that signed roots before, separated by commas.',
  }),
};

/** Billing's environment: the keys that every service takes, those of the signed roots, and those of the daily check. */
export const billingConfigSchema = Type.Object({
  ...baseConfigSchema.properties,
  // A step that listens on nothing needs none.
  PORT: { ...baseConfigSchema.properties.PORT, default: 8080 },
  ...integrityKeys,
  DUE_SOON_DAYS: Type.Integer({
    minimum: 0,
    maximum: 60,
    default: 3,
    description: 'How many days ahead the daily check tells of an instalment; 0: on its due date.',
  }),
});

/** What the verification of the journal needs of it. */
export const verificationConfigSchema = Type.Object({
  DATABASE_URL: baseConfigSchema.properties.DATABASE_URL,
  DATABASE_POOL_SIZE: baseConfigSchema.properties.DATABASE_POOL_SIZE,
  ...integrityKeys,
});

/** As `loadConfig(verificationConfigSchema, process.env)` reads it. */
export type VerificationConfig = Static<typeof verificationConfigSchema>;

/** As `loadConfig(billingConfigSchema, process.env)` reads it. */
export type BillingConfig = Static<typeof billingConfigSchema>;
