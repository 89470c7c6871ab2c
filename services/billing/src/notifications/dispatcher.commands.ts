import {
  BATCH_MAX,
  backOffMs,
  type Database,
  FIRST_RETRY_MS,
  LAST_RETRY_MS,
  type Logger,
  type Round,
  type Rounds,
  type RoundsOptions,
  roundOf,
  startRounds,
} from '@tenor/service-kit';
import type { CustomersStore } from '../customers/customers.store.ts';
import { messageFor, NEWS_HOURS_MAX } from './message.ts';
import type { SendNotification } from './notifications.client.ts';
import {
  endNotification,
  type NotificationEnd,
  postponeNotification,
  type TakenNotification,
  takeNotifications,
} from './notifications.store.ts';
import { recipientOf } from './recipient.ts';

export interface NotificationDispatcherOptions extends Pick<RoundsOptions, 'pause'> {
  readonly database: Database;
  readonly logger: Logger;
  readonly customers: Pick<CustomersStore, 'find'>;
  readonly send: SendNotification;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly counters: NotificationCounters;
}

export interface NotificationCounters {
  notified(channel: string, outcome: string): void;
}

/** Of a lease, beyond the time-out of the send that it covers. */
const LEASE_MARGIN_MS = 15_000;
const unsent = { providerReference: null };

/**
 * Hands what is due to the provider, at least once each; it sends it once by the Idempotency-Key. Any number of replicas
 * share the work by leases. Contact data is read for each attempt and kept nowhere.
 */
export function startNotificationDispatcher(options: NotificationDispatcherOptions): Rounds {
  const { logger, pause } = options;
  const lines = {
    silent: 'notifications get no answer; they are kept and tried again',
    answered: 'notifications are answered again',
  };
  return startRounds({ logger, pause, peer: 'notifications', lines }, () => dispatchRound(options));
}

async function dispatchRound(options: NotificationDispatcherOptions): Promise<Round> {
  const { database, timeoutMs } = options;
  const limits = { limit: BATCH_MAX, leaseMs: timeoutMs + LEASE_MARGIN_MS, overdueHours: NEWS_HOURS_MAX };
  const taken = await takeNotifications(database.background, limits);
  return roundOf(taken.map((notification) => dispatch(options, notification)));
}

/** Whether it needs no further attempt. */
async function dispatch(options: NotificationDispatcherOptions, notification: TakenNotification): Promise<boolean> {
  const { database, counters, logger } = options;
  const outcome = await attempt(options, notification);
  counters.notified(notification.channel, 'faulted' in outcome ? 'faulted' : outcome.status);
  if ('faulted' in outcome) {
    logger.debug({ id: notification.id, reason: outcome.faulted }, 'a notification got no answer');
    const pauseMs = backOffMs(notification.attempts, FIRST_RETRY_MS, LAST_RETRY_MS);
    await postponeNotification(database.background, notification, pauseMs);
    return false;
  }
  await endNotification(database.background, notification, outcome);
  return true;
}

async function attempt(
  { database, customers, send }: NotificationDispatcherOptions,
  { customerId, id, channel, eventType, facts, isOverdue }: TakenNotification,
): Promise<NotificationEnd | { faulted: string }> {
  if (isOverdue) return { status: 'failed', reason: 'too_late', ...unsent };
  const recipient = recipientOf((await customers.find(database.background, customerId))?.personal, channel);
  if ('skip' in recipient) return { status: 'skipped', reason: recipient.skip, ...unsent };
  const { to, name } = recipient;
  const answer = await send({ id, channel, to, ...messageFor(eventType, channel, facts, name) });
  switch (answer.kind) {
    case 'sent':
      return { status: 'sent', reason: null, providerReference: answer.reference };
    case 'refused':
      return { status: 'failed', reason: answer.code, ...unsent };
    case 'faulted':
      return { faulted: answer.reason };
    default:
      return answer satisfies never;
  }
}
