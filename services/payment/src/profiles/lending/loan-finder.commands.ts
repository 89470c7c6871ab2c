import type { Refusal } from '@tenor/contracts';
import { externalRef, refuse } from '@tenor/service-kit';
import type { LoanAccount } from '../../loan-accounts/loan-account.ts';
import { loanAccountByRef } from '../../loan-accounts/loan-accounts.store.ts';
import type { PaymentService } from '../../payments/payments.commands.ts';
import { projectionBehind } from '../../payments/projection.commands.ts';

/** What billing has just acknowledged may be this long on its way to the topic. */
const UNPUBLISHED_MS = 500;
const LOOK_AGAIN_MS = 25;

export const noSuchLoan = refuse('not_found', 'There is no such loan.');

/** What it needs; `pause` waits that many milliseconds. */
export interface LoanFinding extends Pick<PaymentService, 'database' | 'projection' | 'externalRefKey'> {
  readonly pause: (ms: number) => Promise<unknown>;
}

/** @param customerId to whom the loan must belong; undefined for anybody's */
export type FindLoan = (externalId: string, customerId: string | undefined) => Promise<LoanAccount | Refusal>;

/**
 * Finds a loan by what its client calls it. `not_found` is only said once all that billing had published is known here,
 * `projection_behind` when that took too long; another's is looked for as long as one that there is not.
 */
export function loanFinder({ database, projection, externalRefKey, pause }: LoanFinding): FindLoan {
  return async (externalId, customerId) => {
    const ref = externalRef(externalRefKey, externalId);
    const look = async () => {
      const account = await loanAccountByRef(database, ref);
      return customerId === undefined || account?.customerId === customerId ? account : undefined;
    };
    const known = await look();
    if (known !== undefined) return known;
    if (!(await projection.catchUp(null, []))) return projectionBehind;
    for (let waitedMs = 0; waitedMs <= UNPUBLISHED_MS; waitedMs += LOOK_AGAIN_MS) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(LOOK_AGAIN_MS);
    }
    return noSuchLoan;
  };
}
