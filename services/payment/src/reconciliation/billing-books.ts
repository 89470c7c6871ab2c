import type { Refusal } from '@tenor/contracts';
import type { AppliedPayment, Position, Stretch } from './reconciliation.ts';

/** The value dates to be compared, both ends included. */
export interface Dates {
  readonly from: string;
  readonly to: string;
}

/** What billing says of some payments, of one moment. */
export interface BillingLook {
  readonly payments: ReadonlyMap<string, AppliedPayment>;
  /** The next offset that billing reads, by partition of the payments' topic. */
  readonly progress: ReadonlyMap<number, bigint>;
  /** Payments with a message among billing's dead letters. */
  readonly putAside: ReadonlySet<string>;
  /** Customers with events that wait in billing's outbox. */
  readonly unpublished: ReadonlySet<string>;
}

/** Billing's books, as far as reconciliation reads them. Both refuse `billing_unavailable`. */
export interface BillingBooks {
  /** What payments of these dates did, in order, behind a position. */
  list(dates: Dates, after: Position | undefined): Promise<Stretch<AppliedPayment> | Refusal>;
  /** These payments, whatever their date. */
  look(paymentIds: readonly string[]): Promise<BillingLook | Refusal>;
}
