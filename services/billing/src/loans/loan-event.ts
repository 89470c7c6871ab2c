import type { LocalDate } from '@tenor/calendar';
import type { ProductPolicy, Terms } from '../products/product.ts';

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
    readonly policy: ProductPolicy;
    /** When the money is meant to be paid out. */
    readonly disbursedOn: LocalDate;
  };
  readonly approved: Readonly<Record<string, never>>;
  readonly rejected: { readonly reason: string | null };
  readonly cancelled: { readonly reason: string | null };
  /** Paid out on the value date; the schedule counts from it. */
  readonly disbursed: { readonly amount: string };
  /** `amount` is all that was directed at this loan; what does not fit is the fold's output. */
  readonly repaid: { readonly paymentId: string; readonly externalRef: string | null; readonly amount: string };
  readonly repayment_reversed: { readonly paymentId: string; readonly kind: ReversalKind };
}

export type ReversalKind = 'reversal' | 'chargeback';
export type LoanEventType = keyof LoanEventPayloads;

interface Body<Type extends LoanEventType> {
  readonly type: Type;
  readonly payload: LoanEventPayloads[Type];
}

/** A recorded event of these types. */
export type LoanEventOf<Types extends LoanEventType> = { [Type in Types]: Recorded & Body<Type> }[Types];
export type LoanEvent = LoanEventOf<LoanEventType>;

/** An event that takes its place in the fold; a reversal has none and only leaves its payment out. */
export type PlacedEventType = Exclude<LoanEventType, 'repayment_reversed'>;
export type PlacedEvent = LoanEventOf<PlacedEventType>;

/** A decided event that is not recorded yet. */
export type DraftEvent = {
  [Type in LoanEventType]: { readonly valueDate: LocalDate } & Body<Type>;
}[LoanEventType];

export function isPlaced(event: LoanEvent): event is PlacedEvent {
  return event.type !== 'repayment_reversed';
}
