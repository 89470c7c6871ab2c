import { min } from '@tenor/money';
import type { Parts, PlannedInstalment } from '../schedules/schedule.ts';

/**
 * What an instalment asks beyond its plan, and what of it all was given up, in minor units. The days that it was late
 * are kept exactly, as minor units × days, so that reckoning them in one go or day by day comes to the same.
 */
export interface Additions {
  /** Asked by events. */
  readonly charged: Parts;
  /** Asked by the days that passed: penalty, interest on principal that is late, and as its fee the tax on both. */
  readonly grown: Parts;
  /** Given up by waivers. */
  readonly waived: Parts;
  /** Asked no more since a payoff ended the loan, or a plan made anew took it over: never earned here. */
  readonly forgone: Parts;
  /** What of the forgone a plan made anew asks for instead. */
  readonly moved: Parts;
  /** Principal that the same plan took over of this instalment and those before it: it is still owed after this one. */
  readonly movedByThen: bigint;
  /** Given up when the loan was written off. */
  readonly writtenOff: Parts;
  /** Of the fee that was charged, the tax on penalties and on interest that other instalments left to this one. */
  readonly chargedTax: bigint;
  /** Of the fee that was waived, the tax on penalties that were. */
  readonly waivedTax: bigint;
  /** Over all days that cost a penalty, what of principal, interest and fee was overdue at their start. */
  readonly lateDays: bigint;
  /** Over all days after the due date, what of the principal was. */
  readonly latePrincipalDays: bigint;
}

/** An instalment of a live loan: what the schedule asks, what came on top, and what has been paid; in minor units. */
export interface LoanInstalment extends PlannedInstalment {
  readonly paid: Parts;
  /** Null of one to which nothing happened but payments. */
  readonly additions: Additions | null;
}

export const NO_PARTS: Parts = { principal: 0n, interest: 0n, fee: 0n, penalty: 0n };
export const NO_ADDITIONS: Additions = {
  charged: NO_PARTS,
  grown: NO_PARTS,
  waived: NO_PARTS,
  forgone: NO_PARTS,
  moved: NO_PARTS,
  movedByThen: 0n,
  writtenOff: NO_PARTS,
  chargedTax: 0n,
  waivedTax: 0n,
  lateDays: 0n,
  latePrincipalDays: 0n,
};

/** A planned instalment of which nothing is paid. */
export function unpaidInstalment(planned: PlannedInstalment): LoanInstalment {
  return { ...planned, paid: NO_PARTS, additions: null };
}

/**
 * The instalment with so much more charged to it, or given up of it.
 *
 * @param tax what of the fee is the tax on a penalty, where it is charged or waived
 */
export function withAdded(
  instalment: LoanInstalment,
  as: 'charged' | 'waived' | 'forgone' | 'writtenOff',
  parts: Parts,
  tax = 0n,
): LoanInstalment {
  const additions = instalment.additions ?? NO_ADDITIONS;
  const taxes = {
    chargedTax: additions.chargedTax + (as === 'charged' ? tax : 0n),
    waivedTax: additions.waivedTax + (as === 'waived' ? tax : 0n),
  };
  return { ...instalment, additions: { ...additions, [as]: addParts(additions[as], parts), ...taxes } };
}

/** What one component of an instalment asks for, paid or not, and not counting what was given up. */
export function askedOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  const { additions } = instalment;
  if (additions === null) return plannedOf(instalment, component);
  return chargeableOf(instalment, component) - additions.waived[component] - additions.writtenOff[component];
}

/** What one component of an instalment asks for before any of it is waived or written off. */
export function chargeableOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  const planned = plannedOf(instalment, component);
  const { additions } = instalment;
  if (additions === null) return planned;
  return planned + additions.charged[component] + additions.grown[component] - additions.forgone[component];
}

function plannedOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  return component === 'penalty' ? 0n : instalment[component];
}

/** Of the fee that was added to an instalment, the tax on penalties and interest, less what was waived of it. */
export function addedTax({ additions }: LoanInstalment): bigint {
  return additions === null ? 0n : additions.chargedTax + additions.grown.fee - additions.waivedTax;
}

/** What one component of an instalment still owes. */
export function remainderOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  return askedOf(instalment, component) - instalment.paid[component];
}

/** What an instalment still owes of the tax that was added to it, which is paid after its other fees. */
export function unpaidAddedTax(instalment: LoanInstalment): bigint {
  return min(remainderOf(instalment, 'fee'), addedTax(instalment));
}

/** What every component of an instalment still owes. */
export function remaindersOf(instalment: LoanInstalment): Parts {
  return {
    principal: remainderOf(instalment, 'principal'),
    interest: remainderOf(instalment, 'interest'),
    fee: remainderOf(instalment, 'fee'),
    penalty: remainderOf(instalment, 'penalty'),
  };
}

/** What an instalment asks for in all, paid or not, in minor units. */
export function askedInAll(instalment: LoanInstalment): bigint {
  return instalment.additions === null
    ? instalment.principal + instalment.interest + instalment.fee
    : components.reduce((sum, component) => sum + askedOf(instalment, component), 0n);
}

/** What an instalment still owes in all, in minor units. */
export function remainder(instalment: LoanInstalment): bigint {
  return askedInAll(instalment) - sumOfParts(instalment.paid);
}

/** Instalments with additions that were found settled. None ever changes, so those of a long loan are passed over fast. */
const foundSettled = new WeakSet<LoanInstalment>();

/** Whether nothing is left to pay; an instalment of zero counts as paid. Cheaper than asking for the remainder. */
export function isSettled(instalment: LoanInstalment): boolean {
  const { principal, interest, fee, paid, additions } = instalment;
  if (additions === null) return paid.principal === principal && paid.interest === interest && paid.fee === fee;
  if (foundSettled.has(instalment)) return true;
  const isSettled = components.every((component) => remainderOf(instalment, component) === 0n);
  if (isSettled) foundSettled.add(instalment);
  return isSettled;
}

export const components = ['penalty', 'fee', 'interest', 'principal'] as const satisfies readonly (keyof Parts)[];

export function addParts(a: Parts, b: Parts): Parts {
  return {
    principal: a.principal + b.principal,
    interest: a.interest + b.interest,
    fee: a.fee + b.fee,
    penalty: a.penalty + b.penalty,
  };
}

/** Below zero where the second is more. */
export function subtractParts(a: Parts, b: Parts): Parts {
  return {
    principal: a.principal - b.principal,
    interest: a.interest - b.interest,
    fee: a.fee - b.fee,
    penalty: a.penalty - b.penalty,
  };
}

export function sumOfParts({ principal, interest, fee, penalty }: Parts): bigint {
  return principal + interest + fee + penalty;
}

/** Whether both ask the same by their plans, whatever is paid of them. */
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

/** Whether both plans ask the same, whatever is paid of them. */
export function isSamePlan(one: readonly PlannedInstalment[], other: readonly PlannedInstalment[]): boolean {
  return one.length === other.length && one.every((instalment, index) => isPlannedAs(instalment, other[index]));
}
