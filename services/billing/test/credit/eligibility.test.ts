import fc from 'fast-check';
import { assess, type CreditFacts, type CreditRequest } from '../../src/credit/eligibility.ts';
import { type CreditHistory, internalScore } from '../../src/credit/internal-score.ts';
import { monthly, regularInstalment } from '../../src/credit/monthly-instalment.ts';
import { bandOf, isInBand } from '../../src/credit/rate-band.ts';

const noHistory: CreditHistory = {
  pastLoans: 0,
  loansThisYear: 0,
  volume: 0n,
  instalmentsDue: 0,
  instalmentsOnTime: 0,
  surplusOnTime: 0,
};
/** The history of a customer who scores so much. */
const scoring = (value: number): CreditHistory => {
  for (let onTime = 0; onTime <= 60; onTime += 1) {
    for (const loansThisYear of [0, 1]) {
      const history = { ...noHistory, pastLoans: 1, loansThisYear, instalmentsDue: 60, instalmentsOnTime: onTime };
      if (internalScore(history, { limit: 10n ** 9n, currentPrincipal: 0n }).value === value) return history;
    }
  }
  throw new Error(`No history scores ${value}`);
};
const facts: CreditFacts = {
  history: scoring(60),
  limit: 10n ** 9n,
  currentPrincipal: 0n,
  exposure: 0n,
  currentAmounts: 0n,
  instalmentsNow: 0n,
  monthlyIncome: 5_000_000n,
};
const request: CreditRequest = {
  amount: 10_000_000n,
  principal: 10_000_000n,
  ratePercent: '8',
  mayHaveRate: () => true,
};
const decided = (more: Partial<CreditFacts>, asked: Partial<CreditRequest> = {}) => {
  const { isEligible, reasons, correctedRatePercent } = assess({ ...request, ...asked }, { ...facts, ...more });
  return { isEligible, reasons, rate: correctedRatePercent };
};

describe('the band of a score', () => {
  test.each([
    { score: 100, floor: null },
    { score: 51, floor: null },
    { score: 50, floor: '12' },
    { score: 31, floor: '12' },
    { score: 30, floor: '16' },
    { score: 11, floor: '16' },
    { score: 10, floor: undefined },
    { score: 0, floor: undefined },
  ])('$score is lent to from $floor on', ({ score, floor }) => {
    expect(bandOf(score)?.floorPercent).toBe(floor);
  });

  test.each([
    { score: 50, rate: '12', corrected: '12', reasons: [] },
    { score: 50, rate: '12.00', corrected: '12.00', reasons: [] },
    { score: 50, rate: '11.999999', corrected: '12', reasons: ['rate_below_band'] },
    { score: 30, rate: '16', corrected: '16', reasons: [] },
    { score: 30, rate: '15.999999', corrected: '16', reasons: ['rate_below_band'] },
    { score: 20, rate: '8', corrected: '16', reasons: ['rate_below_band'] },
    { score: 51, rate: '0.5', corrected: '0.5', reasons: [] },
    { score: 51, rate: null, corrected: null, reasons: [] },
  ])('a score of $score makes $rate % $corrected %', ({ score, rate, corrected, reasons }) => {
    const decision = decided({ history: scoring(score) }, { ratePercent: rate });
    expect(decision).toEqual({ isEligible: true, reasons, rate: corrected });
  });

  test('a score of 10 is lent to at no rate, which no correction changes', () => {
    const decision = decided({ history: scoring(10) }, { ratePercent: '30' });
    expect(decision).toEqual({ isEligible: false, reasons: ['score_too_low'], rate: '30' });
  });

  test('a rate that cannot be raised declines, and so does a loan that has none', () => {
    const reasons = ['rate_below_band', 'rate_not_correctable'];
    const fixed = decided({ history: scoring(40) }, { mayHaveRate: () => false });
    expect(fixed).toEqual({ isEligible: false, reasons, rate: '12' });
    const without = decided({ history: scoring(40) }, { ratePercent: null, mayHaveRate: () => false });
    expect(without).toEqual({ isEligible: false, reasons, rate: '12' });
  });
});

describe('current instalments', () => {
  test.each([
    { now: 2_500_000n, income: 5_000_000n, reasons: [], because: 'exactly half of the income passes' },
    { now: 2_500_001n, income: 5_000_000n, reasons: ['instalments_above_cap'], because: 'it is more than half' },
    { now: 2_500_000n, income: 5_000_001n, reasons: [], because: 'half an odd income is more' },
    { now: 0n, income: 0n, reasons: [], because: 'nothing is no more than half of nothing' },
    { now: 0n, income: null, reasons: ['income_unknown'], because: 'a cap that is not known is not kept' },
  ])('of $now on $income give $reasons, since $because', ({ now, income, reasons }) => {
    expect(decided({ instalmentsNow: now, monthlyIncome: income }).reasons).toEqual(reasons);
  });

  test('say nothing of the instalment to come', () => {
    const { isEligible } = decided({ instalmentsNow: 2_500_000n }, { amount: 900_000_000n, principal: 900_000_000n });
    expect(isEligible).toBe(true);
  });
});

describe('the limit', () => {
  const limit = 30_000_000n;
  test.each([
    { because: 'it is all that is left', more: { exposure: 20_000_000n, currentAmounts: 20_000_000n }, ok: true },
    { because: 'more is reserved', more: { exposure: 20_000_001n, currentAmounts: 0n }, ok: false },
    { because: 'current loans were larger once', more: { exposure: 1n, currentAmounts: 20_000_001n }, ok: false },
    { because: 'no limit is set', more: { exposure: 10n ** 12n, limit: null }, ok: true },
  ])('decides $ok when $because', ({ more, ok }) => {
    expect(decided({ limit, ...more }).reasons).toEqual(ok ? [] : ['limit_exceeded']);
  });

  test('takes the fees that are lent on top of what is asked for', () => {
    expect(decided({ limit: 10_000_000n }, { principal: 10_000_001n }).reasons).toEqual(['limit_exceeded']);
  });

  test('refuses 900 times over, whatever the score', () => {
    expect(decided({ limit: 1_800_000n }, { amount: 90_000_000n, principal: 90_000_000n })).toMatchObject({
      isEligible: false,
      reasons: ['limit_exceeded'],
    });
  });

  test('below what is still owed of current loans makes the score 0', () => {
    const over = decided({ limit: 100n, currentPrincipal: 101n, exposure: 101n, currentAmounts: 101n });
    expect(over.reasons).toEqual(['current_loans_above_limit', 'score_too_low', 'limit_exceeded']);
  });
});

describe('any application', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const rate = fc.nat({ max: 4_000 }).map((hundredths) => `${Math.floor(hundredths / 100)}.${hundredths % 100}`);

  test('that is eligible may have its corrected rate, which is in the band and never below the one asked for', () => {
    fc.assert(
      fc.property(
        fc.record({ due: fc.nat({ max: 50 }), onTime: fc.nat({ max: 50 }), rate, now: amount, income: amount }),
        ({ due, onTime, rate: ratePercent, now, income }) => {
          const history = { ...noHistory, pastLoans: 1, instalmentsDue: due, instalmentsOnTime: Math.min(due, onTime) };
          const { score, isEligible, reasons, correctedRatePercent } = assess(
            { ...request, ratePercent },
            { ...facts, history, instalmentsNow: now, monthlyIncome: income },
          );
          const band = bandOf(score.value);
          const isCorrected = correctedRatePercent !== ratePercent;
          expect(isEligible).toBe(band !== undefined && now * 2n <= income);
          expect(reasons.includes('rate_below_band')).toBe(isCorrected);
          if (band !== undefined) expect(isInBand(band, correctedRatePercent)).toBe(true);
          if (isCorrected) expect(correctedRatePercent).toBe(band?.floorPercent);
        },
      ),
    );
  });
});

describe('what instalments come to in a month', () => {
  test.each([
    { every: 1, unit: 'month', monthlyAmount: 1_200n },
    { every: 2, unit: 'month', monthlyAmount: 600n },
    { every: 1, unit: 'quarter', monthlyAmount: 400n },
    { every: 1, unit: 'semi_month', monthlyAmount: 2_400n },
    { every: 1, unit: 'week', monthlyAmount: 5_200n },
    { every: 30, unit: 'day', monthlyAmount: 1_217n },
  ] as const)('1,200 every $every $unit are $monthlyAmount', ({ monthlyAmount, ...frequency }) => {
    expect(monthly(1_200n, frequency)).toBe(monthlyAmount);
  });

  test('is counted from what most instalments ask, the largest of several as frequent', () => {
    expect(regularInstalment([500n, 881n, 881n, 880n])).toBe(881n);
    expect(regularInstalment([300n, 200n, 100n])).toBe(300n);
    expect(regularInstalment([])).toBe(0n);
  });
});
