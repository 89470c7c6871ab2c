import type { Parts, PlannedInstalment } from '../schedules/schedule.ts';

/** An instalment of a live loan: what the schedule asks and what has been paid of it, in minor units. */
export interface LoanInstalment extends PlannedInstalment {
  readonly paid: Parts;
}

/** A planned instalment of which nothing is paid. */
export function unpaidInstalment(planned: PlannedInstalment): LoanInstalment {
  return { ...planned, paid: { principal: 0n, interest: 0n, fee: 0n, penalty: 0n } };
}

/** What one component of an instalment still owes. No event charges a penalty yet, so none is ever owed. */
export function remainderOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  const asked = component === 'penalty' ? 0n : instalment[component];
  return asked - instalment.paid[component];
}

/** What an instalment still owes in all, in minor units. */
export function remainder({ principal, interest, fee, paid }: LoanInstalment): bigint {
  return principal - paid.principal + (interest - paid.interest) + (fee - paid.fee) - paid.penalty;
}

/** Whether nothing is left to pay; an instalment of zero counts as paid. Cheaper than asking for the remainder. */
export function isSettled({ principal, interest, fee, paid }: LoanInstalment): boolean {
  return paid.principal === principal && paid.interest === interest && paid.fee === fee;
}

/** Whether both ask the same, whatever is paid of them. */
export function isPlannedAs(one: PlannedInstalment, other: PlannedInstalment | undefined): boolean {
  return (
    other !== undefined &&
    one.number === other.number &&
    one.dueDate === other.dueDate &&
    one.principal === other.principal &&
    one.interest === other.interest &&
    one.fee === other.fee &&
    one.balanceAfter === other.balanceAfter
  );
}
