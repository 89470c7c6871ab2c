import { laterThan, secondsBetween, toMicroseconds } from '../../src/loans/instants.ts';

describe('instants', () => {
  test.each([
    { previous: '', now: '2026-01-01T00:00:00.000001Z', expected: '2026-01-01T00:00:00.000001Z' },
    {
      previous: '2026-01-01T00:00:00.000001Z',
      now: '2026-01-01T00:00:00.000002Z',
      expected: '2026-01-01T00:00:00.000002Z',
    },
    {
      previous: '2026-01-01T00:00:00.000002Z',
      now: '2026-01-01T00:00:00.000002Z',
      expected: '2026-01-01T00:00:00.000003Z',
    },
    {
      previous: '2026-12-31T23:59:59.999999Z',
      now: '2026-06-01T00:00:00.000000Z',
      expected: '2027-01-01T00:00:00.000000Z',
    },
  ])('$expected follows $previous at $now', ({ previous, now, expected }) => {
    expect(laterThan(previous, now)).toBe(expected);
  });

  test.each([
    { given: '2026-01-01T00:00:00Z', expected: '2026-01-01T00:00:00.000000Z' },
    { given: '2026-01-01T00:00:00.1Z', expected: '2026-01-01T00:00:00.100000Z' },
    { given: '1969-12-31T23:59:59.25Z', expected: '1969-12-31T23:59:59.250000Z' },
    { given: '0001-01-01T00:00:00Z', expected: '0001-01-01T00:00:00.000000Z' },
    { given: '2026-01-01T00:00:00.123456Z', expected: '2026-01-01T00:00:00.123456Z' },
  ])('$given is written $expected', ({ given, expected }) => {
    expect(toMicroseconds(given)).toBe(expected);
  });

  test('seconds between two instants are whole', () => {
    expect(secondsBetween('2026-01-01T00:00:00.500000Z', '2026-01-01T00:00:05.400000Z')).toBe(4);
    expect(secondsBetween('2026-01-01T00:01:00.000000Z', '2026-01-01T00:00:00.000000Z')).toBe(-60);
  });
});
