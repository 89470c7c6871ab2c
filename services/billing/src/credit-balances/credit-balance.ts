import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, min } from '@tenor/money';
import { creditFace } from '../customers/credit.ts';
import { compareText } from '../loans/fold-order.ts';

/** What is left of the excess that one payment, or one use of credit, brought to one loan. */
export interface Lot {
  /** Of the payment or use. */
  readonly lotId: string;
  /** NO_LOAN for what no loan took. */
  readonly loanId: string;
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
  /** Minor units, above zero. */
  readonly unspent: bigint;
}

/** What a spending takes of a lot, in minor units, above zero. */
export interface SpentPart {
  readonly lotId: string;
  readonly loanId: string;
  /** Of the lot. */
  readonly valueDate: LocalDate;
  readonly amount: bigint;
}

/** A customer's credit in one currency, under the customer's lock. */
export interface CreditBalance {
  readonly currency: string;
  /** Σ unspent of the lots less what was spent of payments that were then taken back; minor units. */
  readonly balance: bigint;
  readonly lots: readonly Lot[];
  /** The day of this balance, where more comes later. */
  readonly on?: LocalDate;
}

/**
 * What of a customer's credit may be spent on a day: lots of later days are not there yet, and what the customer is
 * short of is covered by the others first.
 */
export function creditOn(held: CreditBalance, on: LocalDate): CreditBalance {
  const coming = held.lots.filter(({ valueDate }) => valueDate > on);
  if (coming.length === 0) return held;
  const later = coming.reduce((sum, { unspent }) => sum + unspent, 0n);
  return { ...held, balance: held.balance - later, lots: held.lots.filter(({ valueDate }) => valueDate <= on), on };
}

/**
 * Takes an amount (minor units, above zero) out of the lots, the oldest first: by value date, then by when they were
 * recorded, then by id. What is short of payments that were taken back is covered before anything can be spent.
 * Refuses `credit_exceeded` above the balance. Σ parts = amount.
 */
export function spend(amount: bigint, { currency, balance, lots, on }: CreditBalance): SpentPart[] | Refusal {
  if (amount > balance) {
    const [asked, credit] = [amount, creditFace(balance).credit].map((minor) => formatAmount(minor, currency));
    const when = on === undefined ? '' : ` on ${on}`;
    return {
      refused: 'credit_exceeded',
      detail: `The amount ${asked} ${currency} is above the credit balance of ${credit}${when}.`,
      meta: { credit, currency, ...(on !== undefined && { business_date: on }) },
    };
  }
  const parts: SpentPart[] = [];
  let left = amount;
  for (const { lotId, loanId, valueDate, unspent } of lots.toSorted(compareLots)) {
    if (left === 0n) break;
    const part = min(left, unspent);
    parts.push({ lotId, loanId, valueDate, amount: part });
    left -= part;
  }
  if (left > 0n) throw new Error(`A credit balance of ${balance} ${currency} has lots for ${amount - left} only`);
  return parts;
}

function compareLots(a: Lot, b: Lot): number {
  return (
    compareText(a.valueDate, b.valueDate) ||
    compareText(a.recordedAt, b.recordedAt) ||
    compareText(a.lotId, b.lotId) ||
    compareText(a.loanId, b.loanId)
  );
}
