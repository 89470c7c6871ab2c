import type { Refusal } from '@tenor/contracts';

export type RefundStatus = 'requested' | 'authorised' | 'refused' | 'paid_out' | 'failed';

/** Credit of a customer on its way out. */
export interface Refund {
  readonly id: string;
  readonly customerId: string;
  readonly externalId: string | null;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly currency: string;
  /** `manual`, or the name of the provider that pays it out. */
  readonly method: string;
  readonly status: RefundStatus;
  /** Why it was refused or failed, as a code; null in any other status. */
  readonly reason: string | null;
  readonly eventSequence: bigint;
}

/** What billing says about the credit that a refund needs. */
export type CreditDecision = { readonly authorised: true } | { readonly authorised: false; readonly reason: string };

/** What became of the money: it left, as far as that is known with its amount, or it did not. */
export type PayoutResult =
  | { readonly succeeded: true; readonly amount: bigint; readonly currency: string }
  | { readonly succeeded: false; readonly failureCode: string };

/** The refund after billing's decision; the very same refund when it was decided before. */
export function decide(refund: Refund, decision: CreditDecision): Refund {
  if (refund.status !== 'requested') return refund;
  return decision.authorised
    ? { ...refund, status: 'authorised' }
    : { ...refund, status: 'refused', reason: decision.reason };
}

/**
 * The refund after its payout; the very same refund when that is known. Refuses `settlement_mismatch` for another amount
 * than was to be paid out, and `state_conflict` for one that was not authorised or ended otherwise: what has left cannot
 * fail, and what was given back to the credit cannot leave.
 */
export function conclude(refund: Refund, result: PayoutResult): Refund | Refusal {
  if (result.succeeded && (result.amount !== refund.amount || result.currency !== refund.currency)) {
    return {
      refused: 'settlement_mismatch',
      detail: 'Another amount was to be paid out.',
      meta: { refund_id: refund.id },
    };
  }
  const status = result.succeeded ? 'paid_out' : 'failed';
  if (refund.status === status) return refund;
  if (refund.status !== 'authorised') {
    return {
      refused: 'state_conflict',
      detail: `A refund that is ${refund.status} cannot become ${status}.`,
      meta: { status: refund.status, allowed: ['authorised'] },
    };
  }
  return result.succeeded ? { ...refund, status } : { ...refund, status, reason: result.failureCode };
}
