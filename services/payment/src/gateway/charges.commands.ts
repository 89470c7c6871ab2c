import { paymentFailed, paymentSettled } from '@tenor/contracts';
import { isRefusal, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import { lockCustomer } from '../loan-accounts/customers.store.ts';
import { conclude } from '../payments/payment.ts';
import { paidData, settledData } from '../payments/payment-messages.ts';
import { findPaymentKey, keepSettlement, loadPayment, savePaymentChanges } from '../payments/payments.store.ts';
import { awaitProviderOutcome, endProviderCall, lockCallHistory } from '../payments/provider-calls.store.ts';
import { weigh } from '../payments/provider-result.ts';
import type { CallKind } from './call-kinds.commands.ts';
import type { ProviderOutcome } from './provider-call.ts';

/** Charges: payments that a provider settles, or fails to. */
export const charges: CallKind = { path: '/v1/charges', conclude: concludeCharge };

async function concludeCharge(uow: UnitOfWork, { provider, reference, result: told }: ProviderOutcome) {
  const unknown = { refused: 'not_found', detail: 'No payment with this reference was charged there.' } as const;
  const key = await findPaymentKey(uow, reference);
  if (!key) return unknown;
  await lockCustomer(uow, key.customerId);
  const payment = await loadPayment(uow, key);
  if (payment.method !== provider) return unknown;
  const callKey = { ...key, kind: 'charge' } as const;
  const result = weigh(told, await lockCallHistory(uow, callKey));
  if (result === undefined) {
    await awaitProviderOutcome(uow, callKey, 'at once');
    return 'unchanged';
  }
  const concluded = conclude(payment, result);
  if (isRefusal(concluded)) return concluded;
  await endProviderCall(uow, callKey, result);
  if (concluded === payment) return 'unchanged';
  const publisher = subjectPublisher(uow, {
    subject: key.id,
    customerId: key.customerId,
    sequence: payment.eventSequence,
  });
  if (concluded.failureCode === null) {
    const eventId = publisher.publish(paymentSettled, settledData(concluded));
    keepSettlement(uow, key, { eventId, sequence: publisher.sequence });
  } else {
    publisher.publish(paymentFailed, { ...paidData(concluded), code: concluded.failureCode });
  }
  savePaymentChanges(uow, [{ ...concluded, eventSequence: publisher.sequence }]);
  return 'changed';
}
