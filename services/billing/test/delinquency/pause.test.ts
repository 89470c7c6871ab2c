import { addDays, date, type LocalDate } from '@tenor/calendar';
import fc from 'fast-check';
import {
  countedBack,
  countedDays,
  countedOn,
  type Pauses,
  paused,
  pauseOn,
  resumed,
} from '../../src/delinquency/pause.ts';

const START = date('2026-01-01');
const SPAN = 60;
const on = (offset: number): LocalDate => addDays(START, offset);

/** Pauses and ends of pauses, in the order of their days. */
const histories = fc
  .array(fc.record({ day: fc.nat(SPAN), lasts: fc.option(fc.nat(12)), isEnd: fc.boolean() }), { maxLength: 8 })
  .map((steps) => steps.toSorted((a, b) => a.day - b.day || Number(a.isEnd) - Number(b.isEnd)));
type History = typeof histories extends fc.Arbitrary<infer Steps> ? Steps : never;

function pausesOf(history: History): Pauses {
  return history.reduce<Pauses>(
    (pauses, { day, lasts, isEnd }) =>
      isEnd
        ? resumed(pauses, on(day))
        : paused(pauses, { from: on(day), until: lasts === null ? null : on(day + lasts) }),
    [],
  );
}

/** Day by day, what a pause promises: each day of it does not count, until an end on or before that day. */
function isPausedBy(history: History, offset: number): boolean {
  const active: { last: number }[] = [];
  for (const { day, lasts, isEnd } of history) {
    if (day > offset) break;
    if (!isEnd) active.push({ last: lasts === null ? Number.POSITIVE_INFINITY : day + lasts });
    else if (active.some(({ last }) => last >= day)) active.length = 0;
  }
  return active.some(({ last }) => last >= offset);
}

test('a day is paused when a pause reaches it that no later day ended', () => {
  fc.assert(
    fc.property(histories, fc.nat(SPAN + 20), (history, offset) => {
      expect(pauseOn(pausesOf(history), on(offset)) !== undefined).toBe(isPausedBy(history, offset));
    }),
  );
});

test('pauses stand in their order, apart from one another', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const pauses = pausesOf(history);
      for (const [index, { from, until }] of pauses.entries()) {
        const next = pauses[index + 1];
        if (until !== null) expect(until >= from).toBe(true);
        if (next !== undefined) expect(until !== null && addDays(until, 1) < next.from).toBe(true);
      }
    }),
  );
});

const counts = (pauses: Pauses, after: number, through: number): number =>
  Array.from({ length: Math.max(through - after, 0) }, (_, index) => on(after + index + 1)).filter(
    (day) => pauseOn(pauses, day) === undefined,
  ).length;

test('days are counted as one would count them one by one', () => {
  fc.assert(
    fc.property(histories, fc.nat(SPAN), fc.nat(SPAN), (history, after, through) => {
      const pauses = pausesOf(history);
      expect(countedDays(on(after), on(through), pauses)).toBe(counts(pauses, after, through));
    }),
  );
});

test('counting back ends at the earliest day after which no more days count', () => {
  fc.assert(
    fc.property(histories, fc.nat(SPAN), fc.nat(20), (history, through, days) => {
      const pauses = pausesOf(history);
      const limit = countedBack(on(through), days, pauses);
      expect(countedDays(limit, on(through), pauses)).toBe(days);
      expect(countedDays(addDays(limit, -1), on(through), pauses)).toBe(days + 1);
    }),
  );
});

test('counting on ends at the day that counts as so many, or never in an open pause', () => {
  fc.assert(
    fc.property(histories, fc.nat(SPAN), fc.integer({ min: 1, max: 20 }), (history, after, days) => {
      const pauses = pausesOf(history);
      const day = countedOn(on(after), days, pauses);
      if (day === null) {
        expect(countedDays(on(after), on(SPAN * 10), pauses)).toBeLessThan(days);
        return;
      }
      expect(countedDays(on(after), day, pauses)).toBe(days);
      expect(pauseOn(pauses, day)).toBeUndefined();
    }),
  );
});
