import type { GivenTerms } from '../../src/products/terms.ts';
import { parts, plan, planned, scheduleOf, totals } from './plans.ts';

const monthly = { frequency: { every: 1, unit: 'month' } } as const;
const onBalance = { ...monthly, annualRatePercent: '12' } as const;

describe('equal principal', () => {
  const three: GivenTerms = { ...onBalance, interestMethod: 'equal_principal', numberOfInstalments: 3 };

  test('asks for the same principal and less interest each time', () => {
    expect(parts(plan(three, '1000'))).toEqual(['333.33/10.00', '333.33/6.67', '333.34/3.33']);
  });

  test('in whole units moves the principal and leaves the interest exact', () => {
    const schedule = plan({ ...three, instalmentMultiple: '1' }, '1000');
    expect(parts(schedule)).toEqual(['333.00/10.00', '333.33/6.67', '333.67/3.34']);
    expect(totals(schedule)).toEqual(['1 × 343.00', '1 × 340.00', '1 × 337.01']);
  });

  test('rounds down where up would repay more than the principal', () => {
    const given: GivenTerms = { ...three, annualRatePercent: '0', numberOfInstalments: 6, rounding: 'up' };
    expect(parts(plan(given, '0.08'))).toEqual([...new Array(5).fill('0.01/0.00'), '0.03/0.00']);
  });
});

describe('a bullet', () => {
  const eight: GivenTerms = {
    ...monthly,
    interestMethod: 'bullet',
    annualRatePercent: '30',
    numberOfInstalments: 8,
  };

  test('of 100 at 30 % over eight months asks 2.50 each and 100 at the end', () => {
    const schedule = plan(eight, '100');
    expect(parts(schedule)).toEqual([...new Array(7).fill('0.00/2.50'), '100.00/2.50']);
    expect(schedule.reduce((sum, one) => sum + one.principal + one.interest, 0n)).toBe(12_000n);
  });

  test('with interest at the end rounds it once', () => {
    const schedule = plan({ ...eight, bulletInterest: 'at_end', annualRatePercent: '10' }, '100');
    expect(parts(schedule)).toEqual([...new Array(7).fill('0.00/0.00'), '100.00/6.67']);
  });

  test('with interest at the end counts each disbursement from its own day', () => {
    const given: GivenTerms = { ...eight, bulletInterest: 'at_end', numberOfInstalments: 4, maximumDisbursements: 2 };
    const disbursements = [
      ['2026-01-01', '100'],
      ['2026-03-01', '100'],
    ] as const;
    // 100 over four months and 100 over two, at 2.5 % a month.
    expect(parts(scheduleOf(given, disbursements).instalments).at(-1)).toBe('200.00/15.00');
  });
});

describe('a balloon', () => {
  const six: GivenTerms = {
    ...onBalance,
    interestMethod: 'balloon',
    balloonAmount: '4000',
    numberOfInstalments: 6,
  };

  test('is the principal of the last instalment, and interest runs on it all the while', () => {
    expect(parts(plan(six, '10000'))).toEqual([
      '1176.24/100.00',
      '1188.00/88.24',
      '1199.88/76.36',
      '1211.88/64.36',
      '1224.00/52.24',
      '4000.00/40.00',
    ]);
  });

  test('of the whole principal leaves interest alone to the others', () => {
    expect(parts(plan({ ...six, balloonAmount: '10000', numberOfInstalments: 3 }, '10000'))).toEqual([
      '0.00/100.00',
      '0.00/100.00',
      '10000.00/100.00',
    ]);
  });

  test('is refused above what is left to repay', () => {
    const refusal = { refused: 'principal_out_of_bounds', meta: { min: '4000.00' } };
    expect(planned(six, [['2026-01-01', '3999.99']])).toMatchObject(refusal);
    expect(planned({ ...six, downPaymentPercent: '20' }, [['2026-01-01', '4999.99']])).toMatchObject(refusal);
    expect(planned({ ...six, downPaymentPercent: '20' }, [['2026-01-01', '5000']])).not.toHaveProperty('refused');
  });

  test('takes what is paid out for the last period too', () => {
    const given: GivenTerms = { ...six, numberOfInstalments: 3, maximumDisbursements: 2 };
    const schedule = scheduleOf(given, [
      ['2026-01-01', '10000'],
      ['2026-03-01', '500'],
    ]).instalments;
    expect(parts(schedule).at(-1)).toBe('4500.00/45.00');
  });
});

describe('a fixed instalment', () => {
  const three: GivenTerms = { ...monthly, interestMethod: 'fixed_instalment', numberOfInstalments: 3 };

  test.each([
    {
      x: '350',
      rate: null,
      expected: ['333.33/16.67', '333.33/16.67', '333.34/16.66'],
      because: 'interest is what is above',
    },
    {
      x: '350',
      rate: '99',
      expected: ['333.33/16.67', '333.33/16.67', '333.34/16.66'],
      because: 'the rate computes nothing',
    },
    {
      x: '300',
      rate: null,
      expected: ['300.00/0.00', '300.00/0.00', '400.00/0.00'],
      because: 'too little leaves no interest',
    },
  ])('of $x asks $expected: $because', ({ x, rate, expected }) => {
    expect(parts(plan({ ...three, instalmentAmount: x, annualRatePercent: rate }, '1000'))).toEqual(expected);
  });

  test.each([
    { x: '0.10', of: '0.09', expected: '0.01/0.09', last: '0.04/0.06', because: 'rounding the interest up fits' },
    { x: '0.02', of: '0.09', expected: '0.01/0.00', last: '0.04/0.03', because: 'nothing else fits' },
  ])('of $x on $of asks $expected where $because', ({ x, of, expected, last }) => {
    const schedule = parts(plan({ ...three, numberOfInstalments: 6, instalmentAmount: x }, of));
    expect(schedule).toEqual([...new Array(5).fill(expected), last]);
  });
});
