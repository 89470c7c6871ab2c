import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of a load: what to send, and a look at the answer, which throws when it is not what was asked for. */
export interface Operation {
  readonly request: Request;
  readonly check?: (body: Record<string, unknown>) => void;
}

export interface Load {
  /** Milliseconds of each operation that was answered as it should be. */
  readonly latencies: readonly number[];
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** How often what went wrong: a status with its problem code, or an error's message. */
  readonly errors: ReadonlyMap<string, number>;
}

/** How much a load sends: so many operations, or as many as it can begin in so many seconds. */
export type Extent = { readonly operations: number } | { readonly seconds: number };

/** The clients of a closed loop, each with a connection of its own. */
export const CONNECTIONS = 32;
const ANSWER_TIMEOUT_MS = 30_000;

/** Keep-alive connections to one server. */
export function connect(origin: string, connections = CONNECTIONS): Pool {
  return new Pool(origin, { connections, pipelining: 1, bodyTimeout: ANSWER_TIMEOUT_MS });
}

interface Tally {
  latencies: number[];
  errors: Map<string, number>;
}

/** Sends one operation and notes how it went; `since` is when it was due. */
async function perform(pool: Pool, { request, check }: Operation, since: number, tally: Tally): Promise<void> {
  try {
    const { method, path, body, headers } = request;
    const answer = await pool.request({
      method,
      path,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: ANSWER_TIMEOUT_MS,
    });
    const text = await answer.body.text();
    const latency = performance.now() - since;
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${problemOf(text)}`);
    check?.(JSON.parse(text));
    tally.latencies.push(latency);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    tally.errors.set(what, (tally.errors.get(what) ?? 0) + 1);
  }
}

function problemOf(text: string): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(0, 80);
}

/** Closed loop: each connection sends its next operation when the one before is answered. */
export async function closedLoop(pool: Pool, extent: Extent, next: () => Operation): Promise<Load> {
  const tally: Tally = { latencies: [], errors: new Map() };
  let begunOperations = 0;
  const begun = performance.now();
  const isOver = (): boolean =>
    'operations' in extent ? begunOperations >= extent.operations : performance.now() - begun >= extent.seconds * 1000;
  async function client(): Promise<void> {
    while (!isOver()) {
      begunOperations += 1;
      await perform(pool, next(), performance.now(), tally);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return { ...tally, seconds: (performance.now() - begun) / 1000 };
}

/**
 * Open loop: operations come at random, `perSecond` on average, whether or not the ones before are answered. A latency
 * counts from the moment that the operation was due, so that a stalled server is not measured as a quiet one.
 */
export async function openLoop(
  pool: Pool,
  { perSecond, operations }: { perSecond: number; operations: number },
  next: () => Operation,
): Promise<Load> {
  const tally: Tally = { latencies: [], errors: new Map() };
  const begun = performance.now();
  let due = begun;
  const underWay: Promise<void>[] = [];
  for (let sent = 0; sent < operations; sent += 1) {
    due += (-Math.log(1 - Math.random()) * 1000) / perSecond;
    const pause = due - performance.now();
    if (pause > 1) await sleep(pause);
    underWay.push(perform(pool, next(), due, tally));
  }
  await Promise.all(underWay);
  return { ...tally, seconds: (performance.now() - begun) / 1000 };
}
