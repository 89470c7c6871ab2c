import { max, min } from '@tenor/money';
import {
  addParts,
  components,
  isSettled,
  type LoanInstalment,
  NO_ADDITIONS,
  NO_PARTS,
  remainderOf,
  remaindersOf,
  subtractParts,
  sumOfParts,
} from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';

/** What a new plan takes over from instalments that stay, in minor units. */
export interface Carried {
  /** What of them goes along, its principal left out: asked by the first new instalment. */
  readonly arrears: Parts;
  /** Of its fee, the tax on interest and penalties. */
  readonly arrearsTax: bigint;
  /** Interest that they left to a later instalment, and the tax on it: asked by the first new one with interest. */
  readonly postponed: Pick<Parts, 'interest' | 'fee'>;
  /** Interest that they asked too much, and the tax on it: the same instalment asks for so much less. */
  readonly givenBack: Pick<Parts, 'interest' | 'fee'>;
}

/**
 * The instalments of a new plan with all that happened to those that they replace, each with its predecessor's: what was
 * charged to it, what was waived of it and what was paid of it in advance. What an instalment cannot take goes to the
 * first that can; what was paid is never given back. Principal that ended before and is no part of the new plan is all
 * the first one's, so that the balance after each is what the plan has still to repay.
 */
export function takingOver(
  fresh: readonly LoanInstalment[],
  replaced: readonly LoanInstalment[],
  { arrears, arrearsTax, postponed, givenBack }: Carried,
): LoanInstalment[] {
  const asking = Math.max(
    fresh.findIndex(({ interest }) => interest > 0n),
    0,
  );
  const taken = fresh.map(() => ({ charged: { ...NO_PARTS }, waived: { ...NO_PARTS }, paid: { ...NO_PARTS } }));
  for (const component of components) {
    const place = component === 'principal' ? atFirst : aligned;
    const charged = place(replaced, fresh.length, (each) => chargedOf(each, component));
    add(charged, 0, arrears[component]);
    if (component === 'interest' || component === 'fee') add(charged, asking, postponed[component]);
    const paid = aligned(replaced, fresh.length, (each) => paidOfPlan(each, component));
    add(
      paid,
      0,
      sumOver(replaced, (each) => each.paid[component] - paidOfPlan(each, component)),
    );
    const planned = fresh.map((instalment) => (component === 'penalty' ? 0n : instalment[component]));
    const asked = planned.map((amount, index) => amount + (charged[index] ?? 0n));
    const spread = filling(asked, paid);
    add(charged, 0, spread.left);
    add(spread.parts, 0, spread.left);
    const room = asked.map((amount, index) => max(amount - (spread.parts[index] ?? 0n), 0n));
    const waived = place(replaced, fresh.length, (each) => each.additions?.waived[component] ?? 0n);
    const given = filling(room, waived).parts;
    for (const [index, parts] of taken.entries()) {
      parts.charged[component] = charged[index] ?? 0n;
      parts.paid[component] = spread.parts[index] ?? 0n;
      parts.waived[component] = given[index] ?? 0n;
    }
  }
  const chargedTaxes = aligned(replaced, fresh.length, addedTaxOf);
  add(chargedTaxes, 0, arrearsTax);
  add(chargedTaxes, asking, postponed.fee);
  const waivedTaxes = aligned(replaced, fresh.length, ({ additions }) => additions?.waivedTax ?? 0n);
  return fresh.map((instalment, index) => {
    const { charged, waived, paid } = taken[index] ?? { charged: NO_PARTS, waived: NO_PARTS, paid: NO_PARTS };
    const left = subtractParts(addParts(withoutPenalty(instalment), charged), addParts(waived, paid));
    const forgone =
      index === asking
        ? { ...NO_PARTS, interest: min(givenBack.interest, left.interest), fee: min(givenBack.fee, left.fee) }
        : NO_PARTS;
    const isPlain = sumOfParts(charged) + sumOfParts(waived) + sumOfParts(forgone) === 0n;
    const chargedTax = chargedTaxes[index] ?? 0n;
    const waivedTax = min(waivedTaxes[index] ?? 0n, waived.fee);
    const additions = isPlain ? null : { ...NO_ADDITIONS, charged, waived, forgone, chargedTax, waivedTax };
    return { ...instalment, paid, additions };
  });
}

/** Instalments that stay, whose rests go along into a new plan. */
export function handedOver(kept: readonly LoanInstalment[]): LoanInstalment[] {
  let movedByThen = 0n;
  return kept.map((instalment) => {
    const moved = remaindersOf(instalment);
    movedByThen += moved.principal;
    if (movedByThen === 0n && isSettled(instalment)) return instalment;
    const additions = instalment.additions ?? NO_ADDITIONS;
    return {
      ...instalment,
      additions: {
        ...additions,
        forgone: addParts(additions.forgone, moved),
        moved: addParts(additions.moved, moved),
        movedByThen: additions.movedByThen + movedByThen,
      },
    };
  });
}

/** Principal of the instalment that was paid before it was due, and that its plan knows nothing of. */
export function paidAhead(instalment: LoanInstalment): bigint {
  return instalment.paid.principal - paidForGood(instalment);
}

/**
 * Principal of the instalment that was paid and is no part of a later plan: what was paid back is charged to it as well;
 * once the rest was given up, all that was paid of it.
 */
function paidForGood(instalment: LoanInstalment): bigint {
  const { paid, additions } = instalment;
  if (additions === null) return 0n;
  const given = additions.waived.principal;
  if (given > 0n && remainderOf(instalment, 'principal') === 0n) return paid.principal;
  return min(max(additions.charged.principal - given, 0n), paid.principal);
}

/**
 * What was charged beyond the plan, and principal that has ended; principal that joined and is still owed is planned
 * anew instead.
 */
function chargedOf(instalment: LoanInstalment, component: keyof Parts): bigint {
  const { additions } = instalment;
  if (additions === null) return 0n;
  if (component === 'principal') return paidForGood(instalment) + additions.waived.principal;
  return additions.charged[component] + additions.grown[component];
}

/** What was paid of what the plan asks. */
function paidOfPlan(instalment: LoanInstalment, component: keyof Parts): bigint {
  return component === 'principal' ? paidAhead(instalment) : instalment.paid[component];
}

const withoutPenalty = ({ principal, interest, fee }: LoanInstalment): Parts => ({
  principal,
  interest,
  fee,
  penalty: 0n,
});

const addedTaxOf = ({ additions }: LoanInstalment): bigint =>
  additions === null ? 0n : additions.chargedTax + additions.grown.fee;

function sumOver(replaced: readonly LoanInstalment[], amountOf: (instalment: LoanInstalment) => bigint): bigint {
  return replaced.reduce((sum, instalment) => sum + amountOf(instalment), 0n);
}

/** One amount per place, all with the first. */
function atFirst(
  replaced: readonly LoanInstalment[],
  places: number,
  amountOf: (instalment: LoanInstalment) => bigint,
): bigint[] {
  return Array.from({ length: places }, (_, index) => (index === 0 ? sumOver(replaced, amountOf) : 0n));
}

/** One amount per place, those that have no place of their own with the first. */
function aligned(
  replaced: readonly LoanInstalment[],
  places: number,
  amountOf: (instalment: LoanInstalment) => bigint,
): bigint[] {
  const amounts = Array.from({ length: places }, () => 0n);
  for (const [index, instalment] of replaced.entries()) add(amounts, index < places ? index : 0, amountOf(instalment));
  return amounts;
}

/** Each amount at its own place as far as there is room, the rest from the first place on; `left` finds none. */
function filling(room: readonly bigint[], amounts: readonly bigint[]): { parts: bigint[]; left: bigint } {
  const own = room.map((place, index) => min(place, amounts[index] ?? 0n));
  let left = amounts.reduce((sum, amount) => sum + amount, 0n) - own.reduce((sum, amount) => sum + amount, 0n);
  const parts = own.map((amount, index) => {
    const more = min((room[index] ?? 0n) - amount, left);
    left -= more;
    return amount + more;
  });
  return { parts, left };
}

function add(amounts: bigint[], index: number, amount: bigint): void {
  amounts[index] = (amounts[index] ?? 0n) + amount;
}
