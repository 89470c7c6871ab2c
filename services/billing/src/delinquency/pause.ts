import { addDays, daysBetween, type LocalDate } from '@tenor/calendar';

/** Days that do not count as late, its ends among them. */
export interface Pause {
  readonly from: LocalDate;
  /** Null: until it is ended. */
  readonly until: LocalDate | null;
}

/** In their order, with at least one day that counts between them. */
export type Pauses = readonly Pause[];

/** With one more pause, which begins no earlier than the last; where they meet they become one. */
export function paused(pauses: Pauses, { from, until }: Pause): Pauses {
  const last = pauses.at(-1);
  if (last === undefined || (last.until !== null && daysBetween(last.until, from) > 1)) {
    return [...pauses, { from, until }];
  }
  const isOpen = last.until === null || until === null;
  return [...pauses.slice(0, -1), { from: last.from, until: isOpen ? null : laterOf(last.until, until) }];
}

/** With `on` counting again: the last pause ends the day before, and leaves nothing if it began that day. */
export function resumed(pauses: Pauses, on: LocalDate): Pauses {
  const last = pauses.at(-1);
  if (last === undefined || !holds(last, on)) return pauses;
  const before = pauses.slice(0, -1);
  return last.from === on ? before : [...before, { from: last.from, until: addDays(on, -1) }];
}

/** The pause that the day belongs to. */
export function pauseOn(pauses: Pauses, day: LocalDate): Pause | undefined {
  return pauses.find((pause) => holds(pause, day));
}

/** How many days count after `after` until the end of `through`; 0 where none does. */
export function countedDays(after: LocalDate, through: LocalDate, pauses: Pauses): number {
  let days = Math.max(daysBetween(after, through), 0);
  for (const { from, until } of pauses) {
    const first = from > after ? from : addDays(after, 1);
    const last = until !== null && until < through ? until : through;
    if (first <= last) days -= daysBetween(first, last) + 1;
  }
  return days;
}

/** The earliest day after which at most `days` days count until the end of `through`. */
export function countedBack(through: LocalDate, days: number, pauses: Pauses): LocalDate {
  let [day, left] = [through, days];
  for (const { from, until } of pauses.toReversed()) {
    if (from > through) continue;
    const counted = until === null ? 0 : Math.max(daysBetween(until, day), 0);
    if (left < counted) break;
    left -= counted;
    day = addDays(from, -1);
  }
  return addDays(day, -left);
}

/** The day that is the `days`-th to count after `after`, from 1; null when an open pause keeps it from coming. */
export function countedOn(after: LocalDate, days: number, pauses: Pauses): LocalDate | null {
  let [day, left] = [after, days];
  for (const { from, until } of pauses) {
    if (until !== null && until <= day) continue;
    const counted = Math.max(daysBetween(day, from) - 1, 0);
    if (left <= counted) break;
    if (until === null) return null;
    left -= counted;
    day = until;
  }
  return addDays(day, left);
}

const holds = ({ from, until }: Pause, day: LocalDate): boolean => from <= day && (until === null || day <= until);
const laterOf = (one: LocalDate, other: LocalDate): LocalDate => (one > other ? one : other);
