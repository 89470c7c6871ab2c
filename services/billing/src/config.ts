import { profileConfig } from '@tenor/profile-kit';
import { baseConfigSchema } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';
import { identityKeys } from './identity-config.ts';
import { outsideKeys } from './outside-config.ts';

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

/** Of imported files. */
const importKeys = {
  IMPORT_CURRENCY: Type.String({
    pattern: '^[A-Z]{3}$',
    default: 'INR',
    description: 'Currency of imported files, which name none, where the request does not say.',
  }),
  IMPORT_ROWS_MAX: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 1_000_000,
    description: 'Most rows of an imported file.',
  }),
};

/** Of what leaves the house: webhooks, and messages to customers. */
const outward = {
  WEBHOOK_ALLOWED_HOSTS: Type.Array(
    Type.String({ pattern: '^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:\\d{1,5})?$', maxLength: 260 }),
    {
      default: [],
      maxItems: 100,
      description: 'Hosts, with or without a port, that may be internal and get webhooks by http, separated by commas.',
    },
  ),
  WEBHOOK_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 60_000,
    default: 10_000,
    description: 'How long a webhook may take from its connection to the end of its answer.',
  }),
  NOTIFICATIONS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s/?#]+(/[^\\s?#]*[^\\s/?#])?$',
      description: 'Provider of e-mail and SMS, without a slash at the end; without it customers are told nothing.',
    }),
  ),
  NOTIFICATIONS_API_KEY: Type.Optional(
    Type.String({ minLength: 16, secret: true, description: 'Bearer token for that provider.' }),
  ),
  NOTIFICATIONS_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 60_000,
    default: 10_000,
    description: 'How long that provider may take to answer.',
  }),
};

/** Billing's environment: the keys that every service takes, those of the signed roots, of users, of what leaves the house, and of the daily check. */
export const billingConfigSchema = Type.Object({
  ...baseConfigSchema.properties,
  ...profileConfig,
  // A step that listens on nothing needs none.
  PORT: { ...baseConfigSchema.properties.PORT, default: 8080 },
  ...integrityKeys,
  ...identityKeys,
  ...outsideKeys,
  ...importKeys,
  ...outward,
  AMARTHA_EVENTS: Type.Boolean({
    default: false,
    description:
      'Whether loans and payments are told on loan-topic and payment-topic, too, in the shape of `/amartha`.',
  }),
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

/** What importing a file by hand needs of it. */
export const importConfigSchema = Type.Object({
  DATABASE_URL: baseConfigSchema.properties.DATABASE_URL,
  DATABASE_POOL_SIZE: baseConfigSchema.properties.DATABASE_POOL_SIZE,
  EXTERNAL_REF_KEY: baseConfigSchema.properties.EXTERNAL_REF_KEY,
  TIME_ZONE: baseConfigSchema.properties.TIME_ZONE,
  LOG_LEVEL: baseConfigSchema.properties.LOG_LEVEL,
  ...importKeys,
});

/** As `loadConfig(importConfigSchema, process.env)` reads it. */
export type ImportConfig = Static<typeof importConfigSchema>;

/** As `loadConfig(verificationConfigSchema, process.env)` reads it. */
export type VerificationConfig = Static<typeof verificationConfigSchema>;

/** As `loadConfig(billingConfigSchema, process.env)` reads it. */
export type BillingConfig = Static<typeof billingConfigSchema>;
