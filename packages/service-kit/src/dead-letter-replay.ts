import type { Refusal } from '@tenor/contracts';
import { writeAuditLog } from './audit-log.store.ts';
import { contextOf, type Handle } from './consumer-transaction.ts';
import type { Asking } from './data-change.ts';
import type { Database, Transaction } from './database.ts';
import {
  type DeadLetter,
  getLetter,
  lockFirst,
  lockLetter,
  noteFailure,
  releasedSubjects,
  settleLetter,
} from './dead-letters.store.ts';
import { itemOfLetter } from './delivery.ts';
import { isEnvironmentFault } from './environment-fault.ts';
import { retryingConflicts, sqlState } from './retry.ts';
import { runUnitOfWork, type UnitOfWork } from './unit-of-work.ts';

/** What a replay did: how many messages went through, and at which it stopped. */
export interface ReplayResult {
  readonly replayed: number;
  readonly failed: { readonly id: string; readonly detail: string } | null;
}

/** What there is to do about the messages that a consumer has put aside. */
export interface DeadLetterDesk {
  readonly group: string;
  /**
   * Hands the message's subject to the handler again, in order: the dead one, then what is parked behind
   * it, each in its own transaction, until one fails. What has no readable subject is replayed alone.
   */
  replay(id: string, by: Asking): Promise<ReplayResult | Refusal>;
  /** Gives a message up; what was parked behind it is handled soon after. */
  discard(id: string, by: Asking): Promise<DeadLetter | Refusal>;
  /** Handles what a discard, or a message parked during a replay, has left without a dead one before it. */
  replayReleased(): Promise<void>;
}

interface Desk {
  readonly database: Database;
  readonly group: string;
  readonly handle: Handle;
}

const LOCK_NOT_AVAILABLE = '55P03';
/** Of one request; what is left is handled by the consumer's own round. */
const MESSAGES_PER_REPLAY_MAX = 500;
const SUBJECTS_PER_ROUND_MAX = 20;

const notFound: Refusal = { refused: 'not_found', detail: 'There is no such dead letter.' };
const notOpen: Refusal = { refused: 'state_conflict', detail: 'This dead letter has been settled already.' };
const busy: Refusal = { refused: 'state_conflict', detail: 'Another replay of the same subject is running.' };

type Pick = (uow: UnitOfWork) => Promise<DeadLetter | undefined>;

export function createDeadLetterDesk(desk: Desk): DeadLetterDesk {
  const { database, group } = desk;
  return {
    group,
    async replay(id, by) {
      const letter = await getLetter(database, [group], id);
      if (letter === undefined) return notFound;
      if (letter.status !== 'dead' && letter.status !== 'parked') return notOpen;
      const { topic, subject } = letter;
      if (subject === null) return replayInOrder(desk, (uow) => lockLetter(uow, group, id), by);
      return replayInOrder(desk, (uow) => lockFirst(uow, group, topic, subject), by);
    },
    async discard(id, by) {
      try {
        return await database.transaction(async (sql) => {
          if ((await lockLetter(sql, group, id)) === undefined) {
            return (await getLetter(sql, [group], id)) === undefined ? notFound : notOpen;
          }
          return (await settle(sql, id, { status: 'discarded', by })) ?? notOpen;
        });
      } catch (error) {
        if (sqlState(error) === LOCK_NOT_AVAILABLE) return busy;
        throw error;
      }
    },
    async replayReleased() {
      for (const { topic, subject } of await releasedSubjects(database, group, SUBJECTS_PER_ROUND_MAX)) {
        await replayInOrder(desk, (uow) => lockFirst(uow, group, topic, subject), contextOf(group, []));
      }
    },
  };
}

async function settle(
  sql: Transaction,
  id: string,
  { status, by }: { status: 'replayed' | 'discarded'; by: Asking },
): Promise<DeadLetter | undefined> {
  const settled = await settleLetter(sql, id, { status, by: by.caller.id });
  if (settled !== undefined) {
    const { consumer, subject, event_type } = settled;
    writeAuditLog(sql, [
      { entity: 'dead_letter', id, action: status, before: null, after: { consumer, subject, event_type }, by },
    ]);
  }
  return settled;
}

async function replayInOrder(desk: Desk, pick: Pick, by: Asking): Promise<ReplayResult | Refusal> {
  for (let replayed = 0; ; replayed += 1) {
    if (replayed === MESSAGES_PER_REPLAY_MAX) return { replayed, failed: null };
    const outcome = await replayOne(desk, pick, by);
    if (outcome === 'busy') return busy;
    if (outcome === 'none') return { replayed, failed: null };
    if (outcome !== 'replayed') return { replayed, failed: outcome };
  }
}

type OneReplay = 'replayed' | 'none' | 'busy' | { id: string; detail: string };

async function replayOne({ database, group, handle }: Desk, pick: Pick, by: Asking): Promise<OneReplay> {
  let held: DeadLetter | undefined;
  try {
    return await retryingConflicts(() => {
      held = undefined;
      return runUnitOfWork(database, contextOf(group, []), async (uow) => {
        held = await pick(uow);
        if (held === undefined) return 'none';
        const item = itemOfLetter(held);
        if (item?.kind === 'broken') throw new Error(item.failure.detail);
        if (item !== undefined) await handle(uow, [item.delivery], []);
        await settle(uow, held.id, { status: 'replayed', by });
        return 'replayed';
      });
    });
  } catch (error) {
    if (held === undefined && sqlState(error) === LOCK_NOT_AVAILABLE) return 'busy';
    if (held === undefined || isEnvironmentFault(error)) throw error;
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await noteFailure(database, held.id, detail);
    return { id: held.id, detail };
  }
}
