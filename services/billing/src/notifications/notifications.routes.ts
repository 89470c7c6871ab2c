import { UuidSchema } from '@tenor/contracts';
import { type App, type Database, readPage } from '@tenor/service-kit';
import { type NotificationJson, NotificationListQuerySchema, NotificationPageSchema } from './notifications.schemas.ts';
import { type Notification, pageOfNotifications } from './notifications.store.ts';

export function notificationsRoutes(app: App, { database }: { readonly database: Database }): void {
  app.get(
    '/v1/notifications',
    {
      config: { permission: 'notifications:read' },
      schema: {
        tags: ['notifications'],
        summary: 'What customers were told, or not and why; newest first, for 90 days',
        querystring: NotificationListQuerySchema,
        response: { 200: NotificationPageSchema },
      },
    },
    ({ query: { customer_id: customerId, status, ...page } }) =>
      readPage(
        page,
        UuidSchema,
        (before, limit) => pageOfNotifications(database, { customerId, status, before, limit }),
        { item: present, position: ({ id }) => id },
      ),
  );
}

function present(notification: Notification): NotificationJson {
  return {
    id: notification.id,
    customer_id: notification.customerId,
    loan_id: notification.loanId,
    event_id: notification.eventId,
    event_type: notification.eventType,
    channel: notification.channel,
    status: notification.status,
    reason: notification.reason,
    provider_reference: notification.providerReference,
    attempts: notification.attempts,
    next_attempt_at: notification.nextAttemptAt,
    created_at: notification.createdAt,
    ended_at: notification.endedAt,
  };
}
