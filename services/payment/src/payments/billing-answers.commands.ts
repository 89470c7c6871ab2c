import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import { answerOf } from './billing-answer.ts';
import { follow } from './payment.ts';
import { loadPayments, savePaymentChanges } from './payments.store.ts';

/**
 * Brings payments up to what billing did with them, in the transaction that projects it: a payment stops
 * reserving exactly when the loan accounts show its effect. The customers' rows are locked already.
 * Answers for payments that are not here (another installation's) change nothing.
 */
export async function followBilling(uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<void> {
  const answers = deliveries.flatMap(({ event, customerId }) => {
    const answer = answerOf(event);
    return answer ? [{ customerId, id: answer.paymentId, answer }] : [];
  });
  const payments = await loadPayments(uow, answers);
  for (const { id, answer } of answers) {
    const payment = payments.get(id);
    if (payment) payments.set(id, follow(payment, answer));
  }
  savePaymentChanges(uow, [...payments.values()]);
}
