/** What the provider of messages says of one. */
export type ProviderAnswer =
  | { readonly kind: 'sent'; readonly reference: string }
  /** It will never send this one. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody knows: it is asked again under the same key. */
  | { readonly kind: 'faulted'; readonly reason: string };

const REFUSALS: readonly number[] = [400, 422];
const CODE_FORM = /^[a-z][a-z0-9_]{0,63}$/;
const REFERENCE_LENGTH_MAX = 128;

/** Reads an answer. A wrong key or address of ours, which can be corrected, refuses no message. */
export function answerOf(status: number, body: unknown): ProviderAnswer {
  const { id, code } = (typeof body === 'object' && body !== null ? body : {}) as { id?: unknown; code?: unknown };
  if (REFUSALS.includes(status)) {
    return { kind: 'refused', code: typeof code === 'string' && CODE_FORM.test(code) ? code : 'refused_by_provider' };
  }
  const isId = typeof id === 'string' && id !== '' && id.length <= REFERENCE_LENGTH_MAX;
  if ((status === 200 || status === 201 || status === 202) && isId) return { kind: 'sent', reference: id };
  return { kind: 'faulted', reason: `status ${status}` };
}
