import { businessCounter, type Metrics } from '@tenor/service-kit';
import type { PaymentCounters } from './payments/payments.commands.ts';

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
