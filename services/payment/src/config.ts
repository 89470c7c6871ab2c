import { profileConfig } from '@tenor/profile-kit';
import { baseConfigSchema } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';

const SECRET_LENGTH_MIN = 16;
const secret = Type.String({ minLength: SECRET_LENGTH_MIN, secret: true });

/** A payment provider; its name is what a payment's `method` says, so that `manual` can be none. */
const ProviderConfigSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s/?#]+(/[^\\s?#]*[^\\s/?#])?$',
      description: 'Without a slash at the end',
    }),
    api_key: secret,
    webhook_secrets: Type.Array(secret, { minItems: 1, maxItems: 5 }),
  },
  { additionalProperties: false },
);

/** Payment's environment: the keys that every service takes, its providers, and where to find billing's books. */
export const paymentConfigSchema = Type.Object({
  ...baseConfigSchema.properties,
  ...profileConfig,
  // A step that listens on nothing needs none.
  PORT: { ...baseConfigSchema.properties.PORT, default: 8081 },
  GATEWAY_PROVIDERS: Type.Record(Type.String({ pattern: '^(?!manual$)[a-z][a-z0-9_-]{0,31}$' }), ProviderConfigSchema, {
    additionalProperties: false,
    default: {},
    secret: true,
    description: 'Payment providers as JSON, by name: url, api_key, webhook_secrets.',
  }),
  GATEWAY_HOLD_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 10_080,
    default: 15,
    description: 'How long a payment on its way reserves what it is going to pay.',
  }),
  BILLING_URL: Type.String({
    pattern: '^https?://[^\\s/]+/?$',
    default: 'http://localhost:8080',
    description: 'Where billing listens, for reconciliation.',
  }),
  BILLING_TOKEN_FILE: Type.Optional(
    Type.String({ minLength: 1, description: 'File of a token of role service for billing; read at each use.' }),
  ),
  BILLING_CLIENT_ID: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'A user of role service, by whom tokens are got instead.',
    }),
  ),
  BILLING_CLIENT_SECRET: Type.Optional(
    Type.String({ minLength: 12, maxLength: 256, secret: true, description: 'The password of that user.' }),
  ),
  BILLING_TOKEN_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s#]+$',
      description: "Token endpoint of an outside issuer; billing's own without it.",
    }),
  ),
});

/** As `loadConfig(paymentConfigSchema, process.env)` reads it. */
export type PaymentConfig = Static<typeof paymentConfigSchema>;
