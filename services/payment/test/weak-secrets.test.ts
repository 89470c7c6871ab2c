import { loadConfig } from '@tenor/service-kit';
import { paymentConfigSchema } from '../src/config.ts';

const strong = 'a-key-for-tests-only-0123456789abcdef';
const weak = 'changeme-'.repeat(5);
const complete = {
  DATABASE_URL: 'postgres://tenor@localhost/tenor',
  KAFKA_BROKERS: 'localhost:9092',
  AUTH_REQUIRED: 'false',
  EXTERNAL_REF_KEY: strong,
};
const provider = (keys: { api_key?: string; webhook_secrets?: string[] }) => ({
  GATEWAY_PROVIDERS: JSON.stringify({
    bank: { url: 'https://bank.example', api_key: strong, webhook_secrets: [strong], ...keys },
  }),
});

test('payment has these secrets', () => {
  const secrets = Object.entries(paymentConfigSchema.properties).filter(([, schema]) => 'secret' in schema);
  expect(secrets.map(([key]) => key).sort()).toEqual([
    'BILLING_CLIENT_SECRET',
    'EXTERNAL_REF_KEY',
    'GATEWAY_PROVIDERS',
  ]);
  expect(loadConfig(paymentConfigSchema, { ...complete, ...provider({}) })).toMatchObject({ EXTERNAL_REF_KEY: strong });
});

test.each([
  { key: 'EXTERNAL_REF_KEY', env: { EXTERNAL_REF_KEY: weak } },
  { key: 'BILLING_CLIENT_SECRET', env: { BILLING_CLIENT_SECRET: weak } },
  { key: 'GATEWAY_PROVIDERS/bank/api_key', env: provider({ api_key: weak }) },
  { key: 'GATEWAY_PROVIDERS/bank/webhook_secrets/1', env: provider({ webhook_secrets: [strong, weak] }) },
])('payment does not start with a $key that everybody tries', ({ key, env }) => {
  expect(() => loadConfig(paymentConfigSchema, { ...complete, ...env })).toThrow(
    new RegExp(`^The configuration is not usable:\n  - ${key}: is a weak secret: it [a-z ]+$`),
  );
});
