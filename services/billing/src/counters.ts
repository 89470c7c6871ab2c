import { businessCounter, businessGauge, type Metrics } from '@tenor/service-kit';
import type { CoreBankingMeters } from './core-banking/core-banking.client.ts';
import type { NotificationCounters } from './notifications/dispatcher.commands.ts';
import type { Decision } from './scoring/decisions.commands.ts';
import type { ScoringMeters } from './scoring/scoring.client.ts';
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

const breakerValues = { closed: 0, half_open: 1, open: 2 } as const;

/** How the calls to core banking and the scoring engine ended, and what was decided by scores. */
export function createOutsideCounters(metrics: Metrics) {
  const banking = businessCounter(metrics, 'core_banking_calls_total', 'Calls to core banking by outcome.', [
    'operation',
    'outcome',
  ]);
  const state = businessGauge(
    metrics,
    'core_banking_breaker_state',
    'Whether core banking is asked: 0 yes, 1 one call on trial, 2 no.',
  );
  const engine = businessCounter(metrics, 'scoring_calls_total', 'Calls to the scoring engine by outcome.', [
    'call',
    'outcome',
  ]);
  const decisions = businessCounter(metrics, 'scored_applications_total', 'Applications by what became of them.', [
    'decision',
  ]);
  const coreBanking: CoreBankingMeters = {
    called: (operation, outcome) => banking.inc({ operation, outcome }),
    breaker: (is) => state.set(breakerValues[is]),
  };
  const scoring: ScoringMeters = { called: (call, outcome) => engine.inc({ call, outcome }) };
  return { coreBanking, scoring, decided: (decision: Decision) => decisions.inc({ decision }) };
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
