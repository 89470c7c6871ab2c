import { businessDate, isTimeZone } from '@tenor/calendar';

describe('the business date', () => {
  test.each([
    ['2026-01-01T16:59:59.999Z', 'Asia/Jakarta', '2026-01-01'],
    ['2026-01-01T17:00:00.000Z', 'Asia/Jakarta', '2026-01-02'],
    ['2026-01-01T04:59:59.000Z', 'America/New_York', '2025-12-31'],
    ['2026-07-01T03:59:59.000Z', 'America/New_York', '2026-06-30'],
    ['2026-07-01T04:00:00.000Z', 'America/New_York', '2026-07-01'],
    ['2026-01-01T00:00:00.000Z', 'UTC', '2026-01-01'],
    ['2024-02-28T18:30:00.000Z', 'Asia/Kolkata', '2024-02-29'],
  ])('of %s in %s is %s', (instant, zone, expected) => {
    expect(businessDate(new Date(instant), zone)).toBe(expected);
  });

  test('needs a zone that exists', () => {
    expect(() => businessDate(new Date(0), 'Asia/Atlantis')).toThrow(RangeError);
    expect(['Asia/Jakarta', 'UTC', 'Asia/Atlantis', ''].map(isTimeZone)).toEqual([true, true, false, false]);
    expect(['+05:30', '-0800'].map(isTimeZone)).toEqual([false, false]);
  });
});
