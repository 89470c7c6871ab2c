import { createSettling, isContention, type Settling } from './consumer-settling.ts';
import type { Subscriber } from './consumer-transaction.ts';
import { type Item, type RawMessage, type Read, split } from './delivery.ts';
import { isEnvironmentFault } from './environment-fault.ts';
import { readProgress, rewindProgress } from './inbox.store.ts';
import type { Logger } from './logging.ts';
import { forgetPutAside, putAsidesAmong } from './put-asides.store.ts';
import { traceFields } from './trace-context.ts';

/** Between two heartbeats. */
const MESSAGES_PER_TRANSACTION_MAX = 500;

export interface BatchOptions {
  readonly subscriber: Subscriber;
  readonly read: Read;
  readonly logger: Logger;
}

/** Messages of one partition in the order of their offsets, and how to go on with the broker. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly RawMessage[];
  /** Offset after the last message, counting those that only the broker sees. */
  readonly nextOffset: bigint;
  /** The partition's end when the messages were fetched. */
  readonly endOffset: bigint;
  /** Asks the broker for the partition's end. */
  readonly askEnd: () => Promise<bigint>;
  /** Called before each transaction. False: the partition is no longer ours, or we are stopping. */
  readonly goOn: () => Promise<boolean>;
  /** Whether the partition could not be moved on the last time; its transactions are its own until it can. */
  readonly hasFailed: boolean;
  /** Everything before the offset is committed in the database. */
  readonly committed: (nextOffset: bigint) => void;
}

export interface BatchProcessor {
  /**
   * Settles the batch in transactions. Resolves also when it was told not to go on. Rejects when the
   * surroundings do not let it finish; what `committed` was told of is done all the same.
   */
  process(batch: Batch): Promise<void>;
}

/** The batch ends here; with a cause when the broker, not the work, is why. Never the fault of a message. */
class Interrupted extends Error {}

export function createBatchProcessor(options: BatchOptions): BatchProcessor {
  const settling = createSettling(options.subscriber);

  return {
    async process(batch) {
      try {
        let start = 0;
        while (start < batch.messages.length) {
          const { items, end, customers } = nextSet(batch.messages, start, settling.customersMax(), options.read);
          const next = end === batch.messages.length ? batch.nextOffset : offsetAt(batch, end);
          await settleSet(options, batch, { items, customers, end: next }, settling);
          start = end;
        }
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (error.cause !== undefined) throw error.cause;
      }
    },
  };
}

function offsetAt({ messages, nextOffset }: Batch, index: number): bigint {
  return messages[index]?.offset ?? nextOffset;
}

/** The messages from `start` on that one transaction takes. */
function nextSet(
  messages: readonly RawMessage[],
  start: number,
  customersMax: number,
  read: Read,
): { items: Item[]; end: number; customers: number } {
  const items: Item[] = [];
  const customers = new Set<string>();
  let end = start;
  for (; end < messages.length && end - start < MESSAGES_PER_TRANSACTION_MAX; end += 1) {
    const message = messages[end];
    const item = message && read(message);
    if (item?.kind === 'event') {
      if (customers.size === customersMax && !customers.has(item.delivery.customerId)) break;
      customers.add(item.delivery.customerId);
    }
    if (item !== undefined) items.push(item);
  }
  return { items, end, customers: Math.max(1, customers.size) };
}

/** The messages that a partition brings into one transaction, and the offset after them. */
interface MessageSet {
  readonly items: readonly Item[];
  readonly customers: number;
  readonly end: bigint;
}

/**
 * Settles one set, beside those of other partitions, alone when that fails, in smaller transactions when it fails as a
 * whole, and moves the committed prefix on.
 */
async function settleSet(
  options: BatchOptions,
  batch: Batch,
  { items, customers, end }: MessageSet,
  { together, alone }: Settling,
): Promise<void> {
  const { logger } = options;
  const pending = new Set(items.map(({ message }) => message.offset));
  const { topic, partition, endOffset } = batch;

  async function settle(part: readonly Item[], attempts: number, failure?: unknown): Promise<void> {
    await goOnOrInterrupt(batch);
    const nextOffset = firstOpen(pending, part) ?? end;
    const share = { items: part, advance: { topic, partition, nextOffset }, customers };
    const isSound = attempts === 1 && failure === undefined && !batch.hasFailed;
    const guilt = failure === undefined ? undefined : { detail: describe(failure), attempts };
    const stored = (isSound ? await together(share) : undefined) ?? (await alone(share, guilt));
    if (stored > endOffset) await rewindInNewTopic(options, batch, nextOffset);
    for (const { message } of part) pending.delete(message.offset);
    batch.committed(nextOffset);
  }

  async function settleOrSplit(part: readonly Item[], attempts: number): Promise<void> {
    try {
      await settle(part, attempts);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const parts = split(part);
      if (isEnvironmentFault(error) && !(isContention(error) && parts.length > 1)) throw error;
      if (parts.length > 1) return settleParts(parts, attempts + 1);
      // Storing what cannot be read calls no handler, so that its failure is no fault of the message.
      const [item] = part;
      if (item?.kind !== 'event') throw error;
      const { id, traceparent } = item.delivery.event;
      logger.error({ err: error, event_id: id, ...traceFields(traceparent) }, 'event put to the dead letters');
      await settle(part, attempts, error);
    }
  }

  /** A customer whose lock cannot be had does not hold up the others; its own later events wait. */
  async function settleParts(parts: readonly Item[][], attempts: number): Promise<void> {
    const held = new Map<string, unknown>();
    for (const part of parts) {
      const customer = customerOf(part);
      if (held.has(customer)) continue;
      try {
        await settleOrSplit(part, attempts);
      } catch (error) {
        if (!isContention(error)) throw error;
        held.set(customer, error);
      }
    }
    for (const error of held.values()) throw error;
  }

  if (items.length === 0) return settle([], 1);
  try {
    await settleOrSplit(items, 1);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      const left = items.filter(({ message }) => pending.has(message.offset));
      await putAsideAsOrdered(options, batch, left, (item, why) => settle([item], 1, `${why}; ${describe(error)}`));
    }
    throw error;
  }
}

/** The first offset that would still be open if these were committed. */
function firstOpen(pending: ReadonlySet<bigint>, part: readonly Item[]): bigint | undefined {
  const done = new Set(part.map(({ message }) => message.offset));
  return [...pending].find((offset) => !done.has(offset));
}

/**
 * For progress beyond the end that the batch knows. Either another member has read on and this one is late; or the topic
 * was made anew and is shorter than what was read of the old one, in which case the progress is that of the new one.
 */
async function rewindInNewTopic({ subscriber }: BatchOptions, batch: Batch, nextOffset: bigint): Promise<void> {
  await goOnOrInterrupt(batch);
  const place = { consumer: subscriber.group, topic: batch.topic, partition: batch.partition };
  const seen = await readProgress(subscriber.database, place);
  // Asked for after the progress was read, so that only a new topic can end before it.
  const end = await orInterrupt(batch.askEnd());
  if (seen > end) await rewindProgress(subscriber.database, place, seen, nextOffset);
}

/** What an operator gave up because it fails for ever, though by the fault of nobody: a time-out, for one. */
async function putAsideAsOrdered(
  { subscriber, logger }: BatchOptions,
  { topic, partition }: Batch,
  items: readonly Item[],
  putAside: (item: Item, why: string) => Promise<void>,
): Promise<void> {
  const place = { consumer: subscriber.group, topic, partition };
  const offsets = items.map(({ message }) => message.offset);
  try {
    for (const order of await putAsidesAmong(subscriber.database, place, offsets)) {
      const item = items.find(({ message }) => message.offset === order.message_offset);
      if (item !== undefined) await putAside(item, `${order.reason} (put aside by ${order.ordered_by})`);
      await forgetPutAside(subscriber.database, order);
      logger.warn({ topic, partition, offset: String(order.message_offset) }, 'message put aside as ordered');
    }
  } catch (error) {
    logger.debug({ err: error }, 'orders to put aside could not be carried out; the next failure tries again');
  }
}

async function goOnOrInterrupt({ goOn }: Batch): Promise<void> {
  if (!(await orInterrupt(goOn()))) throw new Interrupted();
}

async function orInterrupt<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause: unknown) => {
    throw new Interrupted('the broker could not be reached', { cause });
  });
}

/** Parts are of one customer each; what cannot be read is of nobody. */
function customerOf([item]: readonly Item[]): string {
  return item?.kind === 'event' ? item.delivery.customerId : '';
}

function describe(failure: unknown): string {
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
}
