import type { ClosedDays, LocalDate } from '@tenor/calendar';
import type { LoanInstalment } from '../delinquency/instalment.ts';
import type { Pauses } from '../delinquency/pause.ts';
import type { ProductPolicy, Terms } from '../products/product.ts';
import type { Apr } from '../schedules/apr.ts';
import type { Disbursement } from '../schedules/schedule.ts';
import {
  compareKeys,
  inFoldOrder,
  knownEvents,
  type SortKey,
  sortKey,
  standingEvents,
  type Viewpoint,
} from './fold-order.ts';
import { apply, type Lots, lotsOf, NOTHING_SAID, open } from './loan-effects.ts';
import { isPlaced, type LoanEvent, type PlacedEvent } from './loan-event.ts';
import { broughtTo, type NonAccrual } from './non-accrual.ts';
import type { PlanInForce } from './replan.ts';
import { NOTHING_MOVED, type Outcome, type WorkingLoan } from './working-loan.ts';
import type { WrittenOff } from './write-off.ts';

export type { LoanInstalment } from '../delinquency/instalment.ts';
export { type SortKey, sortKey, type Viewpoint } from './fold-order.ts';
export { type Outstanding, outstanding } from './outstanding.ts';

export type LoanStatus =
  | 'pending'
  | 'approved'
  | 'active'
  | 'paid'
  | 'rejected'
  | 'cancelled'
  | 'failed'
  | 'written_off';

/** A loan as its events make it. Nothing here depends on today; amounts in minor units of `currency`. */
export interface LoanState {
  readonly loanId: string;
  readonly customerId: string;
  readonly externalId: string | null;
  readonly product: { readonly code: string; readonly version: number };
  readonly currency: string;
  readonly principal: bigint;
  readonly terms: Terms;
  /** Of the calendar that the terms name, as it was when the loan was opened. */
  readonly closedDays: ClosedDays;
  readonly policy: ProductPolicy;
  readonly status: LoanStatus;
  /** Null until the money was paid out. */
  readonly disbursedOn: LocalDate | null;
  /** What the borrower asked to have paid out, by day in their order: of the principal, as much as was paid out yet. */
  readonly paidOut: readonly Disbursement[];
  readonly maturityDate: LocalDate;
  /** In the order of due date and number; until the disbursement a plan that nobody owes. */
  readonly instalments: readonly LoanInstalment[];
  /** Of the schedule that the disbursement made, whatever was paid since; null before it. */
  readonly apr: Apr | null;
  /**
   * What its payments and recoveries brought above everything owed, less what was spent of it: its part of the customer's credit.
   * Below zero where a payment was taken back after its excess had been spent.
   */
  readonly credited: bigint;
  /** The place of the last event that counts; null only before the first. */
  readonly lastKey: SortKey | null;
  /** The first day that its growth is not reckoned for; null where nothing grew yet (`aged`). */
  readonly clock: LocalDate | null;
  /** Null for a loan that was not written off. */
  readonly writtenOff: WrittenOff | null;
  /** Null while the plan of the disbursement is in force; else `terms` are those of this plan. */
  readonly plan: PlanInForce | null;
  /** Days that do not count as late. */
  readonly pauses: Pauses;
  /** Null where its product knows none, or no day was judged yet. */
  readonly nonAccrual: NonAccrual | null;
}

/** What one event did. */
export interface Effect extends Outcome {
  readonly event: PlacedEvent;
}

export interface Folded {
  readonly state: LoanState;
  /** Of each event that counts, in the order of the fold. */
  readonly effects: readonly Effect[];
}

/**
 * The loan that these events make, seen from `at`: reversed payments are left out and the rest is applied in the order
 * of (value date, rank of kind, external reference else id), so the order of recording changes nothing. What is known
 * to be spent of a payment's excess is kept from the instalments at every `asOf`: it left the loan, whatever else a
 * payment dated earlier may need. Undefined where the loan did not exist yet. Throws when the journal does not begin with its opening.
 */
export function fold(events: readonly LoanEvent[], at: Viewpoint = {}): Folded | undefined {
  const effects: Effect[] = [];
  let state: LoanState | undefined;
  for (const { loan, effect } of applied(events, at)) {
    effects.push(effect);
    state = loan;
  }
  return state === undefined ? undefined : { state: { ...state, lastKey: keyOfLast(effects) }, effects };
}

/** An event's effect, and the loan after it. */
export interface Stage {
  readonly effect: Effect;
  readonly state: LoanState;
}

/** The same fold with the loan as each of its events left it; empty where the loan did not exist yet. */
export function stages(events: readonly LoanEvent[], at: Viewpoint = {}): Stage[] {
  return Array.from(applied(events, at), ({ loan, effect }) => ({
    effect,
    state: { ...loan, instalments: [...loan.instalments], lastKey: sortKey(effect.event) },
  }));
}

/** Each event's effect in the order of the fold, with the working copy that the next one changes. */
function* applied(events: readonly LoanEvent[], at: Viewpoint): Generator<{ loan: WorkingLoan; effect: Effect }> {
  const [first, ...later] = inFoldOrder(events, at);
  if (first === undefined) return;
  const loan = opened(first);
  const lots = lotsOf(knownEvents(events, at.knownAt), standingEvents(events, at.knownAt), loan.currency);
  yield { loan, effect: { event: first, ...NOTHING_MOVED } };
  for (const event of later) yield { loan, effect: { event, ...step(loan, event, lots) } };
}

function keyOfLast(effects: readonly Effect[]): SortKey | null {
  const last = effects.at(-1);
  return last === undefined ? null : sortKey(last.event);
}

/**
 * The loan as it stood when the plan after this version replaced it, on `until`. Undefined where none did, seen from
 * `at`.
 */
export function foldUntilReplaced(
  events: readonly LoanEvent[],
  version: number,
  at: Viewpoint,
): { state: LoanState; until: LocalDate } | undefined {
  const made = stages(events, at);
  const position = made.findIndex(({ state }) => state.plan !== null && state.plan.version > version);
  const [before, next] = [made[position - 1], made[position]];
  if (before === undefined || next === undefined) return undefined;
  return { state: before.state, until: next.effect.event.valueDate };
}

/**
 * The state after one more event that `sortsLast`: the same, bit for bit, as folding all events again. Costs no more
 * than the instalments that the event touches. Throws for an event that does not sort last, which must be refolded.
 * Rests on the journal's rules that a payment is recorded before its reversal and before its excess is spent, and that
 * no more is spent than is there.
 */
export function evolve(state: LoanState | undefined, event: LoanEvent): { state: LoanState; effect: Effect } {
  if (!isPlaced(event) || (state !== undefined && !sortsLast(state, event))) {
    throw new Error(`Event ${event.id} does not sort last; fold the journal again`);
  }
  return stepped(state, event, NOTHING_SAID);
}

/** The state after the next event in the order of the fold, where `lots` are what all known events say of payments. */
export function stepped(
  state: LoanState | undefined,
  event: PlacedEvent,
  lots: Lots,
): { state: LoanState; effect: Effect } {
  const loan = state === undefined ? opened(event) : { ...state, instalments: [...state.instalments] };
  const outcome = state === undefined ? NOTHING_MOVED : step(loan, event, lots);
  loan.lastKey = sortKey(event);
  return { state: loan, effect: { event, ...outcome } };
}

/** Whether the event comes strictly after all that the state was made from, so that it may evolve. */
export function sortsLast({ lastKey }: LoanState, event: LoanEvent): boolean {
  return isPlaced(event) && (lastKey === null || compareKeys(lastKey, sortKey(event)) < 0);
}

function opened(event: PlacedEvent): WorkingLoan {
  if (event.type !== 'opened') throw new Error(`A loan begins with its opening, not with ${event.type} (${event.id})`);
  return open(event);
}

function step(loan: WorkingLoan, event: PlacedEvent, lots: Lots): Outcome {
  if (event.type === 'opened') throw new Error(`Loan ${loan.loanId} is opened twice (${event.id})`);
  Object.assign(loan, broughtTo(loan, event.valueDate));
  return apply(loan, event, lots);
}
