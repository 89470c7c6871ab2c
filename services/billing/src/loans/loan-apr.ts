import { type Apr, aprOf, flowsOf } from '../schedules/apr.ts';
import { chargeDisbursements } from '../schedules/charge.ts';
import type { LoanState } from './loan.ts';

/**
 * The annual percentage rates of the schedule that the disbursement made, whatever was paid since; null before the
 * money was paid out.
 */
export function loanApr({ terms, currency, principal, disbursedOn, instalments }: LoanState): Apr | null {
  if (disbursedOn === null) return null;
  const charged = chargeDisbursements(terms, currency, [{ on: disbursedOn, amount: principal }]);
  const paidOut = charged.map(({ on, amount, deducted }) => ({ on, amount: amount - deducted }));
  return aprOf(flowsOf(paidOut, instalments), terms.frequency);
}
