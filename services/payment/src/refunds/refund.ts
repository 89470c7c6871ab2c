import type { Refusal } from '@tenor/contracts';
import type { CallHistory, ProviderResult } from '../payments/provider-result.ts';

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
 * Refuses `state_conflict` for a refund that was not authorised, for the refusal of a payout that has been made, and for
 * the success of a failed one of which an attempt was refused, whatever its amount: its credit is back already, and a
 * person has to look. Refuses `settlement_mismatch` for any other success of another amount than was to be paid out.
 */
export function conclude(
  refund: Refund,
  result: ProviderResult,
  { wasRefused }: Pick<CallHistory, 'wasRefused'>,
): Refund | Refusal {
  switch (refund.status) {
    case 'authorised':
      return result.succeeded ? payOut({ ...refund, status: 'paid_out' }, result) : fail(refund, result);
    case 'paid_out':
      return result.succeeded ? payOut(refund, result) : giveBack(refund, result);
    case 'failed':
      if (result.succeeded && wasRefused) return conflict(refund);
      return result.succeeded ? payOut(refund, result) : refund;
    case 'returned':
      return result.succeeded ? payOut(refund, result) : refund;
    case 'requested':
    case 'refused':
      return conflict(refund);
    default:
      return refund.status satisfies never;
  }
}

type Success = Extract<ProviderResult, { succeeded: true }>;
type Failure = Extract<ProviderResult, { succeeded: false }>;

/** The refund as it is after a success, if it is one of its amount. */
function payOut(refund: Refund, { amount, currency }: Success): Refund | Refusal {
  if (amount === refund.amount && currency === refund.currency) return refund;
  return {
    refused: 'settlement_mismatch',
    detail: 'Another amount was to be paid out.',
    meta: { refund_id: refund.id },
  };
}

function fail(refund: Refund, { failureCode, wasMade }: Failure): Refund {
  return wasMade === 'unknown' ? refund : { ...refund, status: 'failed', reason: failureCode };
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
