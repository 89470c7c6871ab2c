import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from './operations.ts';
import type { Simulation } from './simulation.ts';

export interface WebhookTarget {
  /** Asked at each attempt. */
  readonly url: () => string;
  readonly secret: string;
}

export interface Webhooks {
  /** Tells of an operation as the simulation says, until each webhook is taken. */
  tell(operation: Operation): void;
  /** Sends what was held back, if that is over. */
  release(): void;
  /** Operations of which not all was taken yet. */
  waiting(): number;
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
const ATTEMPTS_MAX = 200;
const ANSWER_TIMEOUT_MS = 10_000;

/** Delivers webhooks at least once, each signed anew at every attempt, those of one operation one after the other. */
export function createWebhooks({ url, secret }: WebhookTarget, current: () => Simulation): Webhooks {
  const stopping = new AbortController();
  const { signal } = stopping;
  const held: (() => void)[] = [];
  const running = new Set<Promise<void>>();
  let waiting = 0;

  const post = async (body: string, signedWith: string): Promise<boolean> => {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', signedWith).update(`${timestamp}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'tenor-signature': `t=${timestamp},v1=${signature}` };
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const answer = await fetch(url(), { method: 'POST', headers, body, signal: timeout }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  };

  const deliver = async (body: string): Promise<void> => {
    if (current().forged) await post(body, randomBytes(16).toString('hex'));
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !signal.aborted; attempt += 1) {
      const taken = await Promise.all(Array.from({ length: current().copies }, () => post(body, secret)));
      if (taken.every(Boolean)) break;
      await sleep(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10)), undefined, { signal }).catch(
        () => {},
      );
    }
  };

  const start = (operation: Operation, delayMs: number): void => {
    const sending = (async () => {
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      const news = newsOf(operation, current());
      if (!current().silent) for (const body of current().reverse_order ? news.reverse() : news) await deliver(body);
      waiting -= 1;
    })();
    running.add(sending);
    void sending.finally(() => running.delete(sending));
  };

  return {
    tell(operation) {
      waiting += 1;
      if (current().hold_back) held.push(() => start(operation, 0));
      else start(operation, current().delay_ms);
    },
    release() {
      if (current().hold_back) return;
      for (const send of held.splice(0)) send();
    },
    waiting: () => waiting,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** Settles the operation, and says so in the order in which it happened. */
function newsOf(operation: Operation, { outcome, failure_code: failureCode }: Simulation): string[] {
  const failed = (): string => {
    Object.assign(operation, { status: 'failed', failure_code: failureCode });
    return bodyOf(operation);
  };
  const succeeded = (): string => {
    Object.assign(operation, { status: 'succeeded', failure_code: null });
    return bodyOf(operation);
  };
  switch (outcome) {
    case 'succeed':
      return [succeeded()];
    case 'fail':
      return [failed()];
    case 'fail_then_succeed':
      return [failed(), succeeded()];
    case 'succeed_then_fail':
      return [succeeded(), failed()];
    default:
      return outcome satisfies never;
  }
}

function bodyOf({ kind, ...operation }: Operation): string {
  return JSON.stringify({
    id: `evt_${randomUUID()}`,
    type: `${kind}.${operation.status}`,
    created_at: new Date().toISOString(),
    data: operation,
  });
}
