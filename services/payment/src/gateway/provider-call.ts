/** What a provider says became of a charge or a payout: by a webhook, or by refusing the call itself. */
export interface ProviderOutcome {
  provider: string;
  /** Our id of the payment or refund, as the provider was given it. */
  reference: string;
  result: { succeeded: true; amount: bigint; currency: string } | { succeeded: false; failureCode: string };
}

/** How a provider answered a call. A fault (no answer, a 5xx, our own wrong key) says nothing, and is tried again. */
export type ProviderAnswer =
  | { kind: 'accepted'; reference: string }
  | { kind: 'refused'; failureCode: string }
  | { kind: 'faulted'; reason: string };

/** Only these say that the provider has understood the call and will not do it, now or later. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 402, 422]);

const NO_CODE = 'refused_by_provider';
const codeForm = /^[a-z][a-z0-9_]{0,63}$/;

/** What an answer means, from its status and its decoded body. */
export function answerOfProvider(status: number, body: unknown): ProviderAnswer {
  const { id, code } = (typeof body === 'object' && body !== null ? body : {}) as { id?: unknown; code?: unknown };
  if (status >= 200 && status < 300) {
    return typeof id === 'string' && id !== ''
      ? { kind: 'accepted', reference: id }
      : { kind: 'faulted', reason: `status ${status} without an id` };
  }
  if (!refusedStatuses.has(status)) return { kind: 'faulted', reason: `status ${status}` };
  return { kind: 'refused', failureCode: failureCodeOf(code) };
}

/** A provider's code in our form, so that it can travel in an event. */
export function failureCodeOf(code: unknown): string {
  return typeof code === 'string' && codeForm.test(code) ? code : NO_CODE;
}
