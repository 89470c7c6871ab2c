import type { LoanCharged, LoanRecovered, LoanWaived, LoanWrittenOff } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { addParts, NO_PARTS, sumOfParts } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { Step } from '../loans/loan-book.ts';
import type { DraftEvent } from '../loans/loan-event.ts';
import { allocationsJson, faceOf } from '../loans/loan-messages.ts';
import { leftToRecover } from '../loans/write-off.ts';
import type { Parts } from '../schedules/schedule.ts';

/** What published events say of a change: their data, without any I/O. */

type Draft<Type extends DraftEvent['type']> = Extract<DraftEvent, { type: Type }>;

export function chargedData(step: Step, { valueDate, payload }: Draft<'charged'>): LoanCharged {
  const { chargeId, component, code, amount } = payload;
  return { ...face(step), charge_id: chargeId, component, code, value_date: valueDate, amount };
}

export function waivedData(step: Step, { valueDate, payload }: Draft<'waived'>): LoanWaived {
  const { waiverId, component, reason } = payload;
  const { currency } = step.state;
  const waivers: readonly Allocation[] = step.effect?.waivers ?? [];
  const amount = waivers.reduce((sum, parts) => sum + sumOfParts(parts), 0n);
  return {
    ...face(step),
    waiver_id: waiverId,
    component,
    value_date: valueDate,
    amount: formatAmount(amount, currency),
    allocations: allocationsJson(waivers, currency),
    reason,
  };
}

export function writtenOffData(step: Step, { valueDate, payload }: Draft<'written_off'>): LoanWrittenOff {
  const text = (minor: bigint): string => formatAmount(minor, step.state.currency);
  const given: readonly Parts[] = step.effect?.writtenOff ?? [];
  const parts = given.reduce(addParts, NO_PARTS);
  return {
    ...face(step),
    written_off_on: valueDate,
    amount: text(sumOfParts(parts)),
    principal: text(parts.principal),
    interest: text(parts.interest),
    fee: text(parts.fee),
    penalty: text(parts.penalty),
    reason: payload.reason,
  };
}

export function recoveredData({ state }: Step, { valueDate, payload }: Draft<'recovered'>): LoanRecovered {
  const { loanId, customerId, currency, writtenOff } = state;
  return {
    loan_id: loanId,
    customer_id: customerId,
    recovery_id: payload.recoveryId,
    value_date: valueDate,
    amount: payload.amount,
    left: formatAmount(writtenOff === null ? 0n : leftToRecover(writtenOff), currency),
    currency,
  };
}

function face({ state, changed }: Step) {
  return faceOf(state, new Set(changed.map(({ number }) => number)));
}
