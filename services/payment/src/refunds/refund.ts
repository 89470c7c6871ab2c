import type { Refusal } from '@tenor/contracts';

/** `failed`: the money never left; `returned`: it left and came back. Both give the credit back. */
export type RefundStatus = 'requested' | 'authorised' | 'refused' | 'paid_out' | 'failed' | 'returned';

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
  /** Why it was refused, failed or returned, as a code; null in any other status. */
  readonly reason: string | null;
  /** Whether it failed because the provider refused the payout, rather than by news of a payout that was made. */
  readonly payoutRefused: boolean;
  readonly eventSequence: bigint;
}

/** What an event tells of a refund; its number is the place in the refund's life. */
export interface RefundNews {
  readonly kind: 'requested' | 'paid_out' | 'failed';
  readonly eventId: string;
  readonly sequence: bigint;
}

/** What billing says about the credit that a refund needs. */
export type CreditDecision = { readonly authorised: true } | { readonly authorised: false; readonly reason: string };

/**
 * What became of the money: it left, as far as that is known with its amount, or it did not, or no more. `wasMade` is
 * `no` where the provider refused the payout, and `unknown` where it did not answer.
 */
export type PayoutResult =
  | { readonly succeeded: true; readonly amount: bigint; readonly currency: string }
  | { readonly succeeded: false; readonly failureCode: string; readonly wasMade: 'yes' | 'no' | 'unknown' };

/** The refund after billing's decision; the very same refund when it was decided before. */
export function decide(refund: Refund, decision: CreditDecision): Refund {
  if (refund.status !== 'requested') return refund;
  return decision.authorised
    ? { ...refund, status: 'authorised' }
    : { ...refund, status: 'refused', reason: decision.reason };
}

/**
 * The refund after its payout; the very same refund when that is known. A payout may fail also after it has succeeded: it
 * bounced, and the refund is returned. The failure of a payout that was made is a provider's last word, so a success that
 * is told after it is older news and changes nothing. No answer changes nothing either: the money may have left.
 *
 * Refuses `settlement_mismatch` for another amount than was to be paid out, and `state_conflict` for a refund that was
 * not authorised, for the refusal of a payout that has been made, and for the success of one that was refused: its credit
 * is back already, and a person has to look.
 */
export function conclude(refund: Refund, result: PayoutResult): Refund | Refusal {
  if (result.succeeded && (result.amount !== refund.amount || result.currency !== refund.currency)) {
    return {
      refused: 'settlement_mismatch',
      detail: 'Another amount was to be paid out.',
      meta: { refund_id: refund.id },
    };
  }
  switch (refund.status) {
    case 'authorised':
      return result.succeeded ? { ...refund, status: 'paid_out' } : fail(refund, result);
    case 'paid_out':
      return result.succeeded ? refund : giveBack(refund, result);
    case 'failed':
      return result.succeeded && refund.payoutRefused ? conflict(refund) : refund;
    case 'returned':
      return refund;
    case 'requested':
    case 'refused':
      return conflict(refund);
    default:
      return refund.status satisfies never;
  }
}

type Failure = Extract<PayoutResult, { succeeded: false }>;

function fail(refund: Refund, { failureCode, wasMade }: Failure): Refund {
  if (wasMade === 'unknown') return refund;
  return { ...refund, status: 'failed', reason: failureCode, payoutRefused: wasMade === 'no' };
}

function giveBack(refund: Refund, { failureCode, wasMade }: Failure): Refund | Refusal {
  switch (wasMade) {
    case 'yes':
      return { ...refund, status: 'returned', reason: failureCode };
    case 'no':
      return conflict(refund);
    case 'unknown':
      return refund;
    default:
      return wasMade satisfies never;
  }
}

function conflict({ status }: Refund): Refusal {
  return {
    refused: 'state_conflict',
    detail: `A refund that is ${status} cannot end so.`,
    meta: { status, allowed: ['authorised'] },
  };
}
