import { formatAmount } from '@tenor/money';
import { type PlannedInstalment, totalOf } from './schedule.ts';

/** What an instalment asks for, as clients and consumers are told: amounts as decimal text. */
export function scheduledJson(instalment: PlannedInstalment, currency: string) {
  const text = (minor: bigint): string => formatAmount(minor, currency);
  return {
    number: instalment.number,
    due_date: instalment.dueDate,
    principal: text(instalment.principal),
    interest: text(instalment.interest),
    fee: text(instalment.fee),
    total: text(totalOf(instalment)),
  };
}

/** One row of a schedule: an instalment, and the principal that is left after it. */
export function plannedJson(instalment: PlannedInstalment, currency: string) {
  return { ...scheduledJson(instalment, currency), balance_after: formatAmount(instalment.balanceAfter, currency) };
}
