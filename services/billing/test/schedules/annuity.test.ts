import { readFileSync } from 'node:fs';
import type { DayCount, Frequency } from '@tenor/calendar';
import type { GivenTerms } from '../../src/products/terms.ts';
import { totalOf } from '../../src/schedules/schedule.ts';
import { amount, parts, plan, totals } from './plans.ts';

interface GoldenSchedule {
  readonly id: string;
  readonly principal: string;
  readonly annualRatePct: string;
  readonly dayCount: DayCount;
  readonly start: string;
  readonly dueDates: readonly string[];
  readonly emi: string;
  readonly installments: readonly Record<'principal' | 'interest' | 'due' | 'balance', string>[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/annuity-schedules.json', import.meta.url), 'utf8')) as {
  schedules: GoldenSchedule[];
};

/** The rhythm behind a golden case's dates, which the file states only as dates. */
const RHYTHMS: Readonly<Record<string, Frequency>> = {
  C3157: { every: 2, unit: 'month' },
  C3158: { every: 2, unit: 'week' },
  'unit-364-weekly': { every: 1, unit: 'week' },
};
const monthly: Frequency = { every: 1, unit: 'month' };
const annuity: GivenTerms = { interestMethod: 'annuity', frequency: monthly };

describe('the golden schedules', () => {
  test('are all there', () => expect(golden.schedules).toHaveLength(11));

  test.each(golden.schedules)('$id comes out to the cent', (expected) => {
    const given = {
      ...annuity,
      annualRatePercent: expected.annualRatePct,
      dayCount: expected.dayCount,
      frequency: RHYTHMS[expected.id] ?? monthly,
      numberOfInstalments: expected.dueDates.length,
    };
    const schedule = plan(given, expected.principal, expected.start);
    expect(schedule.map(({ dueDate }) => dueDate)).toEqual(expected.dueDates);
    expect(
      schedule.map((one) => ({
        principal: amount(one.principal),
        interest: amount(one.interest),
        due: amount(totalOf(one)),
        balance: amount(one.balanceAfter),
      })),
    ).toEqual(
      expected.installments.map(({ principal, interest, due, balance }) => ({ principal, interest, due, balance })),
    );
    expect(totals(schedule)[0]).toContain(expected.emi);
  });
});

describe('equal instalments', () => {
  test('of 12,000 at 2 % a month over four', () => {
    const schedule = plan({ ...annuity, annualRatePercent: '24', numberOfInstalments: 4 }, '12000');
    expect(parts(schedule)).toEqual(['2911.49/240.00', '2969.72/181.77', '3029.11/122.38', '3089.68/61.79']);
  });

  test('of 100,000 at 10.5 % over twelve months', () => {
    const given = { ...annuity, annualRatePercent: '10.5', numberOfInstalments: 12, emiSmoothing: false };
    expect(totals(plan(given, '100000'))).toEqual(['11 × 8814.86', '1 × 8814.87']);
  });

  test('without a rate are the principal in equal parts', () => {
    const given = { ...annuity, annualRatePercent: '0', numberOfInstalments: 3 };
    expect(parts(plan(given, '100'))).toEqual(['33.33/0.00', '33.33/0.00', '33.34/0.00']);
  });

  test('see a tie as a tie', () => {
    // 0.60 at 10 % over one month is 60.5 minor units: neither 60.4999… nor 60.5000….
    const tie = (rounding: NonNullable<GivenTerms['rounding']>) =>
      parts(plan({ ...annuity, annualRatePercent: '10', numberOfInstalments: 1, rounding }, '0.60'));
    expect([tie('half_even'), tie('half_up')]).toEqual([['0.60/0.00'], ['0.60/0.01']]);
  });

  test('never repay more than the balance when the step is large', () => {
    const given = {
      ...annuity,
      annualRatePercent: '12',
      numberOfInstalments: 6,
      instalmentMultiple: '50',
      rounding: 'up',
    };
    expect(totals(plan(given as GivenTerms, '300'))).toEqual(['3 × 100.00', '1 × 6.16', '2 × 0.00']);
  });
});

describe('smoothing', () => {
  const free: GivenTerms = { ...annuity, annualRatePercent: '0', rounding: 'up', numberOfInstalments: 12 };
  const long: GivenTerms = { ...annuity, annualRatePercent: '10.5', numberOfInstalments: 360 };

  test.each<{ given: GivenTerms; principal: string; off: string[]; on: string[]; because: string }>([
    {
      given: free,
      principal: '100',
      off: ['11 × 8.34', '1 × 8.26'],
      on: ['11 × 8.33', '1 × 8.37'],
      because: 'the last comes closer',
    },
    {
      given: { ...free, instalmentMultiple: '1' },
      principal: '1000',
      off: ['11 × 84.00', '1 × 76.00'],
      on: ['11 × 83.00', '1 × 87.00'],
      because: 'the payable step allows one less',
    },
    {
      given: { ...free, instalmentMultiple: '5' },
      principal: '1000',
      off: ['11 × 85.00', '1 × 65.00'],
      on: ['11 × 85.00', '1 × 65.00'],
      because: 'the payable step is too large to move',
    },
    {
      given: { ...free, numberOfInstalments: 6 },
      principal: '1000',
      off: ['5 × 166.67', '1 × 166.65'],
      on: ['5 × 166.67', '1 × 166.65'],
      because: 'the last is near enough',
    },
    {
      given: long,
      principal: '100000',
      off: ['359 × 914.74', '1 × 912.28'],
      on: ['359 × 914.74', '1 × 912.28'],
      because: 'one unit less each would overshoot',
    },
  ])('turns $off into $on: $because', ({ given, principal, off, on }) => {
    expect(totals(plan({ ...given, emiSmoothing: false }, principal))).toEqual(off);
    expect(totals(plan({ ...given, emiSmoothing: true }, principal))).toEqual(on);
  });
});
