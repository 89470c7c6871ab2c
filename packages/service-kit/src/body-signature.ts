import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '@tenor/contracts';

/** How far a signature's time may be from ours, either way: a captured message is of no use after that. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;
/** More candidates than a rotation of secrets needs are not looked at. */
const SIGNATURES_MAX = 5;
const HEADER_LENGTH_MAX = 1_000;

export interface SignedBody {
  /** As it was sent: `t=<unix seconds>,v1=<hex>`, with a `v1` for each secret in use. */
  readonly header: string | string[] | undefined;
  /** The bytes that were signed, before anything parsed them. */
  readonly body: Buffer;
  /** Any of them will do. */
  readonly secrets: readonly string[];
  readonly now: Date;
}

/** HMAC-SHA256 of `<timestamp>.<body>`, in hex. */
export function signBody(secret: string, timestamp: number, body: Buffer | string): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/**
 * Why a body is not to be trusted; undefined when it is. Refuses `signature_invalid` for a header that is missing,
 * malformed or made with none of the secrets, and `signature_expired` for a true one from another time. Every
 * secret is compared with every candidate in constant time, so that the time taken tells nothing of them.
 */
export function signatureFault({ header, body, secrets, now }: SignedBody): Refusal | undefined {
  const parsed = parseHeader(header);
  if (!parsed) return invalid('The signature header must be: t=, Unix seconds, and v1=, 64 hexadecimal digits.');
  let isGenuine = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${parsed.timestampText}.`).update(body).digest();
    for (const candidate of parsed.signatures) isGenuine = timingSafeEqual(expected, candidate) || isGenuine;
  }
  if (!isGenuine) return invalid('The signature fits neither the body nor its time.');
  const ageSeconds = Math.abs(now.getTime() / 1000 - Number.parseInt(parsed.timestampText, 10));
  if (ageSeconds <= SIGNATURE_TOLERANCE_SECONDS) return undefined;
  const detail = `The signature is ${Math.round(ageSeconds)} s away from the time here; ${SIGNATURE_TOLERANCE_SECONDS} s are taken.`;
  return unsigned('signature_expired', detail);
}

const invalid = (detail: string): Refusal => unsigned('signature_invalid', detail);

/** A 401 says how to do better (RFC 9110 §11.6.1): here by a signature of the body, not by a token. */
export function unsigned(refused: 'signature_invalid' | 'signature_expired', detail: string): Refusal {
  return { refused, detail, meta: { headers: { 'www-authenticate': 'Signature realm="tenor"' } } };
}

function parseHeader(header: SignedBody['header']) {
  if (typeof header !== 'string' || header.length > HEADER_LENGTH_MAX) return undefined;
  const parts = header.split(',').map((part) => part.trim().split('='));
  const valuesOf = (name: string) => parts.flatMap(([key, value = '']) => (key === name ? [value] : []));
  const [timestampText, ...otherTimes] = valuesOf('t');
  const signatures = valuesOf('v1').slice(0, SIGNATURES_MAX);
  if (timestampText === undefined || otherTimes.length > 0 || !/^\d{1,12}$/.test(timestampText)) return undefined;
  if (signatures.length === 0 || !signatures.every((hex) => /^[0-9a-f]{64}$/.test(hex))) return undefined;
  return { timestampText, signatures: signatures.map((hex) => Buffer.from(hex, 'hex')) };
}
