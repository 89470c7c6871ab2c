import type { LocalDate } from '@tenor/calendar';
import type { Delinquency } from '../delinquency/delinquency.ts';
import { isPlannedAs, remainder } from '../delinquency/instalment.ts';
import { difference, type Posting } from '../ledger/posting.ts';
import { laterThan } from './instants.ts';
import { type Effect, evolve, type LoanInstalment, type LoanState, sortsLast, stages } from './loan.ts';
import { type DraftEvent, isPlaced, type LoanEvent, type Recorded } from './loan-event.ts';
import { bookedUntil, lastPostings, ledgerOf } from './loan-ledger.ts';

/** What was last announced about a loan: its delinquency, and the due dates to come that were told of. */
export interface Announced extends Pick<Delinquency, 'isDelinquent' | 'bucket'> {
  readonly dues: readonly LocalDate[];
}

/** What a loan's row keeps of what is announced. */
export interface Standing {
  readonly announced: Announced;
  /** The next day on which something could have to be announced or booked; null when none can come without an event. */
  readonly nextChangeOn: LocalDate | null;
  /** The earliest due date to come that owes something and was not told of. */
  readonly nextDueOn: LocalDate | null;
}

/** Where the recording of a loan stands: what its next event follows. */
export interface Position {
  readonly seq: number;
  readonly recordedAt: string;
}

export interface Moment {
  /** The database's clock, read after the lock was taken. */
  readonly now: string;
  readonly actor: string;
  readonly id: string;
}

/** A draft as the next event of a loan: one later in sequence, and recorded at least a microsecond later. */
export function stamp<Draft extends Pick<DraftEvent, 'valueDate'>>(
  draft: Draft,
  after: Position,
  { now, actor, id }: Moment,
): Draft & Recorded {
  return { ...draft, id, seq: after.seq + 1, recordedAt: laterThan(after.recordedAt, now), actor };
}

/** What recording one event did to its loan. */
export interface Step {
  readonly event: LoanEvent;
  readonly state: LoanState;
  /** What the event itself did. */
  readonly effect: Effect | undefined;
  /** After a refold, what each event did; else what the event itself did. */
  readonly effects: readonly Effect[];
  /** Earlier recorded payments that now apply or credit another amount. */
  readonly moved: readonly { readonly before: Effect; readonly after: Effect | undefined }[];
  /** To be booked: the event's own postings, and after a refold what differs. */
  readonly postings: readonly Posting[];
  /** The last day whose growth they bring into the books; null for a loan whose income is what was paid. */
  readonly bookedThrough: LocalDate | null;
  readonly changed: readonly LoanInstalment[];
}

/** Whether the event can only be recorded with the loan's whole journal at hand. */
export function needsHistory(before: LoanState | undefined, event: LoanEvent): boolean {
  return before !== undefined && (!isPlaced(event) || !sortsLast(before, event));
}

/** A loan and the last day whose growth is in its books; undefined and null before the first event. */
export interface Booked {
  readonly state: LoanState | undefined;
  readonly bookedThrough: LocalDate | null;
}

/** The step of an event that sorts strictly last: the stored state evolves. */
export function appendLast({ state: before, bookedThrough }: Booked, event: LoanEvent): Step {
  const { state, effect } = evolve(before, event);
  return {
    event,
    state,
    effect,
    effects: [effect],
    moved: [],
    postings: lastPostings(before, bookedThrough, { effect, state }),
    bookedThrough: bookedUntil(state, bookedThrough, event.valueDate),
    changed: changedOf(before, state),
  };
}

/** The step of any other event: the journal is folded again, and what differs from before is the step. */
export function refold(
  { state: before, bookedThrough }: Booked,
  history: readonly LoanEvent[],
  event: LoanEvent,
): Step {
  const old = stages(history);
  const next = stages([...history, event]);
  const last = next.at(-1);
  if (last === undefined) throw new Error(`The journal of event ${event.id} does not fold`);
  const effects = next.map(({ effect }) => effect);
  const byId = new Map(effects.map((effect) => [effect.event.id, effect]));
  const moved = old.flatMap(({ effect }) => {
    const after = byId.get(effect.event.id);
    const isSame = after !== undefined && after.applied === effect.applied && after.excess === effect.excess;
    return isSame ? [] : [{ before: effect, after }];
  });
  return {
    event,
    state: last.state,
    effect: byId.get(event.id),
    effects,
    moved,
    postings: difference(ledgerOf(old, bookedThrough), ledgerOf(next, bookedThrough)),
    bookedThrough,
    changed: changedOf(before, last.state),
  };
}

function changedOf(before: LoanState | undefined, after: LoanState): LoanInstalment[] {
  if (before === undefined) return [...after.instalments];
  const known = new Map(before.instalments.map((instalment) => [instalment.number, instalment]));
  return after.instalments.filter((instalment) => !isSameInstalment(known.get(instalment.number), instalment));
}

function isSameInstalment(one: LoanInstalment | undefined, other: LoanInstalment): boolean {
  if (one === undefined || !isPlannedAs(one, other)) return false;
  if (one.additions !== other.additions && remainder(one) !== remainder(other)) return false;
  const [a, b] = [one.paid, other.paid];
  return a.principal === b.principal && a.interest === b.interest && a.fee === b.fee && a.penalty === b.penalty;
}
