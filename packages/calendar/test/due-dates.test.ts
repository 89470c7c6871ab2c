import {
  addDays,
  anchorDayOf,
  businessDayRules,
  type ClosedDays,
  closedDaysFrom,
  type DueDateTerms,
  date,
  daysBetween,
  dueDatesOf,
  type Frequency,
  isClosed,
  isDaily,
  type LocalDate,
  NEVER_CLOSED,
  shiftDueDate,
} from '@tenor/calendar';
import fc from 'fast-check';
import { calendarDates, closedDaysAround, frequencies } from './arbitraries.ts';
import { nominalDates } from './nominal-dates.ts';

const every = (count: number, unit: Frequency['unit']): Frequency => ({ every: count, unit });
const weekends: ClosedDays = { weekend: [6, 7], holidays: [] };
const easter: ClosedDays = { weekend: [6, 7], holidays: [date('2024-03-29'), date('2024-04-01')] };

type Given = Omit<Partial<DueDateTerms>, 'disbursedOn' | 'firstDueDate'> & { from: string; first?: string };

function planned({ from, first, ...given }: Given) {
  return dueDatesOf({
    disbursedOn: date(from),
    frequency: every(1, 'month'),
    count: 3,
    firstDueDate: first === undefined ? null : date(first),
    minimumDaysToFirstDue: 0,
    rule: 'none',
    closedDays: NEVER_CLOSED,
    ...given,
  });
}

describe('a business-day rule', () => {
  test.each([
    { rule: 'none', due: ['2024-02-29', '2024-03-31', '2024-04-30'] },
    { rule: 'following', due: ['2024-02-29', '2024-04-02', '2024-04-30'] },
    { rule: 'modified_following', due: ['2024-02-29', '2024-03-28', '2024-04-30'] },
    { rule: 'preceding', due: ['2024-02-29', '2024-03-28', '2024-04-30'] },
  ] as const)('$rule moves the end of March 2024 alone', ({ rule, due }) => {
    expect(planned({ from: '2024-01-31', rule, closedDays: easter })).toEqual({
      anchorDay: 31,
      nominal: ['2024-02-29', '2024-03-31', '2024-04-30'],
      due,
    });
  });

  test('moves both of a semi-monthly pair by themselves', () => {
    const pairs = planned({
      from: '2024-02-29',
      first: '2024-03-16',
      frequency: every(1, 'semi_month'),
      count: 4,
      rule: 'following',
      closedDays: weekends,
    });
    expect(pairs).toEqual({
      anchorDay: 1,
      nominal: ['2024-03-16', '2024-04-01', '2024-04-16', '2024-05-01'],
      due: ['2024-03-18', '2024-04-01', '2024-04-16', '2024-05-01'],
    });
  });

  test.each([
    { because: 'two days would meet', frequency: every(2, 'day'), from: '2024-03-07', rule: 'following' },
    { because: 'a long holiday swallows a week', frequency: every(1, 'week'), from: '2024-03-22', rule: 'following' },
    {
      because: 'the first would meet the disbursement',
      frequency: every(3, 'day'),
      from: '2024-03-28',
      rule: 'preceding',
    },
    {
      because: 'the first would pass the disbursement',
      frequency: every(2, 'day'),
      from: '2024-03-29',
      rule: 'preceding',
    },
  ] as const)('makes no schedule where $because', ({ because: _, ...given }) => {
    const long = [25, 26, 27, 28, 29].map((day) => date(`2024-03-${day}`));
    const holidays = [...long, date('2024-04-01'), date('2024-04-02'), date('2024-04-03'), date('2024-04-04')];
    expect(planned({ ...given, closedDays: { weekend: [6, 7], holidays } })).toBeUndefined();
  });

  test('makes no schedule where no day is open', () => {
    const closedDays = { weekend: [1, 2, 3, 4, 5, 6, 7], holidays: [] };
    expect(planned({ from: '2024-01-01', rule: 'following', closedDays })).toBeUndefined();
    expect(planned({ from: '2024-01-01', frequency: every(1, 'day'), closedDays })).toBeUndefined();
    expect(planned({ from: '2024-01-01', rule: 'none', closedDays })?.due[0]).toBe('2024-02-01');
  });
});

describe('a daily frequency', () => {
  test.each(businessDayRules)('skips closed days, with the rule %s', (rule) => {
    const days = planned({ from: '2024-03-27', frequency: every(1, 'day'), count: 5, rule, closedDays: easter });
    expect(days?.due).toEqual(['2024-03-28', '2024-04-02', '2024-04-03', '2024-04-04', '2024-04-05']);
    expect(days?.nominal).toEqual(days?.due);
  });

  test('begins on the first open day that is far enough, or on the given one', () => {
    const daily = { from: '2024-03-27', frequency: every(1, 'day'), count: 2, closedDays: easter };
    expect(planned({ ...daily, minimumDaysToFirstDue: 7 })?.due).toEqual(['2024-04-03', '2024-04-04']);
    expect(planned({ ...daily, minimumDaysToFirstDue: 3 })?.due).toEqual(['2024-04-02', '2024-04-03']);
    expect(planned({ ...daily, first: '2024-04-06' })?.due).toEqual(['2024-04-08', '2024-04-09']);
  });
});

describe('the natural first due date', () => {
  test.each([
    { minimum: 0, expected: ['2024-01-31', '2024-02-29'] },
    { minimum: 31, expected: ['2024-01-31', '2024-02-29'] },
    { minimum: 32, expected: ['2024-02-29', '2024-03-31'] },
    { minimum: 61, expected: ['2024-03-31', '2024-04-30'] },
  ])('is at least $minimum days away, whole months on', ({ minimum, expected }) => {
    const dates = planned({ from: '2023-12-31', count: 2, minimumDaysToFirstDue: minimum });
    expect(dates).toEqual({ anchorDay: 31, nominal: expected, due: expected });
  });

  test.each([
    { frequency: every(2, 'week'), minimum: 20, expected: '2024-01-28' },
    { frequency: every(10, 'day'), minimum: 25, expected: '2024-01-30' },
    { frequency: every(1, 'quarter'), minimum: 92, expected: '2024-06-30' },
    { frequency: every(1, 'semi_month'), minimum: 20, expected: '2024-01-31' },
  ])('moves on by $frequency.every $frequency.unit too', ({ frequency, minimum, expected }) => {
    const dates = planned({ from: '2023-12-31', frequency, count: 1, minimumDaysToFirstDue: minimum });
    expect(dates?.nominal).toEqual([expected]);
  });

  test('may be named, also where a minimum moved it on', () => {
    const moved = { from: '2023-12-31', minimumDaysToFirstDue: 32 };
    expect(planned({ ...moved, first: '2024-02-29' })).toEqual(planned(moved));
    expect(anchorDayOf(date('2023-12-31'), every(1, 'month'), date('2024-02-29'))).toBe(29);
  });
});

describe('odd first periods', () => {
  test.each([
    { from: '2024-01-10', first: '2024-01-31', unit: 'month', anchor: 31, later: ['2024-02-29', '2024-03-31'] },
    { from: '2024-01-31', first: '2024-02-15', unit: 'month', anchor: 15, later: ['2024-03-15', '2024-04-15'] },
    { from: '2024-01-31', first: '2024-04-30', unit: 'month', anchor: 30, later: ['2024-05-30', '2024-06-30'] },
    { from: '2023-01-31', first: '2023-03-31', unit: 'month', anchor: 31, later: ['2023-04-30', '2023-05-31'] },
    { from: '2023-11-15', first: '2024-02-29', unit: 'quarter', anchor: 29, later: ['2024-05-29', '2024-08-29'] },
    { from: '2023-10-31', first: '2024-01-31', unit: 'quarter', anchor: 31, later: ['2024-04-30', '2024-07-31'] },
    { from: '2024-01-20', first: '2024-02-29', unit: 'semi_month', anchor: 14, later: ['2024-03-14', '2024-03-29'] },
    { from: '2024-01-20', first: '2024-01-31', unit: 'semi_month', anchor: 16, later: ['2024-02-16', '2024-02-29'] },
    { from: '2024-01-20', first: '2024-01-30', unit: 'semi_month', anchor: 15, later: ['2024-02-15', '2024-02-29'] },
    { from: '2023-02-01', first: '2023-02-13', unit: 'semi_month', anchor: 13, later: ['2023-02-28', '2023-03-13'] },
    { from: '2023-02-01', first: '2023-02-15', unit: 'semi_month', anchor: 15, later: ['2023-02-28', '2023-03-15'] },
  ] as const)('$from → $first every $unit has the anchor $anchor', ({ from, first, unit, anchor, later }) => {
    const dates = planned({ from, first, frequency: every(1, unit) });
    expect(dates).toEqual({ anchorDay: anchor, nominal: [first, ...later], due: [first, ...later] });
  });
});

const generated = calendarDates.chain((disbursedOn) =>
  fc.record({
    disbursedOn: fc.constant(disbursedOn),
    frequency: frequencies,
    count: fc.integer({ min: 1, max: 40 }),
    firstDueDate: fc.option(
      fc.integer({ min: 1, max: 400 }).map((days) => addDays(disbursedOn, days)),
      { nil: null },
    ),
    minimumDaysToFirstDue: fc.integer({ min: 0, max: 100 }),
    rule: fc.constantFrom(...businessDayRules),
    closedDays: closedDaysAround(disbursedOn),
  }),
);
const isRising = (dates: readonly LocalDate[]): boolean =>
  dates.every((day, index) => day > (dates[index - 1] ?? '0000-00-00'));

describe('every schedule', () => {
  test('rises strictly from the disbursement, and falls due where its rule says', () => {
    fc.assert(
      fc.property(generated, (terms) => {
        const dates = dueDatesOf(terms);
        if (dates === undefined) return;
        expect(isRising([terms.disbursedOn, ...dates.nominal])).toBe(true);
        expect(isRising([terms.disbursedOn, ...dates.due])).toBe(true);
        expect([dates.nominal.length, dates.due.length]).toEqual([terms.count, terms.count]);
        const rule = isDaily(terms.frequency) ? 'following' : terms.rule;
        expect(dates.due).toEqual(dates.nominal.map((day) => shiftDueDate(rule, terms.closedDays, day)));
        if (rule !== 'none') expect(dates.due.some((day) => isClosed(terms.closedDays, day))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('has interest periods that no calendar changes, but in a daily frequency', () => {
    fc.assert(
      fc.property(generated, (terms) => {
        const dates = dueDatesOf(terms);
        const open = dueDatesOf({ ...terms, closedDays: NEVER_CLOSED });
        if (dates !== undefined && !isDaily(terms.frequency)) expect(dates.nominal).toEqual(open?.nominal);
      }),
    );
  });

  test('needs no holiday before the disbursement', () => {
    fc.assert(
      fc.property(generated, fc.integer({ min: -400, max: 400 }), (terms, offset) => {
        const disbursedOn = addDays(terms.disbursedOn, Math.max(0, offset));
        const later = { ...terms, disbursedOn, firstDueDate: null };
        const kept = closedDaysFrom(terms.closedDays, disbursedOn);
        expect(kept.holidays.every((holiday) => holiday >= disbursedOn)).toBe(true);
        expect(dueDatesOf({ ...later, closedDays: kept })).toEqual(dueDatesOf(later));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the minimum, a whole number of periods on', () => {
    fc.assert(
      fc.property(generated, (terms) => {
        const natural = { ...terms, firstDueDate: null, closedDays: NEVER_CLOSED };
        const first = dueDatesOf(natural)?.nominal[0];
        if (first === undefined) throw new Error('without closed days every schedule has due dates');
        expect(daysBetween(terms.disbursedOn, first)).toBeGreaterThanOrEqual(terms.minimumDaysToFirstDue);
        expect(nominalDates(terms.disbursedOn, terms.frequency, 100)).toContain(first);
        expect(dueDatesOf({ ...natural, firstDueDate: first })).toEqual(dueDatesOf(natural));
      }),
    );
  });

  test('of a daily frequency has every open day once', () => {
    fc.assert(
      fc.property(generated, (terms) => {
        const dates = dueDatesOf({ ...terms, frequency: every(1, 'day') });
        const [first, last] = [dates?.due[0], dates?.due.at(-1)];
        if (dates === undefined || first === undefined || last === undefined) throw new Error('some day is open');
        const days = Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => addDays(first, index));
        expect(dates.due).toEqual(days.filter((day) => !isClosed(terms.closedDays, day)));
      }),
    );
  });
});
