import type { LocalDate } from '@tenor/calendar';
import type { LoanState } from '../loans/loan.ts';
import type { LoanEvent } from '../loans/loan-event.ts';
import { changesOf, type Difference } from './difference.ts';
import { eventReasons } from './event-reasons.ts';
import { growthReason } from './growth-reasons.ts';
import { planReasons } from './plan-reasons.ts';
import type { Reason } from './reason.ts';
import { type Cause, owing, type Stage, type Trace, type TraceViewpoint, trace } from './trace.ts';

/** One line of an explanation: so much of the component is owed, or owed no more, because of the cause, by the rule. */
export interface ExplainedLine extends Pick<Difference, 'component' | 'effect' | 'amount'>, Reason {
  /** Number of the instalment. */
  readonly instalment: number;
  readonly cause: Cause;
}

export interface Explanation {
  readonly state: LoanState;
  readonly asOf: LocalDate;
  readonly knownAt: string;
  /** By instalment, then in the order of the fold; those of an instalment's component sum to what it owes. */
  readonly lines: readonly ExplainedLine[];
}

/**
 * Where every minor unit that a loan owes comes from: the differences that each step of the fold makes to each component
 * of each instalment, with the rule and all numbers that it was reckoned from. An instalment that a new plan replaces
 * is explained from that plan on. Undefined where the loan was not there yet.
 */
export function explanation(events: readonly LoanEvent[], { asOf, knownAt }: TraceViewpoint): Explanation | undefined {
  const traced = trace(events, { asOf, knownAt });
  if (traced === undefined) return undefined;
  const lines = new Map<number, ExplainedLine[]>();
  let state: LoanState | undefined;
  for (const stage of traced.stages) {
    const changes = changesOf(stage);
    for (const { number, isNew } of changes) if (isNew) lines.set(number, []);
    const differences = changes.flatMap((change) => change.differences);
    for (const line of reasoned(stage, differences, traced.lots)) lines.get(line.instalment)?.push(line);
    state = stage.after;
  }
  if (state === undefined) return undefined;
  return { state, asOf, knownAt, lines: owing(state).flatMap(({ number }) => lines.get(number) ?? []) };
}

/** The differences of one step with the reasons for them. */
function reasoned(
  { before, after, cause }: Stage,
  differences: readonly Difference[],
  lots: Trace['lots'],
): ExplainedLine[] {
  if (differences.length === 0) return [];
  const state = before ?? after;
  const planReason = differences.some(({ effect }) => effect === 'planned') ? planReasons(after) : undefined;
  const changeReason =
    cause.kind === 'days'
      ? (difference: Difference) => growthReason(state, difference)
      : eventReasons(state, cause.effect, differences, lots);
  return differences.map((difference): ExplainedLine => {
    const { instalment, component, effect, amount } = difference;
    const ofPlan = effect === 'planned' ? planReason?.(instalment, component) : undefined;
    const reason = ofPlan ?? changeReason(difference);
    return { instalment: instalment.number, component, effect, amount, cause, ...reason };
  });
}
