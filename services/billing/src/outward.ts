import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Backbone } from '@tenor/service-kit';
import type { BillingConfig } from './config.ts';
import { createOutwardCounters } from './counters.ts';
import type { CustomersStore } from './customers/customers.store.ts';
import { startNotificationDispatcher } from './notifications/dispatcher.commands.ts';
import { notificationSender, type SendNotification } from './notifications/notifications.client.ts';
import { notificationsRoutes } from './notifications/notifications.routes.ts';
import { deliveriesRoutes } from './webhooks/deliveries.routes.ts';
import { startWebhookDispatcher } from './webhooks/dispatcher.commands.ts';
import { createTargetClient } from './webhooks/webhook-target.client.ts';
import { webhooksRoutes } from './webhooks/webhooks.routes.ts';

export interface Outward {
  readonly isNotifying: boolean;
  /** Those of webhooks, and of what customers were told. */
  routes(app: App): void;
  /** Looks at once for what is to be sent. */
  wake(): void;
  /** Waits for what is being sent. */
  stop(): Promise<void>;
}

/** Starts what sends: webhooks, and messages to customers where there is a provider to hand them to. */
export function startOutward(
  backbone: Backbone,
  config: BillingConfig,
  { customers, send }: { customers: CustomersStore; send: SendNotification | undefined },
): Outward {
  const { database, logger, metrics } = backbone;
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});
  const shared = { database, logger, pause, counters: createOutwardCounters(metrics) };
  const timeoutMs = config.WEBHOOK_TIMEOUT_MS;
  const targets = createTargetClient({ allowedHosts: config.WEBHOOK_ALLOWED_HOSTS, timeoutMs });
  const webhooks = startWebhookDispatcher({ ...shared, targets, timeoutMs });
  const notifications =
    send && startNotificationDispatcher({ ...shared, customers, send, timeoutMs: config.NOTIFICATIONS_TIMEOUT_MS });
  const wake = (): void => {
    webhooks.wake();
    notifications?.wake();
  };
  return {
    isNotifying: notifications !== undefined,
    routes(app) {
      const service = { database, allowedHosts: config.WEBHOOK_ALLOWED_HOSTS, wake };
      webhooksRoutes(app, service);
      deliveriesRoutes(app, service);
      notificationsRoutes(app, service);
    },
    wake,
    async stop() {
      await Promise.all([webhooks.stop(), notifications?.stop()]);
      await targets.stop();
    },
  };
}

/** Undefined where the configuration names no provider of messages. Throws for one without its key. */
export function notificationSenderOf(config: BillingConfig): SendNotification | undefined {
  const { NOTIFICATIONS_URL: url, NOTIFICATIONS_API_KEY: apiKey, NOTIFICATIONS_TIMEOUT_MS: timeoutMs } = config;
  if (url === undefined) return undefined;
  if (apiKey === undefined) throw new Error('NOTIFICATIONS_URL is given without NOTIFICATIONS_API_KEY.');
  return notificationSender({ url, apiKey, timeoutMs });
}
