import { addDays, date, dueDates, type Frequency, type LocalDate } from '@tenor/calendar';
import fc from 'fast-check';
import { aprOf, eu, type Flow, regZ } from '../../src/schedules/apr.ts';
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
  const dates = dueDates(date(from), frequency, amounts.length, first === undefined ? null : date(first));
  return dates.map((on: LocalDate, index) => ({ on, amount: amounts[index] ?? 0n }));
}

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
  ] as const)(
    '$amounts.length payments every $frequency.every $frequency.unit give $expected',
    ({ lends, expected, ...series }) => {
      expect(regZ(lent(lends, series.from), repaid(series), series.frequency)).toBe(expected);
    },
  );

  test('gives back the rate of a schedule that charges it exactly', () => {
    const given = {
      interestMethod: 'annuity',
      annualRatePercent: '12',
      frequency: month,
      numberOfInstalments: 360,
    } as const;
    expect(aprOf(10_000_000n, date('2026-01-31'), plan(given, '100000', '2026-01-31'), month)).toEqual({
      reg_z: '12.00',
      eu: '12.68',
    });
  });
});

describe('the European rate', () => {
  test('counts a fee at the start', () => {
    const fee = { amount: 400_000n, on: date('2020-01-01') };
    const payments = repaid({ from: '2020-01-01', frequency: month, amounts: times(240, 143_286n) });
    expect(eu(lent(20_000_000n, '2020-01-01'), [fee, ...payments], month)).toBe('6.43');
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
      frequency: { every: 2, unit: 'quarter' },
      amounts: [105_000n],
      lends: 100_000n,
      from: '2023-08-31',
      expected: '10.25',
    },
  ] as const)(
    'of $amounts.length payments every $frequency.every $frequency.unit is $expected',
    ({ lends, expected, ...series }) => {
      expect(eu(lent(lends, series.from), repaid(series), series.frequency)).toBe(expected);
    },
  );
});

describe('both rates', () => {
  test('of ten per cent flat over fifty weeks', () => {
    const flat = { interestMethod: 'flat', flatRatePercent: '10', frequency: week, numberOfInstalments: 50 } as const;
    expect(aprOf(200_000_000n, date('2026-01-01'), plan(flat, '2000000'), week)).toEqual({
      reg_z: '19.78',
      eu: '21.83',
    });
  });

  test('are zero without interest', () => {
    const open = { every: 30, unit: 'week' } as const;
    const given = { interestMethod: 'none', frequency: open, numberOfInstalments: 1 } as const;
    expect(aprOf(90_000n, date('2026-01-01'), plan(given, '900'), open)).toEqual({ reg_z: '0.00', eu: '0.00' });
  });

  test('do not exist when less is repaid than lent, or all at once', () => {
    const late = repaid({ from: '2026-01-01', frequency: month, amounts: [99n] });
    for (const rate of [regZ, eu]) {
      expect(() => rate(lent(100n, '2026-01-01'), late, month)).toThrow(RangeError);
      expect(() => rate(lent(100n, '2026-01-01'), [...lent(100n, '2026-01-01'), ...late], month)).toThrow(RangeError);
      expect(() => rate([], late, month)).toThrow(RangeError);
    }
  });

  test('rise with the rate charged, and the effective one is never below the nominal', () => {
    const hundredths = fc.integer({ min: 1, max: 1_000_00 });
    fc.assert(
      fc.property(
        hundredths,
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom(month, week, halfMonth),
        (rate, count, frequency) => {
          const apr = (charged: number): [regZ: number, eu: number] => {
            const flatRatePercent = `${Math.floor(charged / 100)}.${String(charged % 100).padStart(2, '0')}`;
            const given = { interestMethod: 'flat', flatRatePercent, frequency, numberOfInstalments: count } as const;
            const { reg_z, eu: effective } = aprOf(
              10_000_000_00n,
              date('2026-01-05'),
              plan(given, '10000000', '2026-01-05'),
              frequency,
            );
            return [Number(reg_z), Number(effective)];
          };
          const [lower, higher] = [apr(rate), apr(rate + 100)];
          expect(higher[0]).toBeGreaterThan(lower[0]);
          expect(higher[1]).toBeGreaterThan(lower[1]);
          // Half a hundredth of slack: below one per cent the two differ by less than their rounding.
          expect(lower[1]).toBeGreaterThanOrEqual(lower[0] - 0.02);
        },
      ),
    );
  });
});
