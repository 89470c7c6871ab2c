import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation, OperationLog } from './operation-log.ts';

/** A final answer's body, as far as anybody here looks at it. */
export interface Body {
  readonly id?: string;
  readonly status?: string;
  readonly code?: string;
  readonly meta?: { readonly amounts?: readonly string[] };
}

export type Outcome =
  | { readonly is: 'acknowledged'; readonly id: string; readonly status: string; readonly isReplay: boolean }
  | { readonly is: 'refused'; readonly body: Body }
  | { readonly is: 'unanswered' };

export interface PersistentClient {
  /** Sends the operation until an answer is final, and enters it in the log. */
  perform(operation: Operation): Promise<Outcome>;
  /** Sends an operation that was done before; the log learns nothing of it. */
  repeat(operation: Operation): Promise<Outcome>;
  /** The body of a 2xx answer. Rejects on any other. */
  get<T>(path: string): Promise<T>;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** How long a client keeps trying: longer than several crashes in a row on a slow machine, so that giving up means stuck. */
const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 50;
const PAUSE_MAX_MS = 1_000;
const WAIT_S = 5;
/** Refusals that say only that it is not the time. */
const PASSING_CODES = new Set(['idempotency_in_flight', 'rate_limited']);

interface ClientOptions {
  /** Of the gateways, taken in turn. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly log: OperationLog;
  /** Ends all trying. */
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly isReplay: boolean;
}

/** A client that trusts nothing but a final answer: it tries again, with the same key, whatever else it gets. */
export function persistentClient({ urls, token, log, signal }: ClientOptions): PersistentClient {
  let turn = 0;
  const ask = (path: string, init: RequestInit): Promise<Response> => {
    turn += 1;
    return fetch(`${urls[turn % urls.length]}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
  };
  const post = async ({ path, body, key, waits }: Operation): Promise<Answer> => {
    const prefer = waits ? { prefer: `wait=${WAIT_S}` } : {};
    const headers = { 'content-type': 'application/json', 'idempotency-key': key, ...prefer };
    const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const isReplay = response.headers.get('idempotency-replayed') === 'true';
    return { status: response.status, body: (await response.json()) as Body, isReplay };
  };
  const fault = ({ key, kind }: Operation, what: string): void => {
    log.faults.push({ at: performance.now(), key, kind, what });
  };

  async function untilFinal(operation: Operation): Promise<{ outcome: Outcome; attempts: number }> {
    const deadline = performance.now() + PATIENCE_MS;
    let attempts = 0;
    while (performance.now() < deadline && !signal.aborted) {
      attempts += 1;
      const answer = await post(operation).catch(() => undefined);
      const outcome = answer && finalOutcome(answer);
      if (outcome) return { outcome, attempts };
      fault(operation, answer === undefined ? 'cut off' : `${answer.status} ${answer.body.code ?? ''}`);
      const full = Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
      await sleep(full / 2 + (Math.random() * full) / 2, undefined, { signal }).catch(() => undefined);
    }
    return { outcome: { is: 'unanswered' }, attempts };
  }

  return {
    async perform(operation) {
      const askedAt = performance.now();
      const { outcome, attempts } = await untilFinal(operation);
      if (outcome.is === 'unanswered') log.unanswered.push(operation);
      else if (outcome.is === 'refused') log.refused.push({ operation, code: outcome.body.code ?? 'without a code' });
      else {
        const answeredAt = performance.now();
        log.acknowledged.push({ ...operation, id: outcome.id, attempts, askedAt, answeredAt });
        if (outcome.status === 'applied') log.appliedAt.push(answeredAt);
      }
      return outcome;
    },
    repeat: async (operation) => (await untilFinal(operation)).outcome,
    async get<T>(path: string) {
      const response = await ask(path, {});
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    },
  };
}

function finalOutcome({ status, body, isReplay }: Answer): Outcome | undefined {
  if (status < 300 && body.id !== undefined)
    return { is: 'acknowledged', id: body.id, status: body.status ?? '', isReplay };
  if (status >= 500 || PASSING_CODES.has(body.code ?? '')) return undefined;
  return { is: 'refused', body };
}
