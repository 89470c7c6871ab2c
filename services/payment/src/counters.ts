import { businessCounter, type Metrics } from '@tenor/service-kit';
import type { DispatchCounters } from './gateway/dispatcher.commands.ts';
import type { WebhookService } from './gateway/webhooks.commands.ts';
import type { PaymentCounters } from './payments/payments.commands.ts';
import type { ReconciliationService } from './reconciliation/reconciliation.commands.ts';

/** What the business counts, for `/metrics`. */
export function createCounters(metrics: Metrics): PaymentCounters {
  const recorded = businessCounter(metrics, 'payments_recorded_total', 'Payments recorded, by outcome.', ['outcome']);
  const refused = businessCounter(metrics, 'payments_refused_total', 'Payments refused, by problem code.', ['code']);
  const takenBack = businessCounter(metrics, 'payments_taken_back_total', 'Payments taken back, by kind.', ['kind']);
  return {
    recorded: (outcome) => recorded.inc({ outcome }),
    refused: (code) => refused.inc({ code }),
    takenBack: (kind) => takenBack.inc({ kind }),
  };
}

/** What goes to payment providers and comes from them, for `/metrics`. */
export function createGatewayCounters(metrics: Metrics): DispatchCounters & WebhookService['counters'] {
  const calls = businessCounter(metrics, 'gateway_calls_total', 'Calls to providers, by what came of them.', [
    'provider',
    'kind',
    'outcome',
  ]);
  const webhooks = businessCounter(metrics, 'gateway_webhooks_total', 'Webhooks of providers, by outcome or problem.', [
    'provider',
    'outcome',
  ]);
  return {
    called: (provider, kind, outcome) => calls.inc({ provider, kind, outcome }),
    webhook: (provider, outcome) => webhooks.inc({ provider, outcome }),
  };
}

/** What reconciliation counts, for `/metrics`. */
export function createReconciliationCounters(metrics: Metrics): ReconciliationService['counters'] {
  const differences = businessCounter(
    metrics,
    'reconciliation_differences_total',
    'Differences between payment and billing as they were reported, by kind.',
    ['kind'],
  );
  const healed = businessCounter(metrics, 'reconciliation_healed_total', 'Differences healed, by remedy.', ['remedy']);
  return { differs: (kind) => differences.inc({ kind }), healed: (remedy) => healed.inc({ remedy }) };
}
