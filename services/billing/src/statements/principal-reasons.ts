import { divideRounded, divideRoundedToMultiple, max, min } from '@tenor/money';
import type { LoanInstalment } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import type { PlanFrame } from '../loans/loan-schedule.ts';
import { payableStep, statedAmount } from '../products/stated-amount.ts';
import { interestMethods } from '../products/terms.ts';
import type { PlannedInterest } from './interest-reasons.ts';
import { amountsIn, type Inputs, type Reason } from './reason.ts';

/** What the principals of a plan are told from; amounts in minor units. */
interface PrincipalPlan {
  readonly loan: LoanState;
  /** The step of a payable instalment. */
  readonly multiple: bigint;
  /** What equal instalments leave to the last. */
  readonly residual: bigint;
  /** What each equal instalment asks. */
  readonly level: bigint;
  /** All that the plan repays. */
  readonly total: bigint;
  readonly count: number;
}

/** An instalment, what its period costs, and the principal that is left before it. */
interface Place {
  readonly instalment: LoanInstalment;
  readonly own: bigint;
  readonly balance: bigint;
}

/** By the equal instalment, by equal principal, or all that is left; else told by the balances around it. */
export function principalReasons(loan: LoanState, { instalments, outlay }: PlanFrame, interest: PlannedInterest) {
  const { terms, currency } = loan;
  const isBalloon = terms.interestMethod === 'balloon';
  const first = instalments.findIndex(({ principal }, index) => index >= terms.principalGrace && principal > 0n);
  const plan: PrincipalPlan = {
    loan,
    multiple: payableStep(terms, currency),
    residual: isBalloon ? statedAmount(terms.balloonAmount, currency) : 0n,
    level: (instalments[first]?.principal ?? 0n) + interest.own(first),
    total: outlay.repaid.reduce((sum, each) => sum + each, 0n),
    count: instalments.length,
  };
  const lastRegular = instalments.length - (isBalloon ? 2 : 1);
  return (instalment: LoanInstalment, index: number): Reason => {
    const place = { instalment, own: interest.own(index), balance: instalment.principal + instalment.balanceAfter };
    if (index >= lastRegular) return rest(plan, place);
    return equalPrincipal(plan, place) ?? levelled(plan, place) ?? between(plan, place);
  };
}

function baseInputs({ loan: { terms, currency }, multiple }: PrincipalPlan, { own, balance }: Place): Inputs {
  const text = amountsIn(currency);
  return {
    balance_before: text(balance),
    period_interest: text(own),
    instalment_multiple: text(multiple),
    rounding: terms.rounding,
  };
}

function rest({ loan: { currency } }: PrincipalPlan, { instalment, balance }: Place): Reason {
  const { principal, balanceAfter, number } = instalment;
  const text = amountsIn(currency);
  const says = balanceAfter === 0n ? 'all principal that is left' : 'all principal but what the last one repays';
  return {
    rule: 'schedule.principal.rest',
    inputs: { balance_before: text(balance), residual: text(balanceAfter) },
    text: `Instalment ${number} asks for ${says}: ${currency} ${text(principal)}.`,
  };
}

function equalPrincipal(plan: PrincipalPlan, place: Place): Reason | undefined {
  const { loan, multiple, total } = plan;
  const { terms, currency } = loan;
  if (terms.interestMethod !== 'equal_principal') return undefined;
  const count = plan.count - terms.principalGrace;
  const each = divideRounded(total, BigInt(count), terms.rounding);
  const asks = divideRoundedToMultiple(each + place.own, 1n, multiple, terms.rounding);
  if (min(max(asks - place.own, 0n), place.balance) !== place.instalment.principal) return undefined;
  const principal = amountsIn(currency)(total);
  return {
    rule: 'schedule.principal.equal',
    inputs: { ...baseInputs(plan, place), principal, instalments: count },
    text: `Instalment ${place.instalment.number} repays one of ${count} equal parts of ${currency} ${principal}.`,
  };
}

function levelled(plan: PrincipalPlan, place: Place): Reason | undefined {
  const { loan, level, residual } = plan;
  const { own, balance, instalment } = place;
  if (min(max(level - own, 0n), balance - residual) !== instalment.principal) return undefined;
  const { terms, currency } = loan;
  const text = amountsIn(currency);
  const isPeriodic = interestMethods[terms.interestMethod].rate === 'periodic';
  return {
    rule: 'schedule.principal.level',
    inputs: {
      ...baseInputs(plan, place),
      level_instalment: text(level),
      residual: text(residual),
      ...(isPeriodic && { emi_smoothing: terms.emiSmoothing }),
    },
    text: `Of ${currency} ${text(level)} that each instalment asks, ${text(own)} is interest of number ${instalment.number}, and ${text(instalment.principal)} principal.`,
  };
}

function between({ loan: { currency } }: PrincipalPlan, { instalment, balance }: Place): Reason {
  const text = amountsIn(currency);
  const { principal, balanceAfter, number } = instalment;
  return {
    rule: 'schedule.principal.planned',
    inputs: { balance_before: text(balance), balance_after: text(balanceAfter) },
    text: `Instalment ${number} repays ${currency} ${text(principal)} of ${text(balance)} by its plan.`,
  };
}
