import type { LoanInstalment } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import { type PlanFrame, planFrame } from '../loans/loan-schedule.ts';
import { instalmentFee } from '../products/charge.ts';
import { payableStep } from '../products/stated-amount.ts';
import type { Parts } from '../schedules/schedule.ts';
import { plannedInterest } from './interest-reasons.ts';
import { principalReasons } from './principal-reasons.ts';
import { amountsIn, type Reason } from './reason.ts';

/** Why an instalment of a plan asks what it does of a component. */
export type PlanReasons = (instalment: LoanInstalment, component: keyof Parts) => Reason;

/** The reasons of the plan in force, whose principal, interest and fees are told by the rule that made them. */
export function planReasons(loan: LoanState): PlanReasons {
  const frame = planFrame(loan);
  const interest = plannedInterest(loan, frame);
  const principal = principalReasons(loan, frame, interest);
  return (instalment, component) => {
    const index = frame.instalments.findIndex(({ number }) => number === instalment.number);
    if (index === -1) return downPayment(loan, frame, instalment);
    if (component === 'principal') return principal(instalment, index);
    return component === 'interest' ? interest.reason(instalment, index) : fee(loan, frame, instalment, index);
  };
}

function downPayment({ terms, currency }: LoanState, { outlay }: PlanFrame, { principal }: LoanInstalment): Reason {
  const text = amountsIn(currency);
  const [first] = outlay.disbursements;
  const percent = terms.downPaymentPercent ?? '0';
  return {
    rule: 'schedule.down_payment',
    inputs: {
      principal: text(first?.amount ?? 0n),
      down_payment_percent: percent,
      rounding: terms.rounding,
      instalment_multiple: text(payableStep(terms, currency)),
    },
    text: `The down payment: ${percent} % of what was paid out, ${currency} ${text(principal)}.`,
  };
}

function fee(loan: LoanState, { outlay }: PlanFrame, instalment: LoanInstalment, index: number): Reason {
  const { terms, currency } = loan;
  const text = amountsIn(currency);
  const asked = outlay.disbursements.reduce((sum, { amount }) => sum + amount, 0n);
  if (instalmentFee(terms, currency, asked, instalment.interest) !== instalment.fee) {
    return {
      rule: 'schedule.fee.planned',
      inputs: { amount: text(instalment.fee), position: index + 1 },
      text: `Instalment ${instalment.number} asks for fees of ${currency} ${text(instalment.fee)} by its plan.`,
    };
  }
  const fees = terms.fees.filter(({ charged }) => charged === 'per_instalment');
  const { tax } = terms;
  return {
    rule: 'schedule.fee',
    inputs: {
      principal: text(asked),
      fees: fees.map(({ code, amount, percent }) => ({ code, amount, percent })),
      planned_interest: text(instalment.interest),
      ...(tax !== null && { tax_interest_percent: tax.interestPercent, tax_fee_percent: tax.feePercent }),
      rounding: terms.rounding,
    },
    text: `The fees and taxes of instalment ${instalment.number}: ${currency} ${text(instalment.fee)}.`,
  };
}
