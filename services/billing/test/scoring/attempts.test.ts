import { afterInitiation, afterQuery } from '../../src/scoring/attempts.ts';

test('a query is followed by five more, after 1, 2, 4, 8 and 16 s', () => {
  const following = [1, 2, 3, 4, 5, 6].map((attempt) => afterQuery(attempt, 1_000));
  expect(following).toEqual([
    { kind: 'again', inMs: 1_000 },
    { kind: 'again', inMs: 2_000 },
    { kind: 'again', inMs: 4_000 },
    { kind: 'again', inMs: 8_000 },
    { kind: 'again', inMs: 16_000 },
    { kind: 'exhausted' },
  ]);
});

test('an initiation is repeated without end, at most 60 s apart', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 100, 1_000_000].map((attempt) => afterInitiation(attempt, 1_000));
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
});
