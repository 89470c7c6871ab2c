import { type CommandContext, type Database, isRefusal, type Outcome, refuse } from '@tenor/service-kit';
import type { PaymentOrder } from '../payments/new-payments.commands.ts';
import type { PaymentReference } from '../payments/payments.commands.ts';
import { loadPayment } from '../payments/payments.store.ts';

/** How often one natural key is paid for and taken back, and paid for again, while keys are kept. */
const TIMES_MAX = 50;

export type RecordOrder = (context: CommandContext, order: PaymentOrder) => Promise<Outcome<PaymentReference>>;

/**
 * Records a payment under a natural key, which a payment that was taken back frees for the next one. Refuses
 * `state_conflict` when that happened too often.
 *
 * @param contextOf the context under the key's n-th use, counted from 0
 */
export async function recordOnce(
  database: Database,
  record: RecordOrder,
  contextOf: (use: number) => CommandContext,
  order: PaymentOrder,
): Promise<Outcome<PaymentReference>> {
  for (let use = 0; use < TIMES_MAX; use += 1) {
    const outcome = await record(contextOf(use), order);
    if (isRefusal(outcome) || !outcome.replayed) return outcome;
    const { customer_id: customerId, payment_id: id } = outcome.result;
    if ((await loadPayment(database, { customerId, id })).status !== 'reversed') return outcome;
  }
  return refuse('state_conflict', 'This was paid and taken back too often; say an Idempotency-Key.');
}
