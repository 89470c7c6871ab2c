import { loadConfig } from '@tenor/service-kit';
import { billingConfigSchema } from '../src/config.ts';

const complete = {
  DATABASE_URL: 'postgres://tenor@localhost/tenor',
  KAFKA_BROKERS: 'localhost:9092',
  AUTH_REQUIRED: 'false',
  EXTERNAL_REF_KEY: 'a-key-for-tests-only-0123456789abcdef',
};
const secrets = Object.entries(billingConfigSchema.properties)
  .filter(([, schema]) => 'secret' in schema)
  .map(([key]) => ({ key }));

test('billing has these secrets', () => {
  expect(secrets.map(({ key }) => key).sort()).toEqual([
    'CORE_BANKING_PASSWORD',
    'EXTERNAL_REF_KEY',
    'INTEGRITY_KEY',
    'NOTIFICATIONS_API_KEY',
    'TRANSACTIONS_PASSWORD',
  ]);
});

test.each(secrets)('billing does not start with a $key that everybody tries', ({ key }) => {
  const weak = `${key === 'INTEGRITY_KEY' ? '-----BEGIN PRIVATE KEY-----' : ''}${'changeme-'.repeat(5)}`;
  const start = () => loadConfig(billingConfigSchema, { ...complete, [key]: weak });
  expect(start).toThrow(new RegExp(`^The configuration is not usable:\n  - ${key}: is a weak secret: it [a-z ]+$`));
});

test('billing does not start without the secret that it needs', () => {
  const { EXTERNAL_REF_KEY: _missing, ...rest } = complete;
  expect(() => loadConfig(billingConfigSchema, rest)).toThrow(
    'EXTERNAL_REF_KEY: is missing (or EXTERNAL_REF_KEY_FILE)',
  );
});
