import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { remainder } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { totalOwed } from '../loans/outstanding.ts';

/**
 * Whether a loan may be paid with this amount of credit on this day: credit pays by the loan's policy, as a payment
 * does, but never above what the loan owes. Refuses in this order: `currency_mismatch`; `state_conflict` before the
 * disbursement; `loan_closed`; `amount_exceeds_outstanding`; `payment_not_exact` with the nearest amounts that would do.
 */
export function checkUse({ minor: amount, currency }: Money, loan: LoanState, on: LocalDate): Refusal | undefined {
  const { loanId, status } = loan;
  if (loan.currency !== currency) {
    const detail = `The loan is in ${loan.currency}, the credit in ${currency}.`;
    return { refused: 'currency_mismatch', detail, meta: { loan_id: loanId, currencies: [loan.currency] } };
  }
  if (status === 'pending' || status === 'approved') {
    const detail = `The loan is ${status}: it takes money once it is disbursed.`;
    return { refused: 'state_conflict', detail, meta: { loan_id: loanId, status, allowed: ['active'] } };
  }
  if (status !== 'active') {
    return {
      refused: 'loan_closed',
      detail: `The loan is ${status} and takes no money.`,
      meta: { loan_id: loanId, status },
    };
  }
  const text = (minor: bigint): string => formatAmount(minor, currency);
  if (amount > totalOwed(loan)) {
    const owed = text(totalOwed(loan));
    const detail = `The loan owes ${owed} ${currency}.`;
    return { refused: 'amount_exceeds_outstanding', detail, meta: { loan_id: loanId, outstanding: owed, currency } };
  }
  const wouldDo = amountsInstead(amount, loan, on);
  if (wouldDo === undefined) return undefined;
  const amounts = wouldDo.map(text);
  return {
    refused: 'payment_not_exact',
    detail: `The amount does not fit what is owed; ${amounts.join(' or ')} would.`,
    meta: { loan_id: loanId, amounts, currency },
  };
}

/** The nearest amounts that the policy allows, below and above; undefined when it allows this one. */
function amountsInstead(amount: bigint, loan: LoanState, on: LocalDate): bigint[] | undefined {
  switch (loan.policy.paymentPolicy) {
    case 'any':
      return undefined;
    case 'partial': {
      const due = loan.instalments.reduce((sum, each) => (each.dueDate <= on ? sum + remainder(each) : sum), 0n);
      if (amount <= due || amount === totalOwed(loan)) return undefined;
      return due > 0n ? [due, totalOwed(loan)] : [totalOwed(loan)];
    }
    case 'exact': {
      let [below, above] = [0n, 0n];
      for (const instalment of loan.instalments) {
        below = above;
        above += remainder(instalment);
        if (above >= amount) break;
      }
      if (above === amount) return undefined;
      return below > 0n ? [below, above] : [above];
    }
    default:
      return loan.policy.paymentPolicy satisfies never;
  }
}
