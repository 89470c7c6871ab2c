import type { AnyEvent } from '@tenor/contracts';
import { newId, type UnitOfWork } from '@tenor/service-kit';
import { channels, factsOf, isNews } from './message.ts';
import { storeNotifications } from './notifications.store.ts';

/**
 * Has customers told of these events by every channel, once this transaction is committed. Whether a channel reaches the
 * customer shows as it is sent: no personal data is read here, and none is stored.
 */
export function recordNotifications(uow: UnitOfWork, events: readonly AnyEvent[], now: Date): void {
  const notifications = events
    .filter((event) => isNews(event, now))
    .flatMap((event) =>
      channels.map((channel) => ({
        customerId: event.partitionkey,
        id: newId(),
        eventId: event.id,
        eventType: event.type,
        loanId: event.subject,
        channel,
        facts: factsOf(event),
      })),
    );
  if (notifications.length > 0) storeNotifications(uow, notifications);
}
