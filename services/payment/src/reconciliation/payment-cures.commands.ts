import { paymentReversed, paymentSettled } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';
import { follow, type Payment } from '../payments/payment.ts';
import { reversedData, settledData } from '../payments/payment-messages.ts';
import { loadPayments, savePaymentChanges } from '../payments/payments.store.ts';
import { answersOf } from './answers.ts';
import type { Healable } from './books.commands.ts';
import type { PaymentRemedy } from './difference.ts';
import type { AppliedPayment, SettledPayment } from './reconciliation.ts';
import { type PublishedEvents, publishedEvents, seeSettled } from './settled-payments.store.ts';

type Ill = Healable<SettledPayment, AppliedPayment, PaymentRemedy>;

/** Cures payments, whose customers are locked; returns those that were. What has changed since is no longer proven. */
export async function curePayments(uow: UnitOfWork, items: readonly Ill[]): Promise<Ill[]> {
  const keys = items.map(({ id, ours: { customerId } }) => ({ customerId, id }));
  const seen = await seeSettled(
    uow,
    keys.map(({ id }) => id),
  );
  const versions = new Map(seen.map(({ entry, version }) => [entry.id, version]));
  const payments = await loadPayments(uow, keys);
  const published = await publishedEvents(uow, keys);
  return items.filter((item) => {
    const payment = payments.get(item.id);
    const events = published.get(item.id);
    if (!payment || !events || versions.get(item.id) !== item.version) return false;
    cure(uow, item, payment, events);
    return true;
  });
}

function cure(uow: UnitOfWork, item: Ill, payment: Payment, events: PublishedEvents): void {
  switch (item.remedy) {
    case 'republish_settled':
      republishSettled(uow, payment, events);
      republishReversed(uow, payment, events);
      break;
    case 'republish_reversed':
      republishReversed(uow, payment, events);
      break;
    case 'take_answer':
      savePaymentChanges(uow, [answersOf(item).reduce(follow, payment)]);
      break;
    default:
      item.remedy satisfies never;
  }
}

function republishSettled(uow: UnitOfWork, payment: Payment, { settled }: PublishedEvents): void {
  const { id: subject, customerId } = payment;
  uow.publish({ contract: paymentSettled, subject, customerId, ...settled, data: settledData(payment) });
}

/** Where there is no reversal, nothing. */
function republishReversed(uow: UnitOfWork, payment: Payment, { reversed }: PublishedEvents): void {
  if (reversed === undefined) return;
  const { id: subject, customerId } = payment;
  const { id, sequence, kind, reason } = reversed;
  const data = reversedData(payment, kind, reason);
  uow.publish({ contract: paymentReversed, subject, customerId, id, sequence, data });
}
