import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Sql } from '@tenor/service-kit';
import { aged } from '../penalties/passing-days.ts';
import { databaseClock, hasOpenWriter } from './database-clock.store.ts';
import { secondsBetween, toMicroseconds } from './instants.ts';
import { type LoanKey, loadEvents } from './journal.store.ts';
import { fold, type LoanState } from './loan.ts';
import { loadLoans, loanReader } from './loans.store.ts';
import type { StoredLoan } from './stored-loan.ts';

/** When to look, and by which knowledge; each may be left out. */
export interface At {
  readonly asOf?: LocalDate | undefined;
  /** RFC 3339 in UTC. */
  readonly knownAt?: string | undefined;
}

/** A loan as it stood: `state` holds the events up to `asOf` that were recorded by `knownAt`. */
export interface LoanView {
  readonly state: LoanState;
  readonly asOf: LocalDate;
  readonly knownAt: string;
}

export interface Viewing {
  /** The business date in a loan's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
}

/** Nearly every writer ends sooner; the few that do not are looked for. */
const SETTLED_AFTER_SECONDS = 5;

export type ViewLoan = (loanId: string, at: At) => Promise<LoanView | Refusal>;

/** Views one loan as it stood; refuses `not_found`, also for a loan that was not there then, and `known_at_too_recent`. */
export function loanViewer(sql: Sql, viewing: Viewing): ViewLoan {
  const read = loanReader(sql);
  return async (loanId, at) => {
    const stored = await read(loanId);
    if (stored === undefined) return noLoan(loanId);
    const views = await viewStored(sql, viewing, [stored], at);
    if (!Array.isArray(views)) return views;
    return views[0] ?? { refused: 'not_found', detail: `The loan ${loanId} was not there then.` };
  };
}

/**
 * These loans as they stood, newest first; those that were not there yet are left out. The stored projection answers
 * for now and for any time that leaves out no event, the journal for the others. Without `knownAt` a loan is read, and its view says so, as of its last
 * recorded event, so that the same question with that known_at has the same answer for ever.
 */
export async function viewLoans(
  sql: Sql,
  viewing: Viewing,
  keys: readonly LoanKey[],
  at: At,
): Promise<LoanView[] | Refusal> {
  return viewStored(sql, viewing, await loadLoans(sql, keys), at);
}

async function viewStored(
  sql: Sql,
  { today }: Viewing,
  stored: readonly StoredLoan[],
  at: At,
): Promise<LoanView[] | Refusal> {
  const knownAt = at.knownAt === undefined ? undefined : toMicroseconds(at.knownAt);
  if (knownAt !== undefined && !(await isSettled(sql, knownAt, stored))) {
    return { refused: 'known_at_too_recent', detail: `What was recorded until ${knownAt} may still change.` };
  }
  const asOfFor = ({ state }: StoredLoan): LocalDate => at.asOf ?? today(state.policy.timeZone);
  const viewpoints = stored.map((loan) => ({
    loan,
    asOf: asOfFor(loan),
    knownAt: knownAt ?? loan.head.recordedAt,
    isWhole: holdsAll(loan, at.asOf, knownAt),
  }));
  const past = viewpoints.filter(({ isWhole }) => !isWhole).map(({ loan }) => loan.state);
  const events = await loadEvents(sql, past);
  return viewpoints.flatMap(({ loan, isWhole, ...viewpoint }) => {
    if (isWhole) return [{ state: aged(loan.state, viewpoint.asOf), ...viewpoint }];
    const folded = fold(events.get(loan.state.loanId) ?? [], viewpoint);
    return folded === undefined ? [] : [{ state: aged(folded.state, viewpoint.asOf), ...viewpoint }];
  });
}

/** Whether a look at this time leaves out no event, so that the stored projection is what the fold would give. */
function holdsAll({ state, head }: StoredLoan, asOf: LocalDate | undefined, knownAt: string | undefined): boolean {
  const isKnown = knownAt === undefined || knownAt >= head.recordedAt;
  return isKnown && (asOf === undefined || (state.lastKey !== null && asOf >= state.lastKey.valueDate));
}

/** Whether nobody can still record something at `knownAt` or before: it is not after the one loan's head, or old enough and older than every open writer. */
async function isSettled(sql: Sql, knownAt: string, stored: readonly StoredLoan[]): Promise<boolean> {
  const [only, ...others] = stored;
  if (only !== undefined && others.length === 0 && knownAt <= only.head.recordedAt) return true;
  if (secondsBetween(knownAt, await databaseClock(sql)) < SETTLED_AFTER_SECONDS) return false;
  return !(await hasOpenWriter(sql, knownAt));
}

export const noLoan = (id: string): Refusal => ({ refused: 'not_found', detail: `There is no loan ${id}.` });
