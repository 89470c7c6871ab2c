import type { Refusal } from '@tenor/contracts';
import {
  backOffMs,
  type Database,
  isEnvironmentFault,
  isRefusal,
  type Logger,
  refuse,
  runUnitOfWork,
  type UnitOfWork,
} from '@tenor/service-kit';
import { anotherContent, type UnreadRow } from './file-rows.ts';
import { advanceJob, type Job, type Lease, LeaseLost } from './jobs.store.ts';
import type { RowIdentity, RowJob, RowKind, RowOutcome } from './row-kind.ts';
import type { RowValues } from './row-values.ts';
import { addRows, knownRows, makeKnown, type RowMark, type SettledRow } from './rows.store.ts';

/** A row on its way through a chunk; without a mark it is refused already. */
export interface MarkedRow<Row> {
  readonly number: number;
  readonly values: RowValues;
  readonly row: Row | Refusal;
  readonly mark: RowMark | undefined;
}

/** What the chunks of one job share. */
export interface ChunkWork<Row, P extends object> {
  readonly database: Database;
  readonly logger: Logger;
  readonly kind: RowKind<Row, P>;
  readonly job: RowJob<P> & Pick<Job, 'caller'>;
  readonly lease: Lease;
  /** Ends the waiting between two tries. */
  readonly signal: AbortSignal;
  /** Resolves after the time, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
/** After so many faults of the surroundings a chunk is done row by row: its own size may be what is at fault. */
const WHOLE_CHUNK_TRIES = 3;

const internal: Refusal = refuse('internal_error', 'The row could not be done by a fault on our side.');

/** Another job brought one of the rows at the same time; the chunk is done again and finds it known. */
class RowsContended extends Error {}

/**
 * Settles a chunk: its rows' effects, their outcomes and the job's place commit together. What the surroundings do is
 * waited for; any other error is one row's bug, which is found by doing them one by one, and refuses that row alone.
 *
 * @param from number of the last row before the chunk
 */
export async function settleChunk<Row, P extends object>(
  work: ChunkWork<Row, P>,
  rows: readonly MarkedRow<Row>[],
  from: number,
): Promise<void> {
  for (let tries = 1; rows.length === 1 || tries <= WHOLE_CHUNK_TRIES; tries += 1) {
    work.signal.throwIfAborted();
    try {
      return await commitChunk(work, rows, from);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const isWorthWaiting = error instanceof RowsContended || isEnvironmentFault(error);
      if (!isWorthWaiting) {
        const [row] = rows;
        if (rows.length > 1 || row === undefined) break;
        if (row.mark === undefined) throw error;
        tellBug(work, row.number, error);
        return settleChunk(work, [{ ...row, row: internal, mark: undefined }], from);
      }
      await work.pause(backOffMs(tries, FIRST_RETRY_MS, LAST_RETRY_MS), work.signal);
    }
  }
  let before = from;
  for (const row of rows) {
    await settleChunk(work, [row], before);
    before = row.number;
  }
}

/** Has the kind read a row; a bug in that refuses the row alone. */
export function markRow<Row, P extends object>(
  { kind, job, logger }: ChunkWork<Row, P>,
  { number, values, read }: UnreadRow<Row>,
  markOf: (kind: string, identity: RowIdentity) => RowMark,
): MarkedRow<Row> {
  try {
    const row = read();
    const mark = isRefusal(row) ? undefined : markOf(kind.name, kind.identify(row, job));
    return { number, values, row, mark };
  } catch (error) {
    tellBug({ logger, job, kind }, number, error);
    return { number, values, row: internal, mark: undefined };
  }
}

/** Tells of a bug by its place in the code: its message may quote the row. */
export function tellBug(
  { logger, job, kind }: { logger: Logger; job: { readonly id: string }; kind: { readonly name: string } },
  row: number,
  error: unknown,
): void {
  const {
    name,
    stack = '',
    code,
  } = Error.isError(error) ? (error as Error & { code?: string }) : { name: typeof error };
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  logger.error({ job_id: job.id, kind: kind.name, row, type: name, code, stack: places.join('\n') }, 'a row failed');
}

async function commitChunk<Row, P extends object>(
  work: ChunkWork<Row, P>,
  rows: readonly MarkedRow<Row>[],
  from: number,
): Promise<void> {
  const { database, kind, job, lease } = work;
  const good = rows.flatMap((row) => (row.mark === undefined ? [] : [{ ...row, row: row.row as Row, mark: row.mark }]));
  const asked = good.map(({ row }) => row);
  const prepared = asked.length > 0 ? await kind.prepare?.(asked, job) : undefined;
  const context = { caller: { id: job.caller, roles: [] }, requestId: `job:${job.id}` };
  await runUnitOfWork(database, context, async (uow) => {
    const outcomes = await outcomesOf(uow, work, good, prepared);
    const settled = rows.map((row) => settle(row, isRefusal(row.row) ? row.row : outcomes.get(row.number)));
    const count = (wanted: SettledRow['outcome']) => settled.filter(({ outcome }) => outcome === wanted).length;
    await advanceJob(uow, lease, {
      from,
      to: rows.at(-1)?.number ?? from,
      done: count('done'),
      repeated: count('repeated'),
      refused: count('refused'),
    });
    // Whoever has lost the lease has learnt it by now, before it meets what the other worker wrote.
    addRows(uow, job.id, settled);
  });
}

/** By the rows' numbers; a row that is known is not performed again. */
async function outcomesOf<Row, P extends object>(
  uow: UnitOfWork,
  { kind, job }: ChunkWork<Row, P>,
  rows: readonly { readonly number: number; readonly row: Row; readonly mark: RowMark }[],
  prepared: unknown,
): Promise<Map<number, RowOutcome & { readonly isRepeated?: boolean }>> {
  const known = await knownRows(
    uow,
    kind.name,
    rows.map(({ mark }) => mark),
  );
  const fresh = rows.filter(({ mark }) => !known.has(mark.key.toString('hex')));
  const performed =
    fresh.length === 0
      ? []
      : await kind.perform(
          uow,
          fresh.map(({ row }) => row),
          job,
          prepared,
        );
  if (performed.length !== fresh.length) throw new Error(`${kind.name} gave ${performed.length} outcomes`);
  const lasting = fresh.flatMap(({ mark }, index) => {
    const outcome = performed[index];
    return outcome?.result === undefined ? [] : [{ ...mark, outcome }];
  });
  if (!(await makeKnown(uow, kind.name, lasting))) throw new RowsContended();
  // Another job may have brought the same rows while `perform` waited for its locks: they are refused for what it did.
  const refused = fresh.filter((_, index) => performed[index]?.result === undefined);
  const knownMeanwhile = await knownRows(
    uow,
    kind.name,
    refused.map(({ mark }) => mark),
  );
  const outcomes = new Map<number, RowOutcome & { readonly isRepeated?: boolean }>();
  for (const [index, { number }] of fresh.entries()) outcomes.set(number, performed[index] as RowOutcome);
  for (const { number, mark } of rows) {
    const key = mark.key.toString('hex');
    const before = known.get(key) ?? knownMeanwhile.get(key);
    if (before === undefined) continue;
    const isSame = Buffer.compare(before.content, mark.content) === 0;
    outcomes.set(number, isSame ? { ...before.outcome, isRepeated: true } : anotherContent);
  }
  return outcomes;
}

function settle<Row>(
  { number, values }: MarkedRow<Row>,
  outcome: (RowOutcome & { readonly isRepeated?: boolean }) | Refusal | undefined,
): SettledRow {
  if (outcome === undefined) throw new Error('A row has neither a result nor a refusal');
  if (isRefusal(outcome)) {
    const { refused, detail, meta } = outcome;
    const refusal = meta === undefined ? { refused, detail } : { refused, detail, meta };
    const result = 'result' in outcome && outcome.result !== undefined ? outcome.result : null;
    return { number, outcome: 'refused', result, refusal, values };
  }
  const { result, isRepeated } = outcome;
  return { number, outcome: isRepeated ? 'repeated' : 'done', result, refusal: null, values: null };
}
