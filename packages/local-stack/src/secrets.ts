import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';

const names = [
  'postgres_password',
  'billing_password',
  'payment_password',
  /** Keys the HMAC under which both services know a customer's external id; it must outlive restarts. */
  'external_ref_key',
  /** What payment shows to the simulated payment provider, and what that signs its webhooks with. */
  'mockpay_api_key',
  'mockpay_webhook_secret',
] as const;

export type Secrets = Readonly<Record<(typeof names)[number], string>>;

/** The folder's secrets, each random and made when it is first asked for; readable by their owner only. */
export function localSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const known = readJson<Partial<Secrets>>(file) ?? {};
  if (names.every((name) => known[name] !== undefined)) return known as Secrets;
  const made = Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('hex')]));
  const secrets = { ...made, ...known } as Secrets;
  writeJson(file, secrets, 0o600);
  return secrets;
}
