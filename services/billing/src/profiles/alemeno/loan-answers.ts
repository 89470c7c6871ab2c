import { formatAmount } from '@tenor/money';
import { regularInstalment } from '../../credit/monthly-instalment.ts';
import { isSettled } from '../../delinquency/instalment.ts';
import type { LoanState } from '../../loans/loan.ts';
import { statedInstalment } from '../../loans/stated-instalment.ts';

/** What this API tells of a loan: amounts and rate as decimal text. */
export interface LoanFacts {
  readonly amount: string;
  readonly ratePercent: string | null;
  /** The contractual one where a file gave it, else what most instalments ask. */
  readonly instalment: string;
  readonly tenure: number;
  readonly repaymentsLeft: number;
}

export function loanFacts({ currency, principal, terms, instalments }: LoanState): LoanFacts {
  const totals = instalments.map((instalment) => statedInstalment(instalment).total);
  return {
    amount: formatAmount(principal, currency),
    ratePercent: terms.annualRatePercent,
    instalment: terms.instalmentAmount ?? formatAmount(regularInstalment(totals), currency),
    tenure: terms.numberOfInstalments,
    repaymentsLeft: instalments.filter((instalment) => !isSettled(instalment)).length,
  };
}
