import { lineOf, lineOfBacklog } from '../src/line.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
const load = {
  latencies: hundred,
  seconds: 4,
  errors: new Map([
    ['503 overloaded', 60],
    ['timed out', 40],
  ]),
};

describe('a line', () => {
  test('counts into its rate only what succeeded', () => {
    expect(lineOf(load, {})).toEqual({
      operations: 100,
      errors: 100,
      per_second: 25,
      p50_ms: 50,
      p99_ms: 99,
      processes: {},
    });
  });

  test('of what is over only after the last answer has the rate until then', () => {
    expect(lineOf(load, {}, 8).per_second).toBe(12.5);
  });

  test('of a backlog has a rate and no latencies', () => {
    expect(lineOfBacklog(300, 2, {})).toEqual({
      operations: 300,
      errors: 0,
      per_second: 150,
      p50_ms: null,
      p99_ms: null,
      processes: {},
    });
  });
});
