import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { eventsBefore, placeOfUse } from '../loans/fold-order.ts';
import { fold, type LoanState } from '../loans/loan.ts';
import { decideOpen, type OpenContext, type OpenLoan } from '../loans/loan-decisions.ts';
import type { DraftEvent, LoanEvent } from '../loans/loan-event.ts';
import { loanSchedule } from '../loans/loan-schedule.ts';
import { type PayoffStrategy, payoff } from '../loans/payoff.ts';
import { aged } from '../penalties/passing-days.ts';

/** A new loan that pays an old one off. */
export interface TopUp extends OpenLoan {
  /** Of the use of credit by which the new loan pays the old one. */
  readonly useId: string;
  /** How the payoff is reckoned; null: as the old loan's product says. */
  readonly strategy: PayoffStrategy | null;
}

/** What is recorded of it, in this order. */
export interface ToppedUp {
  readonly opening: readonly DraftEvent[];
  readonly payment: DraftEvent;
  readonly payoff: DraftEvent;
}

/**
 * Opens a loan that pays the old one off today; the officer's command is its approval. Refuses `state_conflict` for an
 * old loan that is not active, `currency_mismatch`, what `decideOpen` refuses, and `payoff_not_covered` where what the
 * new loan pays out is less than the payoff.
 *
 * @param context exposure and open loans without those of the old loan
 * @param today in the time zone of the old loan
 * @param journal of the old loan: the payoff is taken at its place in the day, before what comes after it that day
 */
export function decideTopUp(
  old: LoanState,
  topUp: TopUp,
  context: OpenContext,
  today: LocalDate,
  journal: readonly LoanEvent[],
): ToppedUp | Refusal {
  const { status, currency, loanId } = old;
  const { principal, useId } = topUp;
  if (status !== 'active') {
    const detail = `The loan is ${status}; this needs it to be active.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed: ['active'] } };
  }
  if (principal.currency !== currency) {
    const detail = `The loan is in ${currency}, the new principal in ${principal.currency}.`;
    return { refused: 'currency_mismatch', detail, meta: { currencies: [currency] } };
  }
  const decided = decideOpen(topUp, context);
  if ('refused' in decided) return decided;
  const [opened] = decided;
  if (opened?.type !== 'opened') throw new Error('a loan begins with its opening');
  const strategy = topUp.strategy ?? old.policy.settlement.payoff;
  const then = fold(eventsBefore(journal, placeOfUse(useId, today)))?.state ?? old;
  const asked = payoff(aged(then, today), today, strategy).total;
  const { valueDate, payload } = opened;
  const { terms, closedDays = NEVER_CLOSED } = payload;
  const schedule = loanSchedule({ terms, closedDays, currency, principal: principal.minor }, valueDate);
  if ('refused' in schedule) return schedule;
  if (schedule.netDisbursed < asked) return notCovered(asked, schedule.netDisbursed, currency);
  const amount = formatAmount(asked, currency);
  const settles = { loanId, useId, amount };
  return {
    opening: [
      opened,
      { type: 'approved', valueDate, payload: {} },
      { type: 'disbursed', valueDate, payload: { amount: payload.principal, settles } },
    ],
    payment: { type: 'credit_used', valueDate: today, payload: { useId, amount } },
    payoff: { type: 'prepaid', valueDate: today, payload: { lotId: useId, strategy } },
  };
}

function notCovered(asked: bigint, net: bigint, currency: string): Refusal {
  const [payoffText, paidOut] = [formatAmount(asked, currency), formatAmount(net, currency)];
  const detail = `The payoff takes ${payoffText} ${currency}, and the new loan pays out ${paidOut}.`;
  return { refused: 'payoff_not_covered', detail, meta: { payoff: payoffText, paid_out: paidOut, currency } };
}
