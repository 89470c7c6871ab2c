import { businessCounter, type Metrics } from '@tenor/service-kit';
import type { NotificationCounters } from './notifications/dispatcher.commands.ts';
import type { WebhookCounters } from './webhooks/dispatcher.commands.ts';

/** What the business counts. Metrics are floating point by nature; no decision and no book ever reads them. */
export function createCounters(metrics: Metrics) {
  const opened = businessCounter(metrics, 'loans_opened_total', 'Loans opened.', ['product']);
  const lent = businessCounter(metrics, 'loans_principal_minor_total', 'Principal of opened loans in minor units.', [
    'currency',
  ]);
  const payments = businessCounter(metrics, 'payments_applied_total', 'Settled payments applied.', ['currency']);
  const paid = businessCounter(metrics, 'payments_applied_minor_total', 'Amounts of applied payments in minor units.', [
    'currency',
  ]);
  return {
    countOpened(product: string, currency: string, principal: bigint): void {
      opened.inc({ product });
      lent.inc({ currency }, Number.parseInt(principal.toString(), 10));
    },
    countApplied(currency: string, amount: bigint): void {
      payments.inc({ currency });
      paid.inc({ currency }, Number.parseInt(amount.toString(), 10));
    },
  };
}

/** What leaves the house, for `/metrics`. */
export function createOutwardCounters(metrics: Metrics): WebhookCounters & NotificationCounters {
  const attempts = businessCounter(metrics, 'webhook_attempts_total', 'Attempts to send webhooks, by outcome.', [
    'outcome',
  ]);
  const disabled = businessCounter(metrics, 'webhooks_disabled_total', 'Webhooks disabled by themselves, by reason.', [
    'reason',
  ]);
  const notified = businessCounter(metrics, 'notifications_total', 'Attempts to tell customers, by outcome.', [
    'channel',
    'outcome',
  ]);
  return {
    attempted: (outcome) => attempts.inc({ outcome }),
    disabled: (reason) => disabled.inc({ reason }),
    notified: (channel, outcome) => notified.inc({ channel, outcome }),
  };
}
