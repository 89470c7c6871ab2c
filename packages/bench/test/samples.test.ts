import { median, medianOf, percentile, rounded } from '../src/samples.ts';

describe('samples', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  test.each([
    { share: 0.5, expected: 50 },
    { share: 0.99, expected: 99 },
    { share: 1, expected: 100 },
    { share: 0, expected: 1 },
  ])('of 1 to 100 have $expected at $share', ({ share, expected }) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  test('without any have no percentile and no median', () => {
    expect(percentile([], 0.5)).toBeNaN();
    expect(median([])).toBeNaN();
  });

  test.each([
    { values: [3, 1, 2], expected: 2 },
    { values: [4, 1, 2, 3], expected: 2.5 },
    { values: [7], expected: 7 },
  ])('have the median $expected in $values', ({ values, expected }) => {
    expect(median(values)).toBe(expected);
  });

  test('are rounded to decimal places', () => {
    expect(rounded(1234.5678, 2)).toBe(1234.57);
    expect(rounded(1234.5678, 0)).toBe(1235);
  });
});

describe('the median of copies of one shape', () => {
  test('is taken number by number', () => {
    const copies = [1, 9, 5].map((value) => ({ rate: value, inner: { delay: -value }, name: `copy ${value}` }));
    expect(medianOf(copies)).toEqual({ rate: 5, inner: { delay: -5 }, name: 'copy 1' });
  });

  test('keeps what is not measured', () => {
    expect(medianOf([{ rate: null }, { rate: null }])).toEqual({ rate: null });
  });

  test.each([
    { copies: [{ billing: 1 }, {}], because: 'one lacks a process' },
    { copies: [{}, { billing: 1 }], because: 'the first lacks a process' },
    { copies: [{ billing: 1 }, { billing: null }], because: 'one was not measured' },
  ])('is none when $because', ({ copies }) => {
    expect(() => medianOf<object>(copies)).toThrow('not measured alike');
  });

  test('needs a copy', () => {
    expect(() => medianOf([])).toThrow('at least one copy');
  });
});
