import type { LocalDate } from '@tenor/calendar';
import { elapsed, missed } from '../delinquency/delinquency.ts';
import { chargeableOf, components, type LoanInstalment, sumOfParts } from '../delinquency/instalment.ts';
import { type LoanState, stages } from './loan.ts';
import type { LoanEvent } from './loan-event.ts';

/** How a loan's instalments were paid, until one day. */
export interface Punctuality {
  /** Whose due date and grace have passed, or that were given up with the loan. */
  readonly due: number;
  /** Of them, those that were not missed when their time had passed. */
  readonly onTime: number;
}

/**
 * Judges each instalment once, on the day after its due date and grace, by the plan and the payments that stood then:
 * what was paid, planned anew or put off later does not change it, and what was taken back never counted. What a
 * write-off gave up was not paid on time, due or not. What asks for nothing, as in a payment holiday, is not judged.
 * Pauses and the tolerance count as in delinquency (domain.md §6).
 */
export function punctuality(events: readonly LoanEvent[], asOf: LocalDate): Punctuality {
  const made = stages(events, { asOf });
  let [due, onTime]: [number, number] = [0, 0];
  let judged: LocalDate | null = null;
  for (const [index, { state }] of made.entries()) {
    const until: LocalDate = made[index + 1]?.effect.event.valueDate ?? asOf;
    const isLate = lateIn(state);
    const passed = elapsed(state, until);
    for (const instalment of passed) {
      if ((judged !== null && instalment.dueDate <= judged) || asksNothing(instalment)) continue;
      due += 1;
      if (!isLate(instalment)) onTime += 1;
    }
    judged = laterOf(judged, passed.at(-1)?.dueDate);
  }
  return { due: due + givenUpAfter(made.at(-1)?.state, judged), onTime };
}

function lateIn(state: LoanState): (instalment: LoanInstalment) => boolean {
  const isMissed = missed(state);
  return (instalment) => isMissed(instalment) || isGivenUp(instalment);
}

const asksNothing = (instalment: LoanInstalment): boolean =>
  components.every((component) => chargeableOf(instalment, component) === 0n);

const isGivenUp = ({ additions }: LoanInstalment): boolean =>
  additions !== null && sumOfParts(additions.writtenOff) > 0n;

/** Instalments that were not due yet when the loan was written off. */
function givenUpAfter(state: LoanState | undefined, judged: LocalDate | null): number {
  const later = state?.instalments.filter(({ dueDate }) => judged === null || dueDate > judged) ?? [];
  return later.filter(isGivenUp).length;
}

function laterOf(one: LocalDate | null, other: LocalDate | undefined): LocalDate | null {
  if (one === null || other === undefined) return other ?? one;
  return one > other ? one : other;
}
