import { formatAmount } from '@tenor/money';
import { answerOfProvider, type ProviderAnswer } from './provider-call.ts';

/** A provider as the configuration names it. */
export interface Provider {
  readonly name: string;
  /** Its origin, without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  /** Each opens its webhooks; two while a secret is rotated. */
  readonly webhookSecrets: readonly string[];
}

export interface ProviderRequest {
  path: string;
  /** Idempotency key, and the reference that webhooks will name. */
  id: string;
  /** Minor units. */
  amount: bigint;
  currency: string;
}

/** Sends one request; never rejects, since no answer is an answer too. */
export type SendToProvider = (request: ProviderRequest) => Promise<ProviderAnswer>;

const ANSWER_TIMEOUT_MS = 10_000;

export function createProviderClient({ url, apiKey }: Provider): SendToProvider {
  return async ({ path, id, amount, currency }) => {
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': id,
        },
        body: JSON.stringify({ reference: id, amount: formatAmount(amount, currency), currency }),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return answerOfProvider(response.status, await response.json().catch(() => undefined));
    } catch (error) {
      return { kind: 'faulted', reason: Error.isError(error) ? error.name : 'no answer' };
    }
  };
}
