import { formatAmount } from '@tenor/money';
import { answerOfProvider, type ProviderAnswer, type ProviderStatus, statusOfProvider } from './provider-call.ts';

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

/** Asks a provider; never rejects, since no answer is an answer too. */
export interface ProviderClient {
  /** Sends one request. */
  send(request: ProviderRequest): Promise<ProviderAnswer>;
  /** Asks what became of the request `id` that was sent to `path`. */
  ask(request: Pick<ProviderRequest, 'path' | 'id'>): Promise<ProviderStatus>;
}

const ANSWER_TIMEOUT_MS = 10_000;

export function createProviderClient({ url, apiKey }: Provider): ProviderClient {
  const authorization = `Bearer ${apiKey}`;
  const answerTo = async <Answer>(
    address: string,
    request: RequestInit,
    read: (status: number, body: unknown) => Answer,
  ): Promise<Answer | { kind: 'faulted'; reason: string }> => {
    try {
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      const response = await fetch(address, { ...request, redirect: 'error', signal });
      return read(response.status, await response.json().catch(() => undefined));
    } catch (error) {
      return { kind: 'faulted', reason: Error.isError(error) ? error.name : 'no answer' };
    }
  };
  return {
    send({ path, id, amount, currency }) {
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': id };
      const body = JSON.stringify({ reference: id, amount: formatAmount(amount, currency), currency });
      return answerTo(`${url}${path}`, { method: 'POST', headers, body }, answerOfProvider);
    },
    ask({ path, id }) {
      const read = (status: number, body: unknown) => statusOfProvider(status, body, id);
      return answerTo(`${url}${path}/${id}`, { headers: { authorization } }, read);
    },
  };
}
