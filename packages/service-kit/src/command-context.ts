import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from './caller.ts';
import { canonicalJson } from './canonical-json.ts';
import { ProblemError, validationFailed } from './errors.ts';

/** An Idempotency-Key: visible ASCII, as long as a UUID with a good deal around it. */
export const IDEMPOTENCY_KEY_PATTERN = '^[!-~]{1,255}$';
const keyForm = new RegExp(IDEMPOTENCY_KEY_PATTERN);

/** The request's Idempotency-Key, if it has one. Throws a ProblemError for one that is no plain text. */
export function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && keyForm.test(key))) return key;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw new ProblemError(validationFailed([{ pointer: '/headers/idempotency-key', code: 'pattern', message }]));
}

/**
 * What a command knows of a request whose Idempotency-Key is not taken: what is kept under one is a hash of the body, and
 * with it of a password there.
 */
export function plainContext({
  caller,
  id: requestId,
  ip: address,
  traceparent,
}: Pick<FastifyRequest, 'caller' | 'id' | 'ip' | 'traceparent'>): Omit<CommandContext, 'idempotency'> {
  return { caller, requestId, address, traceparent };
}

/**
 * What a command needs to know of its request. A key is scoped to the caller, method and path, and comes
 * with a hash of the body in canonical form: of all of it unless told, which is what a secret in it asks for. Throws a
 * ProblemError for a key that is no plain text.
 */
export function commandContext(request: FastifyRequest, body: unknown = request.body): CommandContext {
  const { caller, method, url } = request;
  const plain = plainContext(request);
  const key = idempotencyKeyOf(request);
  if (key === undefined) return plain;
  const scope = canonicalJson([caller.id, method, url.split('?', 1)[0], key]);
  const requestHash = createHash('sha256')
    .update(canonicalJson(body ?? null), 'utf8')
    .digest('hex');
  return { ...plain, idempotency: { scope, requestHash } };
}
