import type { Refusal } from '@tenor/contracts';
import { createWaiter, type Database, isRefusal, type Outcome, timeOfId } from '@tenor/service-kit';
import { mayBeUnpublished } from './doubt.ts';
import {
  disbursedLoans,
  readProgress,
  unknownIds,
  withDeadLetters,
  withUnansweredReversals,
  youngestEvent,
} from './projection.store.ts';

/** How long a refusal may wait for the projection before it is given up. */
const PROJECTION_WAIT_MS = 2_000;

/** The refusal given instead of one that could be wrong. */
export const projectionBehind: Refusal = {
  refused: 'projection_behind',
  detail: 'The latest news of the loans has not arrived yet; the same request can be sent again.',
};

/** A topic's partition (the topic without the tenant's prefix) with the offset after its last message. */
export interface EndOffset {
  topic: string;
  partition: number;
  /** Of the next message. */
  offset: bigint;
}

/** Where billing's topics end now, for this customer's partitions; rejects, within the wait, when Kafka does not say. */
export type ReadEndOffsets = (customerId: string) => Promise<EndOffset[]>;

export interface Projection {
  /**
   * Waits until the projection has taken in what billing had published about the customer, and every reversal of
   * theirs is answered; then, for the time that is left, until the awaited loans have appeared.
   * False when the news did not arrive in time; awaited ids that never appeared are an answer, not a delay.
   */
  catchUp(customerId: string, awaited: readonly string[]): Promise<boolean>;
  /**
   * The outcome of a command that named this customer and loans of theirs; `projection_behind` instead of a `not_found`
   * when each of them that is unknown may be one that billing has acknowledged and not published yet. A loan of another
   * customer is as unknown as one that there is not: the answer tells nobody of it.
   */
  certain<R>(outcome: Outcome<R>, named: Named, now: Date): Promise<Outcome<R>>;
  /** Ends all waits; what still asks is told that the news did not arrive. */
  stop(): void;
}

/** A customer, and loans that would be theirs. */
export interface Named {
  readonly customerId: string;
  readonly loanIds: readonly string[];
}

interface Condition {
  customerId: string;
  /** Each with its offset as text, to pass through JSON. */
  ends: { key: string; offset: string }[];
  /** Loans that must be disbursed, or the customer for any loan of theirs. */
  awaited: readonly string[];
}

export function createProjection(database: Database, consumer: string, readEndOffsets: ReadEndOffsets): Projection {
  const waiter = createWaiter({ poll: (ids) => conditionsMet(database, consumer, ids) });
  return {
    stop: () => waiter.stop(),
    async catchUp(customerId, awaited) {
      const started = performance.now();
      const left = () => Math.max(PROJECTION_WAIT_MS - (performance.now() - started), 0);
      const ends = await readEndOffsets(customerId).catch(() => undefined);
      if (!ends) return false;
      const offsets = ends.map((end) => ({ key: `${end.topic}/${end.partition}`, offset: `${end.offset}` }));
      const news: Condition = { customerId, ends: offsets, awaited: [] };
      if (!(await waiter.wait(JSON.stringify(news), left()))) return false;
      const seen: Condition = { customerId, ends: [], awaited };
      if (awaited.length > 0) await waiter.wait(JSON.stringify(seen), left());
      return true;
    },
    async certain(outcome, named, now) {
      if (!isRefusal(outcome) || outcome.refused !== 'not_found') return outcome;
      const unknown = await unknownIds(database, named);
      const heard = await youngestEvent(database, consumer);
      const at = { now, heardUpTo: heard === undefined ? undefined : timeOfId(heard) };
      const isDoubtful = unknown.length > 0 && unknown.every((id) => mayBeUnpublished(timeOfId(id), at));
      return isDoubtful ? projectionBehind : outcome;
    },
  };
}

async function conditionsMet(database: Database, consumer: string, ids: readonly string[]): Promise<Set<string>> {
  const conditions = ids.map((id) => ({ id, condition: JSON.parse(id) as Condition }));
  const customerIds = [...new Set(conditions.map(({ condition }) => condition.customerId))];
  const progress = await readProgress(database, consumer);
  const unanswered = await withUnansweredReversals(database, customerIds);
  const incomplete = await withDeadLetters(database, consumer, customerIds);
  const disbursed = await disbursedLoans(database, customerIds);
  const met = conditions.filter(
    ({ condition }) =>
      condition.ends.every(({ key, offset }) => (progress.get(key) ?? 0n) >= BigInt(offset)) &&
      !unanswered.has(condition.customerId) &&
      !incomplete.has(condition.customerId) &&
      condition.awaited.every((id) => disbursed.has(id)),
  );
  return new Set(met.map(({ id }) => id));
}
