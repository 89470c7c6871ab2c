import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { remainderOf } from '../delinquency/instalment.ts';
import type { LoanState } from '../loans/loan.ts';
import type { DraftEvent } from '../loans/loan-event.ts';
import { aged } from '../penalties/passing-days.ts';
import { eventFee } from '../products/charge.ts';

/** When a change takes effect, and today in the loan's time zone. */
export interface Effective {
  /** Null: on the business date. */
  readonly valueDate: LocalDate | null;
  readonly businessDate: LocalDate;
}

export interface Charge {
  readonly chargeId: string;
  readonly component: 'fee' | 'penalty';
  /** What it is for, as a code. */
  readonly code: string;
  readonly amount: Money;
}

export interface Waiver {
  readonly waiverId: string;
  readonly component: 'fee' | 'penalty' | 'interest';
  /** Null: of every instalment. */
  readonly instalment: number | null;
  /** Null: all that is owed. */
  readonly amount: Money | null;
  readonly reason: string | null;
}

/** What the loan's terms charge on the event of this code, percentages of all that was paid out; undefined for none. */
export function agreedFee({ terms, currency, paidOut }: LoanState, code: string): Money | undefined {
  const asked = paidOut.reduce((sum, { amount }) => sum + amount, 0n);
  const minor = eventFee(terms, currency, asked, code);
  return minor === undefined ? undefined : { minor, currency };
}

/** Charges a fee or penalty on a live loan. Refuses what `checkLive` does, and `currency_mismatch`. */
export function decideCharge(state: LoanState, charge: Charge, when: Effective): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal = checkLive(state, valueDate, when.businessDate) ?? checkCurrency(state, charge.amount);
  if (refusal !== undefined) return refusal;
  const { chargeId, component, code, amount } = charge;
  const payload = { chargeId, component, code, amount: formatAmount(amount.minor, amount.currency) };
  return { type: 'charged', valueDate, payload };
}

/**
 * Gives up a part of what is owed on the value date. Refuses what `checkLive` does, `currency_mismatch`, `not_found` for
 * an instalment that the loan does not have, and `amount_exceeds_outstanding` for more than was owed of the component
 * that day, or where nothing was.
 *
 * @param then the loan as it stood at the end of the value date
 */
export function decideWaiver(
  state: LoanState,
  waiver: Waiver,
  when: Effective,
  then: LoanState = state,
): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const { waiverId, component, instalment, amount, reason } = waiver;
  const refusal =
    checkLive(state, valueDate, when.businessDate) ?? (amount === null ? undefined : checkCurrency(state, amount));
  if (refusal !== undefined) return refusal;
  if (instalment !== null && !state.instalments.some(({ number }) => number === instalment)) {
    return { refused: 'not_found', detail: `The loan has no instalment ${instalment}.` };
  }
  const { currency } = state;
  const owed = owedOf(aged(then, valueDate), component, instalment);
  if (owed === 0n || (amount !== null && amount.minor > owed)) {
    const outstanding = formatAmount(owed, currency);
    const detail = `Of ${component}, ${outstanding} ${currency} was owed on ${valueDate}.`;
    return { refused: 'amount_exceeds_outstanding', detail, meta: { loan_id: state.loanId, outstanding, currency } };
  }
  const text = amount === null ? null : formatAmount(amount.minor, currency);
  return { type: 'waived', valueDate, payload: { waiverId, component, instalment, amount: text, reason } };
}

function owedOf({ instalments }: LoanState, component: Waiver['component'], number: number | null): bigint {
  return instalments.reduce(
    (sum, instalment) =>
      number === null || instalment.number === number ? sum + remainderOf(instalment, component) : sum,
    0n,
  );
}

/**
 * Whether a loan can be changed with effect from that day: `state_conflict` for one that is not active,
 * `value_date_before_disbursement`, `value_date_in_future`.
 */
export function checkLive(
  { status, disbursedOn }: LoanState,
  valueDate: LocalDate,
  businessDate: LocalDate,
): Refusal | undefined {
  if (status !== 'active' || disbursedOn === null) {
    const allowed = ['active'];
    return {
      refused: 'state_conflict',
      detail: `The loan is ${status}; this needs it to be active.`,
      meta: { status, allowed },
    };
  }
  if (valueDate < disbursedOn) {
    const detail = `The date ${valueDate} is before the disbursement on ${disbursedOn}.`;
    return { refused: 'value_date_before_disbursement', detail, meta: { disbursed_on: disbursedOn } };
  }
  return checkNotFuture(valueDate, businessDate);
}

/** `value_date_in_future` for a day after the business date. */
export function checkNotFuture(valueDate: LocalDate, businessDate: LocalDate): Refusal | undefined {
  if (valueDate <= businessDate) return undefined;
  const detail = `The date ${valueDate} is after the business date ${businessDate}.`;
  return { refused: 'value_date_in_future', detail, meta: { business_date: businessDate } };
}

/** `currency_mismatch` for an amount in another currency than the loan's. */
export function checkCurrency({ currency }: LoanState, amount: Money): Refusal | undefined {
  if (amount.currency === currency) return undefined;
  const detail = `The loan is in ${currency}, the amount in ${amount.currency}.`;
  return { refused: 'currency_mismatch', detail, meta: { currencies: [currency] } };
}
