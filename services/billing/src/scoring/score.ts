import { formatAmount, type Money } from '@tenor/money';
import type { Customer } from '../customers/customer.ts';
import { compareDecimals, decimal } from '../products/decimals.ts';

/** What the scoring engine says of a customer. Numbers are decimal text. */
export interface Score {
  /** Null of somebody whom it excludes, as `limitAmount` may be. */
  readonly score: string | null;
  /** The most that may be lent, in the loan's currency. */
  readonly limitAmount: string | null;
  readonly exclusion: string;
  readonly exclusionReason: string | null;
}

/** Why an application is rejected; a code, since the engine's own words may tell of a person. */
export type Rejection = 'customer_inactive' | 'score_exclusion' | 'above_score_limit';

export const NO_EXCLUSION = 'No Exclusion';

/**
 * Undefined where the score approves: no exclusion, and the principal at most the limit. An exclusion comes before the
 * limit, and before both that the customer was made inactive while the score was awaited.
 */
export function rejectionBy(
  { exclusion, limitAmount }: Score,
  principal: Money,
  customer: Pick<Customer, 'status'>,
): Rejection | undefined {
  if (customer.status !== 'active') return 'customer_inactive';
  if (exclusion !== NO_EXCLUSION || limitAmount === null) return 'score_exclusion';
  const amount = decimal(formatAmount(principal.minor, principal.currency));
  return compareDecimals(amount, decimal(limitAmount)) > 0 ? 'above_score_limit' : undefined;
}
