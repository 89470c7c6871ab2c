import { addDays, addMonths, date, dueDatesOf, type Frequency, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import fc from 'fast-check';
import { type Apr, aprOf, type Flow } from '../../src/schedules/apr.ts';
import { type PlannedInstalment, totalOf } from '../../src/schedules/schedule.ts';
import { plan } from './plans.ts';

const month: Frequency = { every: 1, unit: 'month' };
const week: Frequency = { every: 1, unit: 'week' };
const fourWeeks: Frequency = { every: 4, unit: 'week' };
const halfMonth: Frequency = { every: 1, unit: 'semi_month' };

interface Series {
  readonly from: string;
  readonly first?: string;
  readonly frequency: Frequency;
  readonly amounts: readonly bigint[];
}

const times = (count: number, amount: bigint): bigint[] => new Array<bigint>(count).fill(amount);
const lent = (amount: bigint, from: string): Flow[] => [{ amount, on: date(from) }];

function repaid({ from, first, frequency, amounts }: Series): Flow[] {
  const firstDueDate = first === undefined ? null : date(first);
  const given = { disbursedOn: date(from), frequency, count: amounts.length, firstDueDate, minimumDaysToFirstDue: 0 };
  const dates = dueDatesOf({ ...given, rule: 'none', closedDays: NEVER_CLOSED })?.due ?? [];
  return dates.map((on, index) => ({ on, amount: amounts[index] ?? 0n }));
}

const rates = (advances: readonly Flow[], payments: readonly Flow[], frequency: Frequency): Apr =>
  aprOf({ advances, payments }, frequency);
const owed = (instalments: readonly PlannedInstalment[]): Flow[] =>
  instalments.map((instalment) => ({ on: instalment.dueDate, amount: totalOf(instalment) }));

describe('Regulation Z', () => {
  test.each([
    { lends: 500_000n, from: '1978-01-10', frequency: month, amounts: times(24, 23_000n), expected: '9.69' },
    {
      lends: 500_000n,
      from: '1978-02-23',
      first: '1978-03-01',
      frequency: halfMonth,
      amounts: times(24, 21_917n),
      expected: '10.34',
    },
    {
      lends: 50_000n,
      from: '1978-03-20',
      first: '1978-04-21',
      frequency: week,
      amounts: times(30, 1_760n),
      expected: '14.96',
    },
    {
      lends: 40_000n,
      from: '1978-01-01',
      first: addDays(date('1978-01-01'), 33),
      frequency: fourWeeks,
      amounts: [3_950n, ...times(11, 3_831n)],
      expected: '28.50',
    },
    {
      lends: 100_000n,
      from: '1978-01-01',
      frequency: { every: 255, unit: 'day' },
      amounts: [108_000n],
      expected: '11.45',
    },
    {
      lends: 100_000n,
      from: '1978-01-01',
      frequency: { every: 6, unit: 'month' },
      amounts: [105_000n],
      expected: '10.00',
    },
    {
      lends: 100_000n,
      from: '2021-01-01',
      frequency: { every: 24, unit: 'month' },
      amounts: [121_000n],
      expected: '10.00',
    },
    { lends: 100_000n, from: '2024-01-31', frequency: month, amounts: [101_000n], expected: '12.00' },
    // A year and six twelfths of one: 1.1 × 1.05.
    {
      lends: 100_000n,
      from: '2021-01-01',
      frequency: { every: 18, unit: 'month' },
      amounts: [115_500n],
      expected: '10.00',
    },
    // A year and 73 days of 365: 1.1 × 1.02.
    {
      lends: 100_000n,
      from: '2022-01-01',
      first: '2023-03-15',
      frequency: { every: 1, unit: 'day' },
      amounts: [112_200n],
      expected: '10.00',
    },
    // No unit-period is longer than a year: 10 % a year on 100, twice.
    {
      lends: 100_000n,
      from: '2021-01-01',
      frequency: { every: 24, unit: 'month' },
      amounts: [21_000n, 121_000n],
      expected: '10.00',
    },
    {
      lends: 40_000n,
      from: '1978-01-01',
      first: addDays(date('1978-01-01'), 33),
      frequency: { every: 28, unit: 'day' },
      amounts: [3_950n, ...times(11, 3_831n)],
      expected: '28.50',
    },
    // 10.125 exactly: a tie is seen as a tie.
    {
      lends: 100_000n,
      from: '2021-01-01',
      frequency: { every: 12, unit: 'month' },
      amounts: [110_125n],
      expected: '10.13',
    },
  ] as const)(
    '$amounts.length payments every $frequency.every $frequency.unit give $expected',
    ({ lends, expected, ...series }) => {
      expect(rates(lent(lends, series.from), repaid(series), series.frequency).reg_z).toBe(expected);
    },
  );

  test('gives back the rate of a schedule that charges it exactly', () => {
    const given = {
      interestMethod: 'annuity',
      annualRatePercent: '12',
      frequency: month,
      numberOfInstalments: 360,
    } as const;
    const payments = owed(plan(given, '100000', '2026-01-31'));
    expect(rates(lent(10_000_000n, '2026-01-31'), payments, month)).toEqual({
      reg_z: '12.00',
      eu: '12.68',
      reason: null,
    });
  });
});

describe('the European rate', () => {
  test('counts a fee at the start', () => {
    const fee = { amount: 400_000n, on: date('2020-01-01') };
    const payments = repaid({ from: '2020-01-01', frequency: month, amounts: times(240, 143_286n) });
    expect(rates(lent(20_000_000n, '2020-01-01'), [fee, ...payments], month).eu).toBe('6.43');
    expect(rates(lent(19_600_000n, '2020-01-01'), payments, month).eu).toBe('6.43');
  });

  test.each([
    { frequency: month, amounts: times(60, 22_244n), lends: 1_000_000n, from: '2020-01-01', expected: '12.68' },
    {
      frequency: { every: 365, unit: 'day' },
      amounts: [110_000n],
      lends: 100_000n,
      from: '2023-01-01',
      expected: '10.00',
    },
    {
      frequency: { every: 366, unit: 'day' },
      amounts: [110_000n],
      lends: 100_000n,
      from: '2024-01-01',
      expected: '10.00',
    },
    {
      frequency: { every: 52, unit: 'week' },
      amounts: [110_000n],
      lends: 100_000n,
      from: '2024-01-01',
      expected: '10.00',
    },
    {
      frequency: { every: 73, unit: 'day' },
      amounts: [102_000n],
      lends: 100_000n,
      from: '2023-01-01',
      expected: '10.41',
    },
    {
      frequency: { every: 14, unit: 'day' },
      amounts: [...times(25, 0n), 110_000n],
      lends: 100_000n,
      from: '2024-01-01',
      expected: '10.00',
    },
    {
      frequency: { every: 2, unit: 'quarter' },
      amounts: [105_000n],
      lends: 100_000n,
      from: '2023-08-31',
      expected: '10.25',
    },
  ] as const)(
    'of $amounts.length payments every $frequency.every $frequency.unit is $expected',
    ({ lends, expected, ...series }) => {
      expect(rates(lent(lends, series.from), repaid(series), series.frequency).eu).toBe(expected);
    },
  );
});

describe('both rates', () => {
  test('of ten per cent flat over fifty weeks', () => {
    const flat = { interestMethod: 'flat', flatRatePercent: '10', frequency: week, numberOfInstalments: 50 } as const;
    expect(rates(lent(200_000_000n, '2026-01-01'), owed(plan(flat, '2000000')), week)).toEqual({
      reg_z: '19.78',
      eu: '21.83',
      reason: null,
    });
  });

  test('are zero without interest', () => {
    const open = { every: 30, unit: 'week' } as const;
    const zero = { reg_z: '0.00', eu: '0.00', reason: null };
    expect(rates(lent(90_000n, '2026-01-01'), [{ amount: 90_000n, on: date('2026-07-30') }], open)).toEqual(zero);
    const many = repaid({ from: '2026-01-01', first: '2026-01-19', frequency: month, amounts: times(600, 150n) });
    expect(rates(lent(90_000n, '2026-01-01'), many, month)).toEqual(zero);
  });

  test('take what is paid at once from what is advanced', () => {
    const payments = repaid({ from: '2026-01-01', frequency: month, amounts: times(12, 8_885n) });
    const down = { amount: 20_000n, on: date('2026-01-01') };
    const net = rates(lent(100_000n, '2026-01-01'), payments, month);
    expect(rates(lent(120_000n, '2026-01-01'), [down, ...payments], month)).toEqual(net);
    expect(net.reg_z).toBe('12.00');
  });

  test('count every advance from its own day', () => {
    const advances = [...lent(100_000n, '2026-01-01'), ...lent(50_000n, '2026-03-01')];
    // 1 % a month: 1000 and 1010 of interest, then the whole with the second advance.
    const payments = [
      { amount: 1_000n, on: date('2026-02-01') },
      { amount: 1_000n, on: date('2026-03-01') },
      { amount: 151_500n, on: date('2026-04-01') },
    ];
    expect(rates(advances, payments, month)).toEqual({ reg_z: '12.00', eu: '12.68', reason: null });
    expect(rates(advances.toReversed(), payments.toReversed(), month).reg_z).toBe('12.00');
  });
});

describe('no rate', () => {
  const late = repaid({ from: '2026-01-01', frequency: month, amounts: [99n] });
  const hundred = lent(100n, '2026-01-01');
  test.each([
    { reason: 'less_repaid_than_advanced', because: 'less comes back', advances: hundred, payments: late },
    {
      reason: 'nothing_advanced',
      because: 'all is repaid at once',
      advances: hundred,
      payments: [...hundred, ...late],
    },
    { reason: 'nothing_advanced', because: 'nothing is lent', advances: [], payments: late },
    { reason: 'nothing_advanced', because: 'nothing happens', advances: [], payments: [] },
  ] as const)('when $because: $reason', ({ reason, advances, payments }) => {
    expect(rates(advances, payments, month)).toEqual({ reg_z: null, eu: null, reason });
  });

  test('above what informs anybody', () => {
    const dear = repaid({ from: '2026-01-01', frequency: { every: 1, unit: 'day' }, amounts: [110n] });
    expect(rates(hundred, dear, { every: 1, unit: 'day' })).toEqual({ reg_z: '3650.00', eu: null, reason: 'too_high' });
    const absurd = repaid({ from: '2026-01-01', frequency: month, amounts: [10n ** 17n] });
    expect(rates(lent(1n, '2026-01-01'), absurd, month)).toEqual({ reg_z: null, eu: null, reason: 'too_high' });
  });
});

interface Case {
  readonly oddDays: number;
  readonly advances: readonly { readonly month: number; readonly amount: bigint }[];
  readonly payments: readonly bigint[];
}

/** A first advance on 5 January 2023; everything else so many days, then whole months, later. */
const START = date('2023-01-05');
const laterBy = (oddDays: number, months: number): LocalDate => addMonths(addDays(START, oddDays), months);

function flowsOf({ oddDays, advances, payments }: Case): { advances: Flow[]; payments: Flow[] } {
  return {
    advances: advances.map(({ month: months, amount }) => ({
      amount,
      on: months === 0 ? START : laterBy(oddDays, months),
    })),
    payments: payments
      .map((amount, index) => ({ amount, on: laterBy(oddDays, index + 1) }))
      .filter(({ amount }) => amount > 0n),
  };
}

/** What payments less advances are worth at a rate, told by floats and by nothing of the code under test. */
function worth({ oddDays, advances, payments }: Case, discount: (months: number, isOdd: boolean) => number): number {
  const at = (months: number): number => discount(months, months > 0 && oddDays > 0);
  const paid = payments.reduce((sum, each, index) => sum + Number(each) * at(index + 1), 0);
  return paid - advances.reduce((sum, { month: months, amount: each }) => sum + Number(each) * at(months), 0);
}

const minor = fc.bigInt({ min: 1n, max: 10n ** 9n });
const cases: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  'odd first periods': fc.record({
    oddDays: fc.integer({ min: 1, max: 22 }),
    advances: fc.constant([{ month: 0, amount: 100_000n }]),
    payments: fc
      .tuple(fc.integer({ min: 2, max: 120 }), fc.bigInt({ min: 100_000n, max: 400_000n }))
      .map(([count, total]) => times(count, total / BigInt(count) + 1n)),
  }),
  'a balloon': fc.record({
    oddDays: fc.integer({ min: 0, max: 22 }),
    advances: fc.constant([{ month: 0, amount: 10n ** 8n }]),
    payments: fc
      .tuple(fc.integer({ min: 1, max: 359 }), fc.bigInt({ min: 1n, max: 10n ** 7n }))
      .map(([count, each]) => [...times(count, each), 10n ** 8n]),
  }),
  'fees kept back': fc
    .tuple(
      fc.bigInt({ min: 0n, max: 900_000n }),
      fc.integer({ min: 2, max: 120 }),
      fc.bigInt({ min: 1n, max: 20_000n }),
    )
    .chain(([fee, count, interest]) =>
      fc.record({
        oddDays: fc.integer({ min: 0, max: 22 }),
        advances: fc.constant([{ month: 0, amount: 1_000_000n - fee }]),
        payments: fc.constant(times(count, 1_000_000n / BigInt(count) + interest)),
      }),
    ),
  'nearly all at the end': fc.record({
    oddDays: fc.integer({ min: 0, max: 22 }),
    advances: fc.constant([{ month: 0, amount: 10n ** 6n }]),
    payments: fc
      .tuple(fc.integer({ min: 0, max: 359 }), fc.bigInt({ min: 10n ** 6n, max: 10n ** 8n }))
      .map(([count, end]) => [1n, ...times(count, 0n), end]),
  }),
  'deep discounts': fc.record({
    oddDays: fc.integer({ min: 0, max: 22 }),
    advances: fc.bigInt({ min: 1n, max: 1_000n }).map((amount) => [{ month: 0, amount }]),
    payments: fc.array(fc.bigInt({ min: 10n ** 5n, max: 10n ** 6n }), { minLength: 2, maxLength: 60 }),
  }),
  'several advances': fc
    .record({
      oddDays: fc.integer({ min: 0, max: 22 }),
      first: minor,
      later: fc.array(minor, { minLength: 1, maxLength: 6 }),
      gains: fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 8, maxLength: 60 }),
    })
    .map(({ oddDays, first, later, gains }) => {
      const advances = [{ month: 0, amount: first }, ...later.map((amount, index) => ({ month: index + 1, amount }))];
      const lentInAll = advances.reduce((sum, { amount }) => sum + amount, 0n);
      const rest = gains.slice(0, -1);
      return { oddDays, advances, payments: [...rest, lentInAll + (gains.at(-1) ?? 0n)] };
    }),
};

/** Half a hundredth, and what floats lose. */
const STATED_WITHIN_PERCENT = 0.005_001;

describe('both rates solve their equations', () => {
  test.each(Object.entries(cases))('%s', (_name, anyCase) => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const { reg_z: regZ, eu, reason } = aprOf(flowsOf(each), month);
        expect(['too_high', null]).toContain(reason);
        const volume = [...each.payments, ...each.advances.map(({ amount }) => amount)].reduce((a, b) => a + b, 0n);
        const noise = Number(volume) * 1e-12;
        const { oddDays } = each;
        const monthly = (percent: number) => (months: number, isOdd: boolean) => {
          const rate = percent / 1_200;
          return (1 + rate) ** -months / (isOdd ? 1 + (rate * oddDays) / 30 : 1);
        };
        const yearly = (percent: number) => (months: number, isOdd: boolean) =>
          (1 + percent / 100) ** -(months / 12 + (isOdd ? oddDays / 365 : 0));
        for (const [stated, discount] of [
          [regZ, monthly],
          [eu, yearly],
        ] as const) {
          // Above that a hundredth is less than a float tells apart.
          if (stated === null || stated.length > 12) continue;
          expect(worth(each, discount(Math.max(Number(stated) - STATED_WITHIN_PERCENT, -1e-9)))).toBeGreaterThanOrEqual(
            -noise,
          );
          expect(worth(each, discount(Number(stated) + STATED_WITHIN_PERCENT))).toBeLessThanOrEqual(noise);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('of zero interest: whatever the dates, they are zero', () => {
    fc.assert(
      fc.property(
        fc.array(minor, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 0, max: 22 }),
        (payments, oddDays) => {
          const amount = payments.reduce((sum, each) => sum + each, 0n);
          const flows = flowsOf({ oddDays, advances: [{ month: 0, amount }], payments });
          expect(aprOf(flows, month)).toEqual({ reg_z: '0.00', eu: '0.00', reason: null });
        },
      ),
    );
  });

  test('rise with the rate charged, and the effective one is never below the nominal', () => {
    const hundredths = fc.integer({ min: 1, max: 1_000_00 });
    const count = fc.integer({ min: 2, max: 60 });
    fc.assert(
      fc.property(
        hundredths,
        count,
        fc.constantFrom(month, week, halfMonth),
        (rate, numberOfInstalments, frequency) => {
          const apr = (charged: number): [regZ: number, eu: number] => {
            const flatRatePercent = `${Math.floor(charged / 100)}.${String(charged % 100).padStart(2, '0')}`;
            const given = { interestMethod: 'flat', flatRatePercent, frequency, numberOfInstalments } as const;
            const payments = owed(plan(given, '10000000', '2026-01-05'));
            const { reg_z, eu } = rates(lent(10_000_000_00n, '2026-01-05'), payments, frequency);
            return [Number(reg_z), Number(eu ?? Number.POSITIVE_INFINITY)];
          };
          const [lower, higher] = [apr(rate), apr(rate + 100)];
          expect(higher[0]).toBeGreaterThan(lower[0]);
          if (lower[1] < Number.POSITIVE_INFINITY) expect(higher[1]).toBeGreaterThan(lower[1]);
          // Half a hundredth of slack: below one per cent the two differ by less than their rounding.
          expect(lower[1]).toBeGreaterThanOrEqual(lower[0] - 0.02);
        },
      ),
    );
  });
});
