import type { EventContract, Refusal } from '@tenor/contracts';
import { encodeEvent } from '@tenor/contracts';
import type { Static } from 'typebox';
import { type AskedChange, writeAuditLog } from './audit-log.store.ts';
import type { Caller, CommandContext } from './caller.ts';
import type { DataChange } from './data-change.ts';
import { type Cause, committedAllTheSame, type Database, type Transaction } from './database.ts';
import { isRefusal } from './errors.ts';
import { coalesced, refuseInFlight, replayOf, reserveKey, storeResult } from './idempotency.ts';
import { newId, timeOfId } from './ids.ts';
import { type OutboxEvent, signalPublished, writeOutbox } from './outbox.store.ts';
import { slotOf } from './outbox-slots.ts';
import { retryingConflicts } from './retry.ts';
import { childTraceparent } from './trace-context.ts';

/** An event on its way out; its data is checked against its contract as it is handed over. */
export interface OutgoingEvent {
  readonly contract: EventContract;
  /** Id of the loan, customer or payment that the event is about. */
  readonly subject: string;
  /** Key of the message and of the order of publication; the transaction holds the lock on this customer's row. */
  readonly customerId: string;
  /** From 1 without gaps, per subject, counting published events only. */
  readonly sequence: bigint | number;
  readonly data: unknown;
  /** Given only where an event is published again, so that whoever has it knows it; else a new one. */
  readonly id?: string | undefined;
  /** The cause's, where it is not the command's own: in a batch each delivery has its own. */
  readonly traceparent?: string | undefined;
}

/** One transaction and what leaves the process once it is committed. */
export interface UnitOfWork extends Transaction {
  readonly caller: Caller;
  readonly requestId: string;
  /** The client's; left out where no request is served. */
  readonly address?: string;
  readonly traceparent: string;
  /** Throws a ContractError when the data breaks the contract. Written to the outbox before the commit. Returns the event's id. */
  publish(event: OutgoingEvent): string;
  /** Kept in the log of data changes, in the caller's name; of what was changed only the fields that differ. */
  recordChange(change: DataChange): void;
  /** Runs after the commit, never after a rollback. Must not throw. */
  afterCommit(callback: () => void): void;
}

/** Publishes the events of one subject and counts them; the caller's store saves `sequence` on the subject's row. */
export interface SubjectPublisher {
  /** Returns the event's id. */
  publish<Contract extends EventContract>(contract: Contract, data: Static<Contract['data']>): string;
  /** The last number given out. */
  readonly sequence: bigint;
}

/** `sequence` is the last number that the subject's row knows; 0n for a subject that has published nothing. */
export function subjectPublisher(
  uow: UnitOfWork,
  from: { subject: string; customerId: string; sequence: bigint; traceparent?: string | undefined },
): SubjectPublisher {
  let sequence = from.sequence;
  return {
    publish(contract, data) {
      sequence += 1n;
      return uow.publish({ ...from, contract, sequence, data });
    },
    get sequence() {
      return sequence;
    },
  };
}

export type Outcome<R> = { readonly result: R; readonly replayed: boolean } | Refusal;
type Work<R> = (uow: UnitOfWork) => Promise<R | Refusal>;

/** Takes a refusal through the rollback; never seen outside this file. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/**
 * Runs one command in one transaction: the idempotency row, the work, then events, result and commit.
 * A refusal rolls everything back and stores nothing. A known key answers what was stored, `replayed: true`;
 * with another body `idempotency_mismatch`; still running after 5 s `idempotency_in_flight`. Serialization
 * failures and deadlocks are repeated, so `work` may run more than once and keeps its effects in `uow`.
 *
 * `R` is a small JSON reference to what was done ({ payment_id }), from which the route presents its
 * answer, the first time and on a replay alike; neither a body nor personal data.
 */
export async function execute<R extends object>(
  database: Database,
  context: CommandContext,
  work: Work<R>,
): Promise<Outcome<R>> {
  const attempt = (): Promise<Outcome<R>> => executeAlone(database, context, work);
  return context.idempotency === undefined ? attempt() : coalesced(database, context.idempotency, attempt);
}

/** As `execute`, for a caller that has seen to it that the key's duplicates in this process wait. */
export async function executeAlone<R extends object>(
  database: Database,
  context: CommandContext,
  work: Work<R>,
): Promise<Outcome<R>> {
  const { idempotency } = context;
  try {
    return await retryingConflicts(() =>
      runUnitOfWork(database, context, async (uow): Promise<Outcome<R>> => {
        if (idempotency !== undefined) {
          if ((await reserveKey(uow, idempotency)) === 'known') return settled(await replayOf<R>(uow, idempotency));
        }
        const result = await work(uow);
        if (isRefusal(result)) throw new Refused(result);
        if (idempotency !== undefined) storeResult(uow, idempotency, result);
        return { result, replayed: false };
      }),
    );
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    const refusal = refuseInFlight(error);
    if (refusal !== undefined) return refusal;
    throw error;
  }
}

function settled<R extends object>(replay: R | Refusal): Outcome<R> {
  return isRefusal(replay) ? replay : { result: replay, replayed: true };
}

/** Takes an outcome through the rollback; never seen outside this file. */
class Rehearsed extends Error {}

/**
 * What one command would come to: its work runs as `execute` runs it, under the same locks, but nothing of what it
 * writes is sent, no event leaves, and the transaction is taken back.
 */
export async function rehearse<R extends object>(
  database: Database,
  context: Omit<CommandContext, 'idempotency'>,
  work: Work<R>,
): Promise<R | Refusal> {
  return retryingConflicts(async () => {
    let outcome: R | Refusal | undefined;
    try {
      await database.transaction(async ({ query }) => {
        outcome = await work(unitOfWork(database, { query, write: () => undefined }, context).uow);
        throw new Rehearsed();
      });
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
    }
    if (outcome === undefined) throw new Error('A rehearsal ended without an outcome');
    return outcome;
  });
}

/** One transaction without an idempotency key: for consumers and jobs. Rejects, after the rollback, as `work` does. */
export function runUnitOfWork<T>(
  database: Database,
  context: Omit<CommandContext, 'idempotency'>,
  work: (uow: UnitOfWork) => Promise<T>,
): Promise<T> {
  const { traceparent: parent, links } = context;
  return transact(database, links === undefined ? { parent } : { parent, links }, async (sql) => {
    const { uow, effects } = unitOfWork(database, sql, context);
    return { result: await work(uow), effects: [effects] };
  });
}

/** What a unit of work leaves behind once it is committed. */
export interface Effects {
  readonly events: OutboxEvent[];
  readonly changes: AskedChange[];
  readonly callbacks: (() => void)[];
}

/** A unit of work in this transaction: the only one, or the `index`-th of those that share it. */
export function unitOfWork(
  database: Database,
  sql: Transaction,
  { caller, requestId, address, traceparent: parent }: CommandContext,
  index = 0,
): { uow: UnitOfWork; effects: Effects } {
  const effects: Effects = { events: [], changes: [], callbacks: [] };
  const traceparent = sql.traceparents?.[index] ?? parent ?? childTraceparent();
  const by = { caller, requestId, ...(address === undefined ? {} : { address }) };
  const uow: UnitOfWork = {
    ...sql,
    ...by,
    traceparent,
    publish(event) {
      const outgoing = outboxEvent(database, { ...event, traceparent: event.traceparent ?? traceparent });
      effects.events.push(outgoing);
      return outgoing.eventId;
    },
    recordChange: (change) => effects.changes.push({ ...change, by }),
    afterCommit: (callback) => effects.callbacks.push(callback),
  };
  return { uow, effects };
}

/** One transaction with the effects that `work` says: events and changes before the commit, callbacks after it. */
export async function transact<T>(
  database: Database,
  cause: Cause,
  work: (sql: Transaction) => Promise<{ result: T; effects: readonly Effects[] }>,
): Promise<T> {
  const { result, effects } = await database.transaction(async (sql) => {
    const done = await work(sql);
    writeOutbox(
      sql,
      done.effects.flatMap(({ events }) => events),
    );
    writeAuditLog(
      sql,
      done.effects.flatMap(({ changes }) => changes),
    );
    return done;
  }, cause);
  try {
    signalPublished(
      database,
      effects.flatMap(({ events }) => events.map(({ customerId }) => slotOf(customerId))),
    );
    for (const { callbacks } of effects) for (const callback of callbacks) callback();
  } catch (error) {
    throw committedAllTheSame(error);
  }
  return result;
}

function outboxEvent(database: Database, { contract, id = newId(), ...event }: OutgoingEvent): OutboxEvent {
  // From the id, so that an event published again says the same time.
  const time = timeOfId(id)?.toISOString();
  if (time === undefined) throw new Error(`The event id ${id} is no UUIDv7`);
  const source = `/tenor/${database.schema}`;
  return {
    customerId: event.customerId,
    eventId: id,
    topic: contract.topic,
    subject: event.subject,
    type: contract.type,
    payload: encodeEvent(contract, { ...event, id, source, time }),
  };
}
