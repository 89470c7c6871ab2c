import { businessCounter, businessGauge, type Metrics } from '@tenor/service-kit';
import type { CallGauges } from './gateway/call-watch.commands.ts';
import type { DispatchCounters } from './gateway/dispatcher.commands.ts';
import type { PollCounters } from './gateway/poller.commands.ts';
import type { WebhookService } from './gateway/webhooks.commands.ts';
import type { PaymentCounters } from './payments/payments.commands.ts';
import type { ReconciliationService } from './reconciliation/books.commands.ts';

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
export function createGatewayCounters(metrics: Metrics): DispatchCounters & PollCounters & WebhookService['counters'] {
  const calls = businessCounter(metrics, 'gateway_calls_total', 'Calls to providers, by what came of them.', [
    'provider',
    'kind',
    'outcome',
  ]);
  const polls = businessCounter(metrics, 'gateway_polls_total', 'Questions for outcomes, by what was answered.', [
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
    polled: (provider, kind, outcome) => polls.inc({ provider, kind, outcome }),
    webhook: (provider, outcome) => webhooks.inc({ provider, outcome }),
  };
}

/** Calls to payment providers that have no outcome, for `/metrics`. */
export function createCallGauges(metrics: Metrics): CallGauges {
  const labels = ['provider', 'kind', 'state'] as const;
  const count = businessGauge(metrics, 'gateway_calls_open', 'Calls to providers without an outcome.', labels);
  const oldest = businessGauge(
    metrics,
    'gateway_calls_open_oldest_seconds',
    'Age of the oldest call without an outcome.',
    labels,
  );
  return {
    show(open) {
      count.reset();
      oldest.reset();
      for (const { provider, kind, state, count: calls, oldestSeconds } of open) {
        count.set({ provider, kind, state }, calls);
        oldest.set({ provider, kind, state }, oldestSeconds);
      }
    },
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
