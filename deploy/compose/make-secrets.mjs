// Run once by docker-compose before anything else: makes this installation's own secrets in a volume that only its
// containers mount, so that no password stands in a file of the repository and none has a default.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = '/run/tenor-secrets';
const RANDOM_BYTES = 24;

/** Written by root and read by each image's own user, inside the volume only. */
function keep(name, text) {
  if (!existsSync(`${FOLDER}/${name}`)) writeFileSync(`${FOLDER}/${name}`, text, { mode: 0o444 });
}

const kept = (name) => readFileSync(`${FOLDER}/${name}`, 'utf8');
const random = () => randomBytes(RANDOM_BYTES).toString('hex');

keep('postgres_password', random());
keep('external_ref_key', random());
keep('integrity_key', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const signingKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: randomUUID() };
keep('token_signing_keys', JSON.stringify({ keys: [signingKey] }));
keep('admin_password', random());
keep('billing_client_secret', random());
for (const service of ['billing', 'payment']) {
  if (existsSync(`${FOLDER}/${service}_password`)) continue;
  const password = random();
  keep(`${service}_database_url`, `postgres://tenor_${service}:${password}@postgres:5432/tenor`);
  keep(`${service}_password`, password);
}

keep('core_banking_password', random());
keep('transactions_password', random());
keep('notifications_api_key', random());
keep('mockpay_api_key', random());
keep('mockpay_webhook_secret', random());
keep(
  'gateway_providers',
  JSON.stringify({
    mockpay: {
      url: 'http://payment-gateway-simulator:8090',
      api_key: kept('mockpay_api_key'),
      webhook_secrets: [kept('mockpay_webhook_secret')],
    },
  }),
);
