import { addDays, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import {
  type Database,
  type Logger,
  newId,
  runUnitOfWork,
  subjectPublisher,
  type UnitOfWork,
} from '@tenor/service-kit';
import { insertEntries } from '../ledger/ledger.store.ts';
import type { Posting } from '../ledger/posting.ts';
import { databaseClock } from '../loans/database-clock.store.ts';
import { growthUntil } from '../loans/loan-ledger.ts';
import { loadLoans } from '../loans/loans.store.ts';
import { announce, announceDues } from '../loans/standing.commands.ts';
import type { StoredLoan } from '../loans/stored-loan.ts';
import {
  claimDue,
  countDue,
  type DueDay,
  type EndOfDay,
  findDay,
  finishDay,
  saveVisited,
  startDay,
  timeZones,
  type Visit,
} from './end-of-days.store.ts';

export interface DailyCheckService {
  readonly database: Database;
  /** The business date in a loan's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
  /** How many days ahead an instalment is told of. */
  readonly dueSoonDays: number;
  readonly pause: (ms: number) => Promise<void>;
}

/** What an idempotency key keeps of it. */
export interface StartedDay {
  readonly day: LocalDate;
}

/** Of one transaction, whose customers stay locked for so long: few enough that a payment hardly waits. */
const LOANS_PER_CHUNK = 50;
/** How often the check looks again while all that is left is locked; together longer than any transaction lives. */
const LOCKED_LOOKS_MAX = 100;
const LOCKED_PAUSE_MS = 200;

/**
 * Starts the check of a business date, or lets it go on: what is due by now is counted anew. Refuses
 * `value_date_in_future`.
 */
export async function startCheck(
  uow: UnitOfWork,
  service: Pick<DailyCheckService, 'today' | 'dueSoonDays'>,
  given: LocalDate | null,
): Promise<StartedDay | Refusal> {
  const businessDate = service.today(null);
  const day = given ?? businessDate;
  if (day > businessDate) {
    const detail = `The date ${day} is after the business date ${businessDate}.`;
    return { refused: 'value_date_in_future', detail, meta: { business_date: businessDate } };
  }
  const total = await countDue(uow, await dueDays(uow, service, day));
  startDay(uow, day, total);
  uow.recordChange({ entity: 'end_of_day', id: day, action: 'started', before: null, after: { total } });
  return { day };
}

/**
 * Visits the loans of which something could have to be announced or booked by the end of `day`, a few per transaction,
 * announces of each what differs today from what was announced last, and books what each day since the last booking
 * earned, under its own value date. Any number of processes may check at the same time; one that
 * ended early is gone on with by the next. Resolves with the check as it stands: unfinished when it was stopped, or
 * when what is left stayed locked.
 */
export async function checkDay(
  service: DailyCheckService,
  day: LocalDate,
  isStopped: () => boolean = () => false,
): Promise<EndOfDay | undefined> {
  const { database, pause } = service;
  let lockedLooks = 0;
  while (!isStopped() && lockedLooks < LOCKED_LOOKS_MAX) {
    const due = await dueDays(database, service, day);
    if ((await checkChunk(service, day, due)) > 0) {
      lockedLooks = 0;
      continue;
    }
    if ((await countDue(database, due)) === 0) {
      await finishDay(database, day);
      break;
    }
    lockedLooks += 1;
    await pause(LOCKED_PAUSE_MS);
  }
  return findDay(database, day);
}

/** A loan is judged by the day that it is for its borrower: never by one that has not begun there. */
async function dueDays(
  sql: Parameters<typeof timeZones>[0],
  { today, dueSoonDays }: Pick<DailyCheckService, 'today' | 'dueSoonDays'>,
  day: LocalDate,
): Promise<DueDay[]> {
  return (await timeZones(sql)).map((timeZone) => {
    const local = today(timeZone);
    const through = day < local ? day : local;
    return { timeZone, day: through, soon: addDays(through, dueSoonDays) };
  });
}

/** Returns how many loans were claimed. */
function checkChunk(
  { database, today, dueSoonDays }: DailyCheckService,
  day: LocalDate,
  due: readonly DueDay[],
): Promise<number> {
  const context = { caller: { id: 'daily-check', roles: [] }, requestId: newId() };
  return runUnitOfWork(database, context, async (uow) => {
    const keys = await claimDue(uow, due, LOANS_PER_CHUNK);
    const recordedAt = await databaseClock(uow);
    // Read again under the locks: a claimed loan may have been written since it was found.
    const visits = (await loadLoans(uow, keys)).flatMap((loan) => {
      const now = today(loan.state.policy.timeZone);
      const isDue = isBy(loan.nextChangeOn, now) || isBy(loan.nextDueOn, addDays(now, dueSoonDays));
      return isDue ? [visit(uow, loan, now, dueSoonDays)] : [];
    });
    insertEntries(
      uow,
      visits.flatMap(({ loanId, customerId, growth }) =>
        growth.map((posting) => ({ ...posting, loanId, customerId, recordedAt })),
      ),
    );
    saveVisited(uow, day, visits);
    return keys.length;
  });
}

/** What the loan's row keeps of a visit, and what has to be booked of the days since the last booking. */
function visit(
  uow: UnitOfWork,
  loan: StoredLoan,
  now: LocalDate,
  dueSoonDays: number,
): Visit & { readonly growth: readonly Posting[] } {
  const { state, announced, bookedThrough, eventSequence } = loan;
  const { loanId, customerId } = state;
  const publisher = subjectPublisher(uow, { subject: loanId, customerId, sequence: eventSequence });
  const changed = announce(publisher, announced, state, now);
  const standing = announceDues(publisher, changed, state, now, dueSoonDays);
  const grown = growthUntil(state, bookedThrough, now);
  return {
    loanId,
    customerId,
    ...standing,
    eventSequence: publisher.sequence,
    bookedThrough: grown.bookedThrough,
    growth: grown.postings,
  };
}

const isBy = (on: LocalDate | null, day: LocalDate): boolean => on !== null && on <= day;

/** The checks that this process runs beside its requests. */
export interface DailyChecks {
  /** Returns at once; a day that is being checked here already is left to that. */
  run(day: LocalDate): void;
  /** Lets the chunks in hand end, and begins no others. */
  stop(): Promise<void>;
}

export function dailyChecks(service: DailyCheckService & { readonly logger: Logger }): DailyChecks {
  const running = new Map<LocalDate, Promise<void>>();
  let isStopped = false;

  async function check(day: LocalDate): Promise<void> {
    try {
      service.logger.info({ end_of_day: await checkDay(service, day, () => isStopped) }, 'daily check ended');
    } catch (error) {
      service.logger.error({ err: error, day }, 'daily check failed; start it again to go on');
    } finally {
      running.delete(day);
    }
  }

  return {
    run(day) {
      if (!isStopped && !running.has(day)) running.set(day, check(day));
    },
    async stop() {
      isStopped = true;
      await Promise.all(running.values());
    },
  };
}
