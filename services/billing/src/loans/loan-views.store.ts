import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Sql } from '@tenor/service-kit';
import { aged } from '../penalties/passing-days.ts';
import { isSettled, unsettled } from './database-clock.store.ts';
import { toMicroseconds } from './instants.ts';
import { type LoanKey, loadEvents } from './journal.store.ts';
import { fold, foldUntilReplaced, type LoanState } from './loan.ts';
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

/** A loan of a list. */
export interface ListedView extends LoanView {
  /**
   * Its part of the customer's credit at `asOf`; of a read that names no day, by all that is known. Credit may be spent
   * for another loan on a day that has not come yet for this one.
   */
  readonly credited: bigint;
}

export interface Viewing {
  /** The business date in a loan's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
}

export type ViewLoan = (loanId: string, at: At) => Promise<LoanView | Refusal>;

/** Views one loan as it stood; refuses `not_found`, also for a loan that was not there then, and `known_at_too_recent`. */
export function loanViewer(sql: Sql, viewing: Viewing): ViewLoan {
  const read = loanReader(sql);
  return async (loanId, at) => {
    const knownAt = knownAtOf(at);
    const stored = await read(loanId);
    // Nobody can record at the head or before: each event is recorded later than the one before.
    const isWithin = knownAt === undefined || (stored !== undefined && knownAt <= stored.head.recordedAt);
    const views = isWithin
      ? await viewStored(sql, viewing, at, stored === undefined ? [] : [stored])
      : await viewSettled(sql, viewing, { ...at, knownAt }, async () => {
          const again = await read(loanId);
          return again === undefined ? [] : [again];
        });
    if (!Array.isArray(views)) return views;
    if (views[0] !== undefined) return views[0];
    const isPast = at.asOf !== undefined || at.knownAt !== undefined;
    return isPast ? { refused: 'not_found', detail: `There was no loan ${loanId} then.` } : noLoan(loanId);
  };
}

/** Loans to be looked at together. */
export interface Listing {
  readonly list: () => Promise<readonly LoanKey[]>;
  /** Whether it can never hold loans of several customers. */
  readonly isOfOneCustomer: boolean;
}

/** A loan on the plan of this version, as it stood when the next replaced it; `not_found` for one that it never had. */
export function versionViewer(
  sql: Sql,
  view: ViewLoan,
): (loanId: string, at: At, version: number) => ReturnType<ViewLoan> {
  return async (loanId, at, version) => {
    const current = await view(loanId, at);
    if ('refused' in current || version === versionOf(current)) return current;
    const { state, asOf, knownAt } = current;
    const events = (await loadEvents(sql, [state])).get(state.loanId) ?? [];
    const old = foldUntilReplaced(events, version, { asOf, knownAt });
    if (old === undefined) {
      const detail = `The loan has no schedule of version ${version}, only to ${versionOf(current)}.`;
      return { refused: 'not_found', detail };
    }
    return { state: aged(old.state, old.until), asOf: old.until, knownAt };
  };
}

const versionOf = ({ state }: LoanView): number => state.plan?.version ?? 1;

/**
 * The listed loans as they stood, newest first; those that were not there yet are left out. The stored projection
 * answers for now and for any time that leaves out no event, the journal for the others. Without `knownAt` a loan is
 * read, and its view says so, as of its last recorded event, so that the same question with that known_at has the same
 * answer for ever. With one, they are listed once it is sure that nobody adds to them any more; refuses
 * `known_at_too_recent`.
 */
export async function viewLoans(
  sql: Sql,
  viewing: Viewing,
  { list, isOfOneCustomer }: Listing,
  at: At,
): Promise<ListedView[] | Refusal> {
  const read = async () => loadLoans(sql, await list());
  const knownAt = knownAtOf(at);
  if (knownAt === undefined) return viewStored(sql, viewing, at, await read());
  // A customer's writers wait for one another: up to what one of them recorded, the others have nothing to add.
  const isWithin = isOfOneCustomer && (await read()).some(({ head }) => knownAt <= head.recordedAt);
  return isWithin ? viewStored(sql, viewing, at, await read()) : viewSettled(sql, viewing, { ...at, knownAt }, read);
}

const knownAtOf = ({ knownAt }: At): string | undefined =>
  knownAt === undefined ? undefined : toMicroseconds(knownAt);

/**
 * The loans, read while nobody can still record something at `knownAt` or before. That is made sure first, and the
 * loans are read after it, or what a slow writer commits in between would be missing.
 */
async function viewSettled(
  sql: Sql,
  viewing: Viewing,
  at: At & { readonly knownAt: string },
  read: () => Promise<readonly StoredLoan[]>,
): Promise<ListedView[] | Refusal> {
  if (!(await isSettled(sql, at.knownAt))) return unsettled(at.knownAt);
  return viewStored(sql, viewing, at, await read());
}

async function viewStored(sql: Sql, { today }: Viewing, at: At, stored: readonly StoredLoan[]): Promise<ListedView[]> {
  const knownAt = knownAtOf(at);
  const asOfFor = ({ state }: StoredLoan): LocalDate => at.asOf ?? today(state.policy.timeZone);
  const viewpoints = stored.map((loan) => {
    const asOf = asOfFor(loan);
    return { loan, asOf, knownAt: knownAt ?? loan.head.recordedAt, isWhole: holdsAll(loan, asOf, knownAt) };
  });
  const past = viewpoints.filter(({ isWhole }) => !isWhole).map(({ loan }) => loan.state);
  const events = await loadEvents(sql, past);
  return viewpoints.flatMap(({ loan, isWhole, ...viewpoint }) => {
    const { state } = loan;
    if (isWhole) return [{ state: aged(state, viewpoint.asOf), credited: state.credited, ...viewpoint }];
    const journal = events.get(state.loanId) ?? [];
    const then = fold(journal, viewpoint)?.state;
    if (then === undefined) return [];
    const known = at.asOf === undefined ? fold(journal, { knownAt })?.state : then;
    return [{ state: aged(then, viewpoint.asOf), credited: known?.credited ?? 0n, ...viewpoint }];
  });
}

/** The latest recording that any of these views holds; null without one. */
export const latestKnown = (views: readonly LoanView[]): string | null =>
  views.reduce<string | null>((latest, { knownAt }) => (latest === null || knownAt > latest ? knownAt : latest), null);

/** Whether a look at this time leaves out no event, so that the stored projection is what the fold would give. */
function holdsAll({ state, head }: StoredLoan, asOf: LocalDate, knownAt: string | undefined): boolean {
  const isKnown = knownAt === undefined || knownAt >= head.recordedAt;
  // Today is no exception: credit that the loan holds may be spent where it is tomorrow already.
  return isKnown && state.lastKey !== null && asOf >= state.lastKey.valueDate;
}

export const noLoan = (id: string): Refusal => ({ refused: 'not_found', detail: `There is no loan ${id}.` });
