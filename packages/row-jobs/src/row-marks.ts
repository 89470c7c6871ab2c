import { createHmac } from 'node:crypto';
import { canonicalJson } from '@tenor/service-kit';
import type { RowIdentity } from './row-kind.ts';
import type { RowMark } from './rows.store.ts';

/** Key and content of rows as hashes under the secret, since both may be personal and easily guessed. */
export function rowMarks(secret: string): (kind: string, identity: RowIdentity) => RowMark {
  const hashOf = (what: string, text: string) =>
    createHmac('sha256', secret).update(`${what}:${text}`, 'utf8').digest();
  return (kind, { key, content }) => ({
    key: hashOf(`row key of ${kind}`, key),
    content: hashOf(`row content of ${kind}`, canonicalJson(content)),
  });
}
