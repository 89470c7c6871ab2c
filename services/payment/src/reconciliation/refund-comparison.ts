import type { RefundStatus } from '../refunds/refund.ts';
import { byPerson, type Difference, type RefundRemedy } from './difference.ts';
import type { Pair, Position } from './stretch.ts';

/** A refund as this service keeps it, under the day of its request. */
export interface KnownRefund extends Position {
  readonly customerId: string;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly status: RefundStatus;
  /** RFC 3339; when it was requested. */
  readonly recordedAt: string;
}

/** What billing decided about a refund, and what it knows of its end. */
export interface RefundDecision {
  readonly customerId: string;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly status: DecidedStatus;
  /** Why it was refused; null if it was not. */
  readonly reason: string | null;
}

/** A refund as billing's books have it, under the day of the decision. */
export interface DecidedRefund extends Position {
  /** One, in sound books. */
  readonly decisions: readonly RefundDecision[];
}

export type DecidedStatus = 'authorised' | 'refused' | 'paid_out' | 'failed' | 'returned';

/** Where billing stands that has not heard all of a refund yet, by how the refund ended here. */
const notYet: Readonly<Record<RefundStatus, readonly DecidedStatus[]>> = {
  requested: [],
  authorised: [],
  refused: [],
  paid_out: ['authorised'],
  failed: ['authorised'],
  returned: ['authorised', 'paid_out'],
};

type Both = Pick<Pair<KnownRefund, DecidedRefund>, 'ours' | 'theirs'>;

/** The first difference between both books of one refund; undefined when they agree. See also `compare`. */
export function compareRefunds({ ours, theirs }: Both): Difference<RefundRemedy> | undefined {
  if (ours === undefined) return byPerson('unknown_refund');
  const [decision, ...others] = theirs?.decisions ?? [];
  if (decision === undefined) return undecided(ours);
  if (others.length > 0) return byPerson('decided_twice');
  if (decision.customerId !== ours.customerId) return byPerson('customer_differs');
  if (decision.currency !== ours.currency) return byPerson('currency_differs');
  if (decision.amount !== ours.amount) return byPerson('amount_differs');
  return compareStatus(ours.status, decision.status);
}

function undecided({ status }: KnownRefund): Difference<RefundRemedy> {
  return status === 'requested' ? { kind: 'not_decided', remedy: 'republish_refund' } : byPerson('record_missing');
}

function compareStatus(ours: RefundStatus, theirs: DecidedStatus): Difference<RefundRemedy> | undefined {
  if (ours === theirs) return undefined;
  const isDecision = theirs === 'authorised' || theirs === 'refused';
  if (ours === 'requested' && isDecision) return { kind: 'decision_missing', remedy: 'take_decision' };
  return notYet[ours].includes(theirs)
    ? { kind: 'not_closed', remedy: 'republish_refund' }
    : byPerson('status_differs');
}
