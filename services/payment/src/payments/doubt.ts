import type { ProblemCode } from '@tenor/contracts';

/** Refusals that a newer projection, or a reversal on its way, could turn into an acceptance. */
const restsOnProjection: ReadonlySet<ProblemCode> = new Set([
  'not_found',
  'nothing_owed',
  'payment_not_exact',
  'amount_exceeds_outstanding',
  'currency_mismatch',
  'loan_closed',
  'state_conflict',
  // Which day it is depends on the time zones of the loans that are named or, without names, owe.
  'value_date_in_future',
]);

/**
 * Whether a refusal has to wait for billing's news, and for which ids: those young enough for their first event
 * still to be on its way. An unknown id that is not young is unknown once all that billing has published is known.
 *
 * @param named the customer, and the loans that the payment names; without those, any loan of the customer will do
 * @returns the ids to wait for (perhaps none, but for the news), or undefined when the refusal is certain
 */
export function awaitedBefore(
  refused: ProblemCode,
  named: { customerId: string; loanIds: readonly string[] },
  isYoung: (id: string) => boolean,
): string[] | undefined {
  const ids = named.loanIds.length > 0 ? named.loanIds : [named.customerId];
  const awaited = ids.filter(isYoung);
  // A loan's own disbursement date stands; but another loan, still unknown, could have taken the money by that day.
  if (refused === 'value_date_before_disbursement') return named.loanIds.length > 0 ? undefined : awaited;
  return restsOnProjection.has(refused) ? awaited : undefined;
}

/** An id so old has been published by billing, whatever became of the process that made it, or billing is silent. */
const PUBLISHED_AFTER_MS = 30_000;
/** For so long a silence of billing is taken for an outage; after it, for having nothing to say. */
const SILENCE_MAX_MS = 900_000;
/** How far the clocks of two services may be apart. */
const CLOCK_SKEW_MS = 10_000;

/**
 * Whether billing may know an id that payment does not: acknowledged there, and its event still in the outbox. That is
 * so for 30 s after the id was made, and for as long as nothing younger was heard from billing, at most 15 minutes.
 *
 * @param madeAt when the id was made; undefined for one that billing does not make
 * @param heardUpTo when the youngest event of billing's that was taken in was made; undefined without any
 */
export function mayBeUnpublished(madeAt: Date | undefined, at: { now: Date; heardUpTo: Date | undefined }): boolean {
  if (madeAt === undefined) return false;
  const ageMs = at.now.getTime() - madeAt.getTime();
  if (ageMs < -CLOCK_SKEW_MS || ageMs >= SILENCE_MAX_MS) return false;
  return ageMs < PUBLISHED_AFTER_MS || at.heardUpTo === undefined || madeAt > at.heardUpTo;
}
