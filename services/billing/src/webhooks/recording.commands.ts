import type { AnyEvent } from '@tenor/contracts';
import { newId, type UnitOfWork } from '@tenor/service-kit';
import { readSubscriptions, type Subscription, storeDeliveries } from './deliveries.store.ts';
import { wants } from './event-filter.ts';

/** How far an event's clock may be behind that of the database by which a subscription began. */
const CLOCK_TOLERANCE_MS = 10_000;

/** Has each event sent to all who want it, once this transaction is committed. The order of events is not kept. */
export async function recordDeliveries(uow: UnitOfWork, events: readonly AnyEvent[]): Promise<void> {
  const subscriptions = await readSubscriptions(uow);
  const deliveries = events.flatMap((event) =>
    subscriptions
      .filter((subscription) => isFor(subscription, event))
      .map(({ id: webhookId }) => ({ id: newId(), webhookId, messageId: event.id })),
  );
  if (deliveries.length === 0) return;
  const wanted = new Set(deliveries.map(({ messageId }) => messageId));
  const messages = events
    .filter(({ id }) => wanted.has(id))
    .map((event) => ({ id: event.id, type: event.type, subject: event.subject, body: JSON.stringify(event) }));
  storeDeliveries(uow, messages, deliveries);
}

/** What happened before the subscription is not news to it, also where a consumer reads a topic from its start. */
function isFor({ eventTypes, createdAt }: Subscription, { type, time }: AnyEvent): boolean {
  return wants(eventTypes, type) && Date.parse(time) >= Date.parse(createdAt) - CLOCK_TOLERANCE_MS;
}
