import type { Refusal } from '@tenor/contracts';
import { externalRef, isRefusal, refuse } from '@tenor/service-kit';
import type { LoanAccount } from '../../loan-accounts/loan-account.ts';
import { loanAccountByRef } from '../../loan-accounts/loan-accounts.store.ts';
import type { PaymentService } from '../../payments/payments.commands.ts';
import { projectionBehind } from '../../payments/projection.commands.ts';
import type { AskReferences } from '../references.client.ts';

/** What billing has acknowledged may be this long on its way here. */
const ON_ITS_WAY_MS = 5_000;
const LOOK_AGAIN_MS = 25;

export const noSuchLoan = refuse('not_found', 'There is no such loan.');

/** What it needs; `pause` waits that many milliseconds. */
export interface LoanFinding extends Pick<PaymentService, 'database' | 'externalRefKey'> {
  readonly askReferences: AskReferences;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** @param customerId to whom the loan must belong; undefined for anybody's */
export type FindLoan = (externalId: string, customerId: string | undefined) => Promise<LoanAccount | Refusal>;

/**
 * Finds a loan by what its client calls it; of one that is not known here billing is asked, and waited for. Refuses
 * `not_found` where billing knows none, or only another's, and `projection_behind` when its news took too long.
 */
export function loanFinder({ database, externalRefKey, askReferences, pause }: LoanFinding): FindLoan {
  return async (externalId, customerId) => {
    const ref = externalRef(externalRefKey, externalId);
    const isTheirs = (owner: string | undefined) =>
      owner !== undefined && (customerId === undefined || owner === customerId);
    const known = await loanAccountByRef(database, ref);
    if (known !== undefined && isTheirs(known.customerId)) return known;
    const found = await askReferences({ profile: 'lending', loans: [externalId] });
    if (isRefusal(found)) return found;
    if (!isTheirs(found.loans.find((loan) => loan.external_id === externalId)?.customer_id)) return noSuchLoan;
    for (let waitedMs = 0; waitedMs <= ON_ITS_WAY_MS; waitedMs += LOOK_AGAIN_MS) {
      const account = await loanAccountByRef(database, ref);
      if (account !== undefined) return account;
      await pause(LOOK_AGAIN_MS);
    }
    return projectionBehind;
  };
}
