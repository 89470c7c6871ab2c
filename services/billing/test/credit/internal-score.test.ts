import fc from 'fast-check';
import {
  type CreditHistory,
  internalScore,
  PAST_LOANS_FULL,
  SCORE_WEIGHTS,
  type ScoreScale,
} from '../../src/credit/internal-score.ts';

const none: CreditHistory = {
  pastLoans: 0,
  loansThisYear: 0,
  volume: 0n,
  instalmentsDue: 0,
  instalmentsOnTime: 0,
  surplusOnTime: 0,
};
const scale: ScoreScale = { limit: 1_000n, currentPrincipal: 0n };
const pointsOf = (history: Partial<CreditHistory>, on: Partial<ScoreScale> = {}) => {
  const { components } = internalScore({ ...none, ...history }, { ...scale, ...on });
  return Object.fromEntries(components.map(({ name, points }) => [name, points]));
};

describe('the internal score', () => {
  test('of a customer without a history is 50, and says why', () => {
    expect(internalScore(none, scale)).toEqual({
      model: 'v1',
      value: 50,
      components: [{ name: 'no_history', points: 50, maxPoints: 50 }],
    });
  });

  test('is 100 at most, since the weights sum to that', () => {
    expect(Object.values(SCORE_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBe(100);
    const best = { pastLoans: PAST_LOANS_FULL, volume: 1_000n, instalmentsDue: 60, instalmentsOnTime: 60 };
    expect(internalScore({ ...none, ...best }, scale).value).toBe(100);
  });

  test('is 10 at most of whoever never paid in time', () => {
    const worst = { pastLoans: 50, volume: 10_000n, instalmentsDue: 600, instalmentsOnTime: 0 };
    expect(internalScore({ ...none, ...worst }, scale).value).toBe(10);
  });

  test('is 0 outright when current loans are above the limit, by a single minor unit', () => {
    const history = { ...none, pastLoans: 5, volume: 1_000n, instalmentsDue: 9, instalmentsOnTime: 9 };
    expect(internalScore(history, { limit: 1_000n, currentPrincipal: 1_000n }).value).toBe(100);
    expect(internalScore(history, { limit: 1_000n, currentPrincipal: 1_001n }).value).toBe(0);
    expect(internalScore(history, { limit: null, currentPrincipal: 1_001n }).value).toBeGreaterThan(0);
    expect(internalScore(none, { limit: 0n, currentPrincipal: 1n }).value).toBe(0);
  });

  test.each([
    { because: 'half were in time', history: { instalmentsDue: 4, instalmentsOnTime: 2 }, onTime: 30 },
    { because: 'none was due yet', history: {}, onTime: 30 },
    { because: '2 of 3 are rounded down', history: { instalmentsDue: 7, instalmentsOnTime: 5 }, onTime: 42 },
    { because: 'those paid ahead count as due and paid', history: { instalmentsDue: 2, surplusOnTime: 2 }, onTime: 30 },
  ])('gives $onTime points for punctuality when $because', ({ history, onTime }) => {
    expect(pointsOf({ pastLoans: 1, ...history })['on_time']).toBe(onTime);
  });

  test('counts loans and volume by the share that was in time', () => {
    const whole = { pastLoans: 2, volume: 400n, instalmentsDue: 4, instalmentsOnTime: 4 };
    expect(pointsOf(whole)).toMatchObject({ past_loans: 6, volume: 6 });
    expect(pointsOf({ ...whole, instalmentsOnTime: 2 })).toMatchObject({ past_loans: 3, volume: 3 });
    expect(pointsOf(whole, { limit: null })).toMatchObject({ volume: 7 });
    expect(pointsOf(whole, { limit: 0n })).toMatchObject({ volume: 7 });
  });

  test('takes a point for each loan of the calendar year, five at most', () => {
    const taken = [0, 1, 5, 6].map((loansThisYear) => pointsOf({ pastLoans: 9, loansThisYear })['current_year']);
    expect(taken).toEqual([5, 4, 0, 0]);
  });

  const amount = fc.bigInt({ min: 0n, max: 10n ** 17n });
  const anyHistory = fc
    .record({
      pastLoans: fc.nat({ max: 500 }),
      loansThisYear: fc.nat({ max: 500 }),
      volume: amount,
      instalmentsDue: fc.nat({ max: 10_000 }),
      share: fc.nat({ max: 100 }),
      surplusOnTime: fc.nat({ max: 200 }),
    })
    .map(({ share, ...history }) => ({
      ...history,
      instalmentsOnTime: Math.floor((history.instalmentsDue * share) / 100),
    }));
  const anyScale = fc.record({ limit: fc.option(amount), currentPrincipal: amount });

  test('is a whole number from 0 to 100 that its components sum to, unless the limit makes it 0', () => {
    fc.assert(
      fc.property(anyHistory, anyScale, (history, on) => {
        const { value, components } = internalScore(history, on);
        const sum = components.reduce((total, { points }) => total + points, 0);
        expect([sum, 0]).toContain(value);
        expect(components.every(({ points, maxPoints }) => points >= 0 && points <= maxPoints)).toBe(true);
        expect(Number.isInteger(value) && value >= 0 && value <= 100).toBe(true);
      }),
    );
  });

  test('never falls when more was paid in time', () => {
    fc.assert(
      fc.property(anyHistory, anyScale, fc.nat({ max: 50 }), (history, on, more) => {
        const better = Math.min(history.instalmentsOnTime + more, history.instalmentsDue);
        const before = internalScore(history, on).value;
        expect(internalScore({ ...history, instalmentsOnTime: better }, on).value).toBeGreaterThanOrEqual(before);
        const ahead = { ...history, surplusOnTime: history.surplusOnTime + more };
        const known = history.instalmentsDue + history.surplusOnTime > 0;
        if (known) expect(internalScore(ahead, on).value).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
