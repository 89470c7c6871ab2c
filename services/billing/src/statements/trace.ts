import { addDays, type LocalDate } from '@tenor/calendar';
import { addParts, type LoanInstalment, NO_PARTS, remaindersOf } from '../delinquency/instalment.ts';
import { inFoldOrder, knownEvents, standingEvents } from '../loans/fold-order.ts';
import { type Effect, type LoanState, stepped } from '../loans/loan.ts';
import { type Lots, lotsOf } from '../loans/loan-effects.ts';
import type { LoanEvent, PlacedEvent } from '../loans/loan-event.ts';
import { aged } from '../penalties/passing-days.ts';
import type { Parts } from '../schedules/schedule.ts';

/** Why a loan is another than before: an event, or days that passed, both ends among them. */
export type Cause =
  | { readonly kind: 'event'; readonly effect: Effect }
  | { readonly kind: 'days'; readonly from: LocalDate; readonly through: LocalDate };

/** One step of the fold. Nothing is there before the first. */
export interface Stage {
  readonly before: LoanState | undefined;
  readonly after: LoanState;
  readonly cause: Cause;
}

export interface Trace {
  /** What all known events say of payments and uses of credit. */
  readonly lots: Lots;
  /** In the order of the fold, each made when it is asked for, since a long loan is too large to be kept as often as it has stages. */
  readonly stages: Iterable<Stage>;
}

/** What a trace looks at: the end of a day, by what was recorded until an instant (RFC 3339, six decimals). */
export interface TraceViewpoint {
  readonly asOf: LocalDate;
  readonly knownAt: string;
}

/**
 * The fold step by step: each event that counts, and the passing of days between them as a step of its own. Days that
 * pass over the end of `cut` are two steps, which together come to the same. Undefined where the loan was not there yet.
 */
export function trace(events: readonly LoanEvent[], at: TraceViewpoint, cut?: LocalDate): Trace | undefined {
  const [first, ...later] = inFoldOrder(events, at);
  if (first?.type !== 'opened') return undefined;
  const { currency } = first.payload;
  const lots = lotsOf(knownEvents(events, at.knownAt), standingEvents(events, at.knownAt), currency);
  return { lots, stages: stagesOf(first, later, { lots, asOf: at.asOf, cut }) };
}

interface Passage {
  readonly lots: Lots;
  readonly asOf: LocalDate;
  readonly cut: LocalDate | undefined;
}

function* stagesOf(first: PlacedEvent, later: readonly PlacedEvent[], { lots, asOf, cut }: Passage): Generator<Stage> {
  const { state: begun, effect } = stepped(undefined, first, lots);
  yield { before: undefined, after: begun, cause: { kind: 'event', effect } };
  let state = begun;
  for (const event of later) {
    yield* passDays(event.valueDate);
    const before = state;
    const next = stepped(before, event, lots);
    state = next.state;
    yield { before, after: state, cause: { kind: 'event', effect: next.effect } };
  }
  yield* passDays(asOf);

  function* passDays(through: LocalDate): Generator<Stage> {
    for (const end of cut !== undefined && cut < through ? [cut, through] : [through]) {
      const before = state;
      state = aged(before, end);
      const from = before.clock ?? before.disbursedOn;
      if (state === before || from === null) continue;
      yield { before, after: state, cause: { kind: 'days', from, through: end } };
    }
  }
}

/** The day that a step belongs to: of days that passed, the last. */
export const dayOfStage = ({ cause }: Stage): LocalDate =>
  cause.kind === 'event' ? cause.effect.event.valueDate : cause.through;

/** The day before, which a statement that begins on `from` opens after. */
export const eveOf = (from: LocalDate): LocalDate => addDays(from, -1);

/** The instalments that are owed: none until the loan is paid out. */
export const owing = (state: LoanState | undefined): readonly LoanInstalment[] =>
  state === undefined || state.disbursedOn === null ? [] : state.instalments;

/** The instalments that a stage did not leave as they were: before it and after it. */
export function touchedBy({ before, after }: Stage): Record<'had' | 'has', readonly LoanInstalment[]> {
  const [earlier, later] = [owing(before), owing(after)];
  return {
    had: earlier.filter((instalment, position) => later[position] !== instalment),
    has: later.filter((instalment, position) => earlier[position] !== instalment),
  };
}

/** What instalments owe by component, in minor units. */
export const owedParts = (instalments: readonly LoanInstalment[]): Parts =>
  instalments.map(remaindersOf).reduce(addParts, NO_PARTS);

export const isNothing = (parts: Parts): boolean =>
  parts.principal === 0n && parts.interest === 0n && parts.fee === 0n && parts.penalty === 0n;
