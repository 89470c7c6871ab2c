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
