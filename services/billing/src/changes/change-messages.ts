import type { LoanCharged, LoanWaived } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { sumOfParts } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { Step } from '../loans/loan-book.ts';
import type { DraftEvent } from '../loans/loan-event.ts';
import { allocationsJson, faceOf } from '../loans/loan-messages.ts';

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

function face({ state, changed }: Step) {
  return faceOf(state, new Set(changed.map(({ number }) => number)));
}
