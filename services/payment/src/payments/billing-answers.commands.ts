import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import { answerOf } from './billing-answer.ts';
import { fits, follow } from './payment.ts';
import { loadPayments, savePaymentChanges } from './payments.store.ts';

/**
 * Brings payments up to what billing did with them, in the transaction that projects it: a payment stops
 * reserving exactly when the loan accounts show its effect. The customers' rows are locked already.
 * Answers for payments that are not here (another installation's) change nothing.
 *
 * What snapshots have superseded came first. It was put aside since something was wrong with it or before it: an answer
 * in it that cannot be true is left to reconciliation, so that the snapshot goes on all the same.
 */
export async function followBilling(
  uow: UnitOfWork,
  deliveries: readonly Delivery[],
  superseded: readonly Delivery[],
): Promise<void> {
  const [earlier, answers] = [answersIn(superseded), answersIn(deliveries)];
  const payments = await loadPayments(uow, [...earlier, ...answers]);
  for (const { id, answer } of earlier) {
    const payment = payments.get(id);
    if (payment && fits(payment, answer)) payments.set(id, follow(payment, answer));
  }
  for (const { id, answer } of answers) {
    const payment = payments.get(id);
    if (payment) payments.set(id, follow(payment, answer));
  }
  savePaymentChanges(uow, [...payments.values()]);
}

function answersIn(deliveries: readonly Delivery[]) {
  return deliveries.flatMap(({ event, customerId }) => {
    const answer = answerOf(event);
    return answer ? [{ customerId, id: answer.paymentId, answer }] : [];
  });
}
