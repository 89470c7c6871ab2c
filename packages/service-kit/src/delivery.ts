import { type AnyEvent, type DecodeFailure, decodeEvent, type EventType } from '@tenor/contracts';

/** A message as the broker gave it. */
export interface RawMessage {
  /** Without the tenant's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Buffer | null;
  /** When it was written to the topic, in ms since 1970; undefined for one that was put aside. */
  readonly writtenAtMs?: number;
}

/** An event on its way to a handler. */
export interface Delivery<E = AnyEvent> {
  readonly event: E;
  readonly customerId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A message to be settled: an event to handle, or one that cannot be read. */
export type Item =
  | { readonly kind: 'event'; readonly message: RawMessage; readonly delivery: Delivery }
  | { readonly kind: 'broken'; readonly message: RawMessage; readonly failure: DecodeFailure };

/** Which messages a consumer has a use for. */
export interface Reading {
  /** Only these are handled, the others passed over without a trace; all that are known unless given. */
  readonly types?: readonly EventType[];
  /** Whether what cannot be read is passed over too: for a consumer beside one that keeps it as a dead letter. */
  readonly passesOverUnreadable?: boolean;
}

export type Read = (message: RawMessage) => Item | undefined;

export function readerOf({ types, passesOverUnreadable = false }: Reading): Read {
  const wanted = types === undefined ? undefined : new Set<string>(types);
  return (message) => {
    const item = itemOf(message, wanted);
    return item?.kind === 'broken' && passesOverUnreadable ? undefined : item;
  };
}

/** Decodes by contract. Undefined for a sound event that this consumer has no use for: it is passed over. */
export function itemOf(message: RawMessage, types: ReadonlySet<string> | undefined): Item | undefined {
  const decoded = decodeEvent(message.value);
  if (!decoded.ok) return { kind: 'broken', message, failure: decoded };
  if (!decoded.known || (types !== undefined && !types.has(decoded.event.type))) return undefined;
  const { event } = decoded;
  const { topic, partition, offset } = message;
  return { kind: 'event', message, delivery: { event, customerId: event.partitionkey, topic, partition, offset } };
}

/** A message that was put aside, read again. Undefined for an event that is no longer known. */
export function itemOfLetter(letter: {
  readonly topic: string;
  readonly partition: number;
  readonly message_offset: bigint;
  readonly message_key: string | null;
  readonly value: Buffer | null;
}): Item | undefined {
  const { topic, partition, message_offset: offset, message_key: key, value } = letter;
  return itemOf({ topic, partition, offset, key, value }, undefined);
}

/** By customer, each customer's events in the order in which they came. */
export function byCustomer(deliveries: readonly Delivery[]): Delivery[] {
  return [...deliveries].sort((a, b) => {
    if (a.customerId !== b.customerId) return a.customerId < b.customerId ? -1 : 1;
    return a.offset < b.offset ? -1 : 1;
  });
}

/**
 * A failed set in smaller ones: what cannot be read first, since later events of its subject wait behind
 * it; then one set per customer; and one customer's events one by one.
 */
export function split(items: readonly Item[]): Item[][] {
  const broken = items.filter(({ kind }) => kind === 'broken');
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.kind !== 'event') continue;
    const group = groups.get(item.delivery.customerId) ?? [];
    groups.set(item.delivery.customerId, group);
    group.push(item);
  }
  if (broken.length > 0 || groups.size > 1) {
    const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    return [...broken.map((item) => [item]), ...sorted];
  }
  return items.map((item) => [item]);
}
