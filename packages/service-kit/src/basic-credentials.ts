import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '@tenor/contracts';
import type { Caller } from './caller.ts';

export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** The header that these credentials are sent in (RFC 7617). */
export function basicAuthorization({ username, password }: BasicCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/**
 * Who sent an Authorization header, by the one pair of credentials that a route knows. Refuses `unauthenticated` for any
 * other, and for every header while there is no pair. Compared by their hashes, which have one length, in constant time:
 * how long it takes tells nothing of them.
 */
export function basicCaller(
  expected: BasicCredentials | undefined,
  authorization: string | undefined,
): Caller | Refusal {
  if (expected === undefined || authorization === undefined) return notThey;
  const [scheme = '', token = ''] = authorization.trim().split(/ +/, 2);
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const isTheirs = timingSafeEqual(hash(`Basic ${token}`), hash(basicAuthorization(expected)));
  return isTheirs && scheme.toLowerCase() === 'basic' ? { id: expected.username, roles: [] } : notThey;
}

const notThey: Refusal = {
  refused: 'unauthenticated',
  detail: 'A user name and a password are needed, by basic authentication.',
  meta: { headers: { 'www-authenticate': 'Basic realm="tenor", charset="UTF-8"' } },
};
