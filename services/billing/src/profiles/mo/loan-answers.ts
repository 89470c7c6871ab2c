import { formatAmount } from '@tenor/money';
import { outstanding } from '../../loans/loan.ts';
import type { Seen } from '../../loans/loan-json.ts';
import type { LoanJson } from './mo.schemas.ts';
import { loanStatuses } from './mo-statuses.ts';

/** What a loan's own state does not say. */
export interface LoanNames {
  readonly number: number;
  readonly customerExternalId: string | null;
  readonly contractVersion: string | null;
  /** When the loan was asked for, by its id. */
  readonly madeAt: Date | undefined;
}

/** A loan as this API shows it: what was only asked for is outstanding whole, and each date is its midnight in UTC. */
export function moLoanJson({ state, asOf }: Seen, names: LoanNames): LoanJson {
  const { currency, principal, status, maturityDate } = state;
  const isAsked = status === 'pending' || status === 'approved';
  return {
    id: names.number,
    external_id: state.externalId,
    customer_external_id: names.customerExternalId,
    amount: formatAmount(principal, currency),
    outstanding: formatAmount(isAsked ? principal : outstanding(state, asOf).total, currency),
    status: loanStatuses[status],
    contract_version: names.contractVersion,
    maximum_payment_date: midnight(maturityDate),
    taken_at: state.disbursedOn === null ? null : takenAt(state.disbursedOn, names.madeAt),
  };
}

const HOUR_MS = 3_600_000;
/** How far clocks of the earth are from UTC at most, on either side. */
const AHEAD_MS = 14 * HOUR_MS;
const BEHIND_MS = 12 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

const midnight = (day: string): string => `${day}T00:00:00Z`;

/** The moment at which the loan was made, where that is the day on which it was paid out, somewhere; else that day. */
function takenAt(disbursedOn: string, madeAt: Date | undefined): string {
  if (madeAt === undefined) return midnight(disbursedOn);
  const sinceMidnight = madeAt.getTime() - Date.parse(midnight(disbursedOn));
  const isThatDay = sinceMidnight >= -AHEAD_MS && sinceMidnight < DAY_MS + BEHIND_MS;
  return isThatDay ? madeAt.toISOString() : midnight(disbursedOn);
}
