import type { Refusal } from '@tenor/contracts';
import { isRefusal } from '@tenor/service-kit';
import type { Dates, ImportedSum } from './billing-books.ts';
import { type Compared, compareBooks, differing, type ReconciliationService, type TwoBooks } from './books.commands.ts';
import type { PaymentRemedy, RefundRemedy } from './difference.ts';
import { listRequested, seeRequested } from './known-refunds.store.ts';
import { lookAtOwn } from './own-look.store.ts';
import { type AppliedPayment, compare, type SettledPayment } from './reconciliation.ts';
import { compareRefunds, type DecidedRefund, type KnownRefund } from './refund-comparison.ts';
import { listSettled, seeSettled } from './settled-payments.store.ts';
import type { Position } from './stretch.ts';

/** How far a comparison has come: payments come first, then refunds. */
export interface Progress {
  readonly of: 'payments' | 'refunds';
  /** The last that was compared of them; undefined to begin. */
  readonly after: Position | undefined;
}

export interface Reconcile {
  readonly dates: Dates;
  readonly from: Progress;
  /** Ends after so many differences, above zero. */
  readonly limit: number;
}

export type JudgedPayments = Compared<SettledPayment, AppliedPayment, PaymentRemedy>['judged'];
export type JudgedRefunds = Compared<KnownRefund, DecidedRefund, RefundRemedy>['judged'];

export interface Reconciled {
  readonly payments: JudgedPayments;
  readonly refunds: JudgedRefunds;
  /** What came to billing by files of these dates, told by the first part of a comparison alone. */
  readonly imported: readonly ImportedSum[];
  /** Null when all dates are compared. */
  readonly next: Progress | null;
}

/** Compares both services' books over some dates, a bounded part of them at once. Refuses `billing_unavailable`. */
export async function reconcile(service: ReconciliationService, asked: Reconcile): Promise<Reconciled | Refusal> {
  const { of, after } = asked.from;
  const isFirst = of === 'payments' && after === undefined;
  const imported = isFirst ? await service.books.imported(asked.dates) : [];
  if (isRefusal(imported)) return imported;
  const compared = await compareBoth(service, asked);
  return isRefusal(compared) ? compared : { ...compared, imported };
}

async function compareBoth(
  service: ReconciliationService,
  { dates, from, limit }: Reconcile,
): Promise<Omit<Reconciled, 'imported'> | Refusal> {
  let left = limit;
  let payments: JudgedPayments = [];
  if (from.of === 'payments') {
    const found = await compareBooks(service, paymentBooks(service), { dates, after: from.after, limit });
    if (isRefusal(found)) return found;
    payments = found.judged;
    if (found.next !== null) return { payments, refunds: [], next: { of: 'payments', after: found.next } };
    left -= differing(payments).length;
  }
  const after = from.of === 'refunds' ? from.after : undefined;
  if (left === 0) return { payments, refunds: [], next: { of: 'refunds', after } };
  const found = await compareBooks(service, refundBooks(service), { dates, after, limit: left });
  if (isRefusal(found)) return found;
  return { payments, refunds: found.judged, next: found.next && { of: 'refunds', after: found.next } };
}

function paymentBooks({
  database,
  projection,
  books,
}: ReconciliationService): TwoBooks<SettledPayment, AppliedPayment, PaymentRemedy> {
  return {
    list: (dates, after, limit) => listSettled(database, dates, after, limit),
    look: (ids) => lookAtOwn(database, projection, (sql) => seeSettled(sql, ids)),
    billing: books.payments,
    compare,
  };
}

function refundBooks({
  database,
  projection,
  books,
}: ReconciliationService): TwoBooks<KnownRefund, DecidedRefund, RefundRemedy> {
  return {
    list: (dates, after, limit) => listRequested(database, dates, after, limit),
    look: (ids) => lookAtOwn(database, projection, (sql) => seeRequested(sql, ids)),
    billing: books.refunds,
    compare: compareRefunds,
  };
}
