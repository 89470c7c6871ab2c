import { createHash } from 'node:crypto';
import type { Refusal } from '@tenor/contracts';
import type { CommandContext } from './caller.ts';
import type { Database, Sql, Transaction } from './database.ts';
import { isRefusal } from './errors.ts';
import { isLockTimeout } from './retry.ts';
import { statement } from './statement.ts';

export type IdempotencyKey = NonNullable<CommandContext['idempotency']>;

/** How long a duplicate waits for the first request; across processes the connections' lock time-out, as long, ends it. */
const WAIT_MS = 5_000;

// A row that another transaction has inserted but not committed is waited for here.
const insertKey = statement(
  'idempotency_insert',
  `insert into idempotency_keys (scope, request_hash) values ($1, $2)
   on conflict (scope) do nothing returning true as reserved`,
);
const selectKey = statement(
  'idempotency_select',
  'select request_hash = $2 as is_same, result from idempotency_keys where scope = $1',
);
const selectKnown = statement('idempotency_known', 'select scope from idempotency_keys where scope = any($1::bytea[])');
const insertKeys = statement(
  'idempotency_insert_all',
  'insert into idempotency_keys (scope, request_hash, result) select * from unnest($1::bytea[], $2::bytea[], $3::jsonb[])',
);
const updateKey = statement('idempotency_update', 'update idempotency_keys set result = $2 where scope = $1');

const inFlight: Refusal = {
  refused: 'idempotency_in_flight',
  detail: 'The first request with this Idempotency-Key is still running.',
};
const mismatch: Refusal = {
  refused: 'idempotency_mismatch',
  detail: 'This Idempotency-Key was used for a request with another body.',
};

/** The wait for another process's row ran out; not to be taken for a lock time-out of the work. */
class KeyInFlight extends Error {}

/** The refusal that `reserveKey` means by its error; undefined for any other. */
export function refuseInFlight(error: unknown): Refusal | undefined {
  return error instanceof KeyInFlight ? inFlight : undefined;
}

/** Fixed length, whatever the caller's key is made of. */
const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** `new` when this transaction now owns the key; `known` when a committed one had it before. */
export async function reserveKey(sql: Sql, { scope, requestHash }: IdempotencyKey): Promise<'new' | 'known'> {
  try {
    const rows = await sql.query(insertKey, [digest(scope), digest(requestHash)]);
    return rows.length === 1 ? 'new' : 'known';
  } catch (error) {
    if (isLockTimeout(error)) throw new KeyInFlight();
    throw error;
  }
}

/** What the first request stored, or the refusal of another body. */
export async function replayOf<R extends object>(
  sql: Sql,
  { scope, requestHash }: IdempotencyKey,
): Promise<R | Refusal> {
  const [row] = await sql.query<{ is_same: boolean; result: R | null }>(selectKey, [
    digest(scope),
    digest(requestHash),
  ]);
  // Purged between the two statements: as unlikely as a request that takes two days.
  if (row === undefined) return inFlight;
  if (!row.is_same) return mismatch;
  if (row.result === null) throw new Error('A committed idempotency key has no result');
  return row.result;
}

/** Stores the reference from which a replay is answered, in the transaction that made it true. */
export function storeResult(sql: Transaction, { scope }: IdempotencyKey, result: object): void {
  sql.write(updateKey, [digest(scope), JSON.stringify(result)]);
}

/** Those of the keys that a committed request had before. */
export async function knownKeys<Key extends IdempotencyKey>(sql: Sql, keys: readonly Key[]): Promise<Set<Key>> {
  if (keys.length === 0) return new Set();
  const digests = keys.map(({ scope }) => digest(scope));
  const rows = await sql.query<{ scope: Buffer }>(selectKnown, [digests]);
  const known = new Set(rows.map(({ scope }) => scope.toString('hex')));
  return new Set(keys.filter((_, index) => known.has(digests[index]?.toString('hex') ?? '')));
}

/** Stores keys with their results at once; there is no commit when one of them is known by then. */
export function storeKeys(sql: Transaction, keys: readonly (IdempotencyKey & { result: object })[]): void {
  if (keys.length === 0) return;
  sql.write(insertKeys, [
    keys.map(({ scope }) => digest(scope)),
    keys.map(({ requestHash }) => digest(requestHash)),
    keys.map(({ result }) => JSON.stringify(result)),
  ]);
}

type Settled<R> = { readonly result: R; readonly replayed: boolean } | Refusal;

interface Flight {
  readonly requestHash: string;
  readonly outcome: Promise<unknown>;
}

const flights = new WeakMap<Database, Map<string, Flight>>();

/**
 * Lets one request per key go to the database; its duplicates in this process wait for its outcome without
 * a connection and share it. Another body gets `idempotency_mismatch` once the first has stored its result;
 * when the first was refused it has stored nothing, and the other is tried on its own.
 */
export async function coalesced<R>(
  database: Database,
  { scope, requestHash, run = '' }: IdempotencyKey,
  attempt: () => Promise<Settled<R>>,
): Promise<Settled<R>> {
  const running = flights.get(database) ?? new Map<string, Flight>();
  flights.set(database, running);
  const deadline = performance.now() + WAIT_MS;
  const name = `${run} ${scope}`;
  for (let flight = running.get(name); flight !== undefined; flight = running.get(name)) {
    const isSame = flight.requestHash === requestHash;
    const outcome = await until(deadline, flight.outcome as Promise<Settled<R>>, isSame);
    if (outcome === undefined) return inFlight;
    if (isSame && outcome !== 'failed') return isRefusal(outcome) ? outcome : { ...outcome, replayed: true };
    if (outcome !== 'failed' && !isRefusal(outcome)) return mismatch;
  }
  const outcome = attempt();
  running.set(name, { requestHash, outcome });
  try {
    return await outcome;
  } finally {
    running.delete(name);
  }
}

/** The outcome, rethrown when `share` says so and otherwise `failed`; undefined once the deadline has passed. */
async function until<T>(deadline: number, outcome: Promise<T>, share: boolean): Promise<T | 'failed' | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([outcome, timeout]);
  } catch (error) {
    if (share) throw error;
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
