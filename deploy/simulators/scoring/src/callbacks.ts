import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Query } from './clients.ts';
import type { Simulation } from './simulation.ts';

export interface Callbacks {
  /** Asks the lender for the customer's transactions until they are told; then the query is ready. */
  start(client: Client, query: Query): void;
  /** How often lenders were asked, whatever they answered. */
  readonly asked: number;
  stop(): Promise<void>;
}

const PAUSE_MS = 100;
const ATTEMPTS_MAX = 600;
const ANSWER_TIMEOUT_MS = 10_000;

export function createCallbacks(current: () => Simulation): Callbacks {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let asked = 0;

  const ask = async ({ url, username, password }: Client, { customerNumber }: Query): Promise<boolean> => {
    asked += 1;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const answer = await fetch(`${url}/${encodeURIComponent(customerNumber)}`, {
      headers: { authorization },
      signal,
    }).catch(() => undefined);
    const summaries: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    return Array.isArray(summaries);
  };

  /** One attempt as the simulation wants it; whether the transactions came. */
  const attempt = async (client: Client, query: Query): Promise<boolean> => {
    const { callback, delay_ms: delayMs } = current();
    switch (callback) {
      case 'none':
        return ask(client, query);
      case 'down':
        asked += 1;
        return false;
      case 'garbage':
        await ask({ ...client, password: 'wrong' }, query);
        return false;
      case 'lost':
        await ask(client, query);
        return false;
      case 'late':
        await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
        return ask(client, query);
      case 'twice':
        return (await Promise.all([ask(client, query), ask(client, query)])).every(Boolean);
      default:
        return callback satisfies never;
    }
  };

  const run = async (client: Client, query: Query): Promise<void> => {
    for (let attempts = 0; attempts < ATTEMPTS_MAX && !stopping.signal.aborted; attempts += 1) {
      if (await attempt(client, query)) {
        query.isReady = true;
        return;
      }
      await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  return {
    start(client, query) {
      const asking = run(client, query);
      running.add(asking);
      void asking.finally(() => running.delete(asking));
    },
    get asked() {
      return asked;
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
