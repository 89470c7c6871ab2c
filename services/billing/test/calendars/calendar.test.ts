import { date, NEVER_CLOSED } from '@tenor/calendar';
import { closedDaysOf, orderedCalendar } from '../../src/calendars/calendar.ts';
import { closedDaysNamed } from '../../src/products/closed-days.ts';

const holiday = (day: string, name: string | null = null) => ({ date: date(day), name });

describe('a calendar', () => {
  test('is kept in order, in whatever order it was given', () => {
    const holidays = [holiday('2026-12-25', 'Christmas'), holiday('2026-01-01'), holiday('2026-08-17')];
    const ordered = orderedCalendar({ name: 'jakarta', weekend: [7, 6], holidays });
    expect(ordered).toEqual({
      name: 'jakarta',
      weekend: [6, 7],
      holidays: [holiday('2026-01-01'), holiday('2026-08-17'), holiday('2026-12-25', 'Christmas')],
    });
  });

  test('refuses a date that is listed twice, and says which', () => {
    const holidays = [holiday('2026-01-01'), holiday('2026-08-17'), holiday('2026-01-01', 'again')];
    expect(orderedCalendar({ name: 'jakarta', weekend: [], holidays })).toMatchObject({
      refused: 'validation_failed',
      meta: { errors: [{ pointer: '/holidays/2/date', code: 'duplicate' }] },
    });
  });

  test('is found by the terms that name it', () => {
    const calendars = new Map([['jakarta', { weekend: [7], holidays: [] }]]);
    expect(closedDaysNamed('jakarta', calendars)).toEqual({ weekend: [7], holidays: [] });
    expect(closedDaysNamed(null, calendars)).toBe(NEVER_CLOSED);
    expect(closedDaysNamed('paris', calendars)).toMatchObject({ refused: 'terms_invalid', meta: { term: 'calendar' } });
  });

  test('is closed on its weekend and its holidays', () => {
    const closed = closedDaysOf({ weekend: [5], holidays: [holiday('2026-01-01', 'New Year')] });
    expect(closed).toEqual({ weekend: [5], holidays: ['2026-01-01'] });
  });
});
