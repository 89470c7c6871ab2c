import type { Refusal } from '@tenor/contracts';
import type { AppliedPayment } from './reconciliation.ts';
import type { DecidedRefund } from './refund-comparison.ts';
import type { Position, Stretch } from './stretch.ts';

/** The dates to be compared, both ends included. */
export interface Dates {
  readonly from: string;
  readonly to: string;
}

/** What billing says of some entries, of one moment. */
export interface BillingLook<Theirs> {
  readonly entries: ReadonlyMap<string, Theirs>;
  /** The next offset that billing reads, by partition of the payments' topic. */
  readonly progress: ReadonlyMap<number, bigint>;
  /** Ids with a message among billing's dead letters. */
  readonly putAside: ReadonlySet<string>;
  /** Customers with events that wait in billing's outbox. */
  readonly unpublished: ReadonlySet<string>;
}

/** One of billing's books, as far as reconciliation reads it. Both refuse `billing_unavailable`. */
export interface BillingBook<Theirs extends Position> {
  /** What it has of these dates, in order, behind a position. */
  list(dates: Dates, after: Position | undefined): Promise<Stretch<Theirs> | Refusal>;
  /** These entries, whatever their date. */
  look(ids: readonly string[]): Promise<BillingLook<Theirs> | Refusal>;
}

/** What loans had been paid before they came to billing by files; minor units. */
export interface ImportedSum {
  readonly currency: string;
  readonly count: number;
  readonly amount: bigint;
}

export interface BillingBooks {
  readonly payments: BillingBook<AppliedPayment>;
  readonly refunds: BillingBook<DecidedRefund>;
  /** By the days of the files; this service has none of these payments. Refuses `billing_unavailable`. */
  imported(dates: Dates): Promise<readonly ImportedSum[] | Refusal>;
}
