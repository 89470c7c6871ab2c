import canonicalize from 'canonicalize';

/** JSON in the one form of RFC 8785 (keys sorted, no spaces), for hashing. Throws on what JSON cannot carry. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error(`A ${typeof value} has no JSON form`);
  return text;
}
