import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';

const randomText = (): string => randomBytes(24).toString('hex');

const makers = {
  postgres_password: randomText,
  billing_password: randomText,
  payment_password: randomText,
  /** Keys the HMAC under which both services know a customer's external id; it must outlive restarts. */
  external_ref_key: randomText,
  /** What payment shows to billing for a token. */
  billing_client_secret: randomText,
  /** Signs the daily roots of all journals. */
  integrity_key: () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  /** What payment shows to the simulated payment provider, and what that signs its webhooks with. */
  mockpay_api_key: randomText,
  mockpay_webhook_secret: randomText,
  /** What billing shows to the simulated core banking. */
  core_banking_password: randomText,
  /** What the simulated scoring engine shows to billing. */
  transactions_password: randomText,
  /** What billing shows to the simulated provider of e-mail and SMS. */
  notifications_api_key: randomText,
} as const;
type SecretName = keyof typeof makers;

export type Secrets = Readonly<Record<SecretName, string>>;

/** The folder's secrets, each random and made when it is first asked for; readable by their owner only. */
export function localSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const known = readJson<Partial<Secrets>>(file) ?? {};
  const names = Object.keys(makers) as SecretName[];
  if (names.every((name) => known[name] !== undefined)) return known as Secrets;
  const made = Object.fromEntries(names.map((name) => [name, makers[name]()]));
  const secrets = { ...made, ...known } as Secrets;
  writeJson(file, secrets, 0o600);
  return secrets;
}
