import type { ClosedDays, LocalDate } from '@tenor/calendar';
import type { ProductPolicy, Terms } from '../products/product.ts';
import type { PayoffStrategy } from './payoff.ts';
import type { LoanChange } from './replan.ts';

/** What every recorded event carries. */
export interface Recorded {
  readonly id: string;
  /** From 1, in the order of recording; never decides anything but that order. */
  readonly seq: number;
  readonly valueDate: LocalDate;
  /** RFC 3339 in UTC with six decimals, so that text order is time order. */
  readonly recordedAt: string;
  readonly actor: string;
}

/**
 * What the journal holds by type: instructions and inputs, never amounts that the fold derives. Amounts are decimal
 * text in the loan's currency. A new type needs a line here, a rank in fold-order.ts and an entry in loan-effects.ts.
 */
export interface LoanEventPayloads {
  readonly opened: {
    readonly loanId: string;
    readonly customerId: string;
    readonly externalId: string | null;
    readonly product: { readonly code: string; readonly version: number };
    readonly currency: string;
    readonly principal: string;
    readonly terms: Terms;
    /** Of the calendar that the terms name; left out where they name none. */
    readonly closedDays?: ClosedDays;
    readonly policy: ProductPolicy;
    /** Tenor's own, by which the loan was opened, and the rate that was asked for; left out where none decided. */
    readonly score?: { readonly model: string; readonly value: number; readonly ratePercent: string | null };
    /** When the money is meant to be paid out. */
    readonly disbursedOn: LocalDate;
  };
  readonly approved: Readonly<Record<string, never>>;
  readonly rejected: { readonly reason: string | null };
  readonly cancelled: { readonly reason: string | null };
  /** No score came, so that nobody decided. */
  readonly failed: { readonly reason: string | null };
  /**
   * Paid out on the value date: the first, from which the schedule counts, or a further one. `settles` is what of the
   * money is never paid out, since it is the use of credit `useId` that pays another loan of the customer off.
   */
  readonly disbursed: {
    readonly amount: string;
    readonly settles?: { readonly loanId: string; readonly useId: string; readonly amount: string };
  };
  /** What is not due on that day is planned anew. */
  readonly restructured: {
    readonly restructureId: string;
    readonly change: LoanChange;
    readonly reason: string | null;
  };
  /** From the value date through `until` no day counts as late; null: until a resumption. */
  readonly delinquency_paused: { readonly until: LocalDate | null; readonly reason: string | null };
  /** The value date counts again, and the days after it. */
  readonly delinquency_resumed: Readonly<Record<string, never>>;
  /** Joins the instalment that falls due next. `code` names it for people and reports. */
  readonly charged: {
    readonly chargeId: string;
    readonly component: 'fee' | 'penalty';
    readonly code: string;
    readonly amount: string;
  };
  /** Gives up what is owed that day; null: of every instalment, all of it. */
  readonly waived: {
    readonly waiverId: string;
    readonly component: 'fee' | 'penalty' | 'interest';
    readonly instalment: number | null;
    readonly amount: string | null;
    readonly reason: string | null;
  };
  /** Gives up all that is owed that day. */
  readonly written_off: { readonly reason: string | null };
  /** `amount` came in of what was written off. */
  readonly recovered: { readonly recoveryId: string; readonly externalRef: string | null; readonly amount: string };
  /** `amount` is all that was directed at this loan; what does not fit is the fold's output. */
  readonly repaid: {
    readonly paymentId: string;
    readonly externalRef: string | null;
    readonly amount: string;
    /** Left out of what the payment service settled: `imported` was paid before the loan came here. */
    readonly origin?: 'imported';
  };
  /** The payment or use of credit `lotId` pays the loan off, where it brings what a payoff of its day asks for. */
  readonly prepaid: { readonly lotId: string; readonly strategy: PayoffStrategy | null };
  readonly repayment_reversed: { readonly paymentId: string; readonly kind: ReversalKind };
  /** The customer's credit pays this loan; `amount` is all of it, as with `repaid`. */
  readonly credit_used: { readonly useId: string; readonly amount: string };
  /**
   * `amount` of what the payment or use `lotId` brought above this loan's debt was spent: `spendingId` used it for a
   * loan, or refunded it. The fold never gives that part to an instalment any more.
   */
  readonly credit_spent: {
    readonly lotId: string;
    readonly spendingId: string;
    readonly kind: SpendingKind;
    readonly amount: string;
  };
  /** The refund `spendingId` could not be paid out: all that it spent here counts as never spent. */
  readonly credit_returned: { readonly spendingId: string };
}

export type ReversalKind = 'reversal' | 'chargeback';
export type SpendingKind = 'use' | 'refund';
export type LoanEventType = keyof LoanEventPayloads;

interface Body<Type extends LoanEventType> {
  readonly type: Type;
  readonly payload: LoanEventPayloads[Type];
}

/** A recorded event of these types. */
export type LoanEventOf<Types extends LoanEventType> = { [Type in Types]: Recorded & Body<Type> }[Types];
export type LoanEvent = LoanEventOf<LoanEventType>;

/** An event that takes its place in the fold; the others have none, and say of an earlier one that it counts for nothing or pays off. */
export type PlacedEventType = Exclude<LoanEventType, 'repayment_reversed' | 'credit_returned' | 'prepaid'>;
export type PlacedEvent = LoanEventOf<PlacedEventType>;

/** A decided event that is not recorded yet. */
export type DraftEvent = {
  [Type in LoanEventType]: { readonly valueDate: LocalDate } & Body<Type>;
}[LoanEventType];

export function isPlaced(event: LoanEvent): event is PlacedEvent {
  return event.type !== 'repayment_reversed' && event.type !== 'credit_returned' && event.type !== 'prepaid';
}
