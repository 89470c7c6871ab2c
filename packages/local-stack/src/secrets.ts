import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';

export interface Secrets {
  readonly postgres_password: string;
  readonly billing_password: string;
  readonly payment_password: string;
  /** Keys the HMAC under which both services know a customer's external id; it must outlive restarts. */
  readonly external_ref_key: string;
}

/** The folder's secrets, random and made at the first call; readable by their owner only. */
export function localSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  const known = readJson<Secrets>(file);
  if (known) return known;
  const secret = (): string => randomBytes(24).toString('hex');
  const made = {
    postgres_password: secret(),
    billing_password: secret(),
    payment_password: secret(),
    external_ref_key: secret(),
  };
  writeJson(file, made, 0o600);
  return made;
}
