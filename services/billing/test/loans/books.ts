import type { LocalDate } from '@tenor/calendar';
import { difference, type Posting } from '../../src/ledger/posting.ts';
import { appendLast, type Booked, needsHistory, refold } from '../../src/loans/loan-book.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { growthUntil } from '../../src/loans/loan-ledger.ts';

/** A posting, and how many events were recorded when it was made. */
export interface Entry extends Posting {
  readonly recorded: number;
}

/** A run of the daily check of a day, after so many events were recorded. */
export interface Check {
  readonly after: number;
  readonly day: LocalDate;
}

/**
 * Records events one by one as the service does: evolves where it can, folds again and posts the difference otherwise.
 * A check books what the days until its own earned.
 */
export function keepBooks(events: readonly LoanEvent[], checks: readonly Check[] = []) {
  const recorded: LoanEvent[] = [];
  const ledger: Entry[] = [];
  /** The last day whose growth was booked, by how many events were recorded. */
  const bookedThroughs: (LocalDate | null)[] = [null];
  let booked: Booked = { state: undefined, bookedThrough: null };
  const enter = (postings: readonly Posting[]) =>
    ledger.push(...postings.map((posting) => ({ ...posting, recorded: recorded.length })));
  for (const event of events) {
    const step = needsHistory(booked.state, event) ? refold(booked, recorded, event) : appendLast(booked, event);
    recorded.push(event);
    enter(step.postings);
    booked = step;
    for (const { day } of checks.filter(({ after }) => after === recorded.length)) {
      const { state, bookedThrough } = booked;
      if (state === undefined || bookedThrough === null || bookedThrough >= day) continue;
      enter(growthUntil(state, bookedThrough, day).postings);
      booked = { state, bookedThrough: day };
    }
    bookedThroughs.push(booked.bookedThrough);
  }
  const { state, bookedThrough } = booked;
  if (state === undefined) throw new Error('no events');
  return { state, ledger, bookedThrough, bookedThroughs };
}

/** The net of each event's postings, whatever deltas made it. */
export const net = (ledger: readonly Posting[]): string[] =>
  difference([], ledger)
    .map(({ eventId, valueDate, debit, credit, amount, instalment, component }) =>
      [eventId, valueDate, debit, credit, amount, instalment, component].join(' '),
    )
    .sort();
