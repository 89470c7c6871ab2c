import type { Item } from './delivery.ts';
import type { OutboxRow } from './outbox.store.ts';
import { parseTraceparent } from './trace-context.ts';
import { errorKind, type Span, type SpanAttributes, type Tracer } from './tracer.ts';

/** A consumer's shares, each event now naming the span under which it is handled as its cause. */
export interface TracedShares<Share> {
  readonly shares: readonly Share[];
  /** Ends their spans, with the error that kept them from being settled if there was one. */
  end(error?: unknown): void;
}

/** A span for every event of a transaction, so that what one of them causes stays in its own trace. */
export function traceShares<Share extends { readonly items: readonly Item[] }>(
  tracer: Tracer | undefined,
  group: string,
  shares: readonly Share[],
): TracedShares<Share> {
  if (tracer === undefined) return { shares, end: () => {} };
  const spans: Span[] = [];
  const trace = (item: Item): Item => {
    if (item.kind === 'broken') return item;
    const { delivery, message } = item;
    const { event } = delivery;
    const span = tracer.start({
      name: `process ${event.type}`,
      kind: 'consumer',
      parent: event.traceparent,
      attributes: {
        ...messageAttributes('process', message.topic, event),
        'messaging.consumer.group.name': group,
        'messaging.destination.partition.id': String(message.partition),
        'messaging.kafka.offset': Number(message.offset),
      },
    });
    spans.push(span);
    return { ...item, delivery: { ...delivery, event: { ...event, traceparent: span.traceparent } } };
  };
  return {
    shares: shares.map((share) => ({ ...share, items: share.items.map(trace) })),
    end(error) {
      for (const span of spans) span.end(error === undefined ? {} : { error: errorKind(error) });
    },
  };
}

/**
 * A span for every event that the broker has taken and the outbox forgotten, from `sentAt` (milliseconds since 1970)
 * to now. A send that fails is repeated and makes none: during an outage it is the metrics that count.
 */
export function tracePublications(tracer: Tracer, rows: readonly OutboxRow[], sentAt: number): void {
  for (const { topic, payload } of rows) {
    // What has none is a dead letter: the message of somebody else, told of in its own trace.
    if (payload === null) continue;
    const event = JSON.parse(payload) as Published;
    if (parseTraceparent(event.traceparent)?.isSampled !== true) continue;
    tracer
      .start({
        name: `send ${event.type}`,
        kind: 'producer',
        parent: event.traceparent,
        attributes: messageAttributes('send', topic, event),
        startedAt: sentAt,
      })
      .end();
  }
}

/** What a span needs to know of an event. */
interface Published {
  readonly id: string;
  readonly type: string;
  readonly traceparent?: string;
}

function messageAttributes(operation: 'send' | 'process', topic: string, { id, type }: Published): SpanAttributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
    'messaging.message.id': id,
    'cloudevents.event_type': type,
  };
}
