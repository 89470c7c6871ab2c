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
export const SETTLED_AFTER_SECONDS = 5;

export type ViewLoan = (loanId: string, at: At) => Promise<LoanView | Refusal>;

/** Views one loan as it stood; refuses `not_found`, also for a loan that was not there then, and `known_at_too_recent`. */
export function loanViewer(sql: Sql, viewing: Viewing): ViewLoan {
  const read = loanReader(sql);
  return async (loanId, at) => {
    const views = await viewStored(sql, viewing, at, async () => {
      const stored = await read(loanId);
      return stored === undefined ? [] : [stored];
    });
    if (!Array.isArray(views)) return views;
    if (views[0] !== undefined) return views[0];
    const isPast = at.asOf !== undefined || at.knownAt !== undefined;
    return isPast ? { refused: 'not_found', detail: `There was no loan ${loanId} then.` } : noLoan(loanId);
  };
}

/**
 * The listed loans as they stood, newest first; those that were not there yet are left out. The stored projection
 * answers for now and for any time that leaves out no event, the journal for the others. Without `knownAt` a loan is
 * read, and its view says so, as of its last recorded event, so that the same question with that known_at has the same
 * answer for ever. `list` is asked again once it is sure that nobody adds to it any more.
 */
export async function viewLoans(
  sql: Sql,
  viewing: Viewing,
  list: () => Promise<readonly LoanKey[]>,
  at: At,
): Promise<LoanView[] | Refusal> {
  return viewStored(sql, viewing, at, async () => loadLoans(sql, await list()));
}

async function viewStored(
  sql: Sql,
  { today }: Viewing,
  at: At,
  read: () => Promise<readonly StoredLoan[]>,
): Promise<LoanView[] | Refusal> {
  const knownAt = at.knownAt === undefined ? undefined : toMicroseconds(at.knownAt);
  const stored = knownAt === undefined ? await read() : await readSettled(sql, knownAt, read);
  if (stored === undefined) {
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

/**
 * The loans, read while nobody can still record something at `knownAt` or before; undefined if somebody can. Up to the
 * head of a lone loan nobody can, since each event is recorded later than the one before. For others it is made sure
 * first and read after that, or what a slow writer commits in between would be missing.
 */
async function readSettled(
  sql: Sql,
  knownAt: string,
  read: () => Promise<readonly StoredLoan[]>,
): Promise<readonly StoredLoan[] | undefined> {
  const [only, ...others] = await read();
  if (only !== undefined && others.length === 0 && knownAt <= only.head.recordedAt) return [only];
  return (await isSettled(sql, knownAt)) ? read() : undefined;
}

/** The latest recording that any of these views holds; null without one. */
export const latestKnown = (views: readonly LoanView[]): string | null =>
  views.reduce<string | null>((latest, { knownAt }) => (latest === null || knownAt > latest ? knownAt : latest), null);

/** Whether a look at this time leaves out no event, so that the stored projection is what the fold would give. */
function holdsAll({ state, head }: StoredLoan, asOf: LocalDate | undefined, knownAt: string | undefined): boolean {
  const isKnown = knownAt === undefined || knownAt >= head.recordedAt;
  return isKnown && (asOf === undefined || (state.lastKey !== null && asOf >= state.lastKey.valueDate));
}

/** Whether `knownAt` is old enough, and older than every open writer. */
async function isSettled(sql: Sql, knownAt: string): Promise<boolean> {
  if (secondsBetween(knownAt, await databaseClock(sql)) < SETTLED_AFTER_SECONDS) return false;
  return !(await hasOpenWriter(sql, knownAt));
}

export const noLoan = (id: string): Refusal => ({ refused: 'not_found', detail: `There is no loan ${id}.` });
