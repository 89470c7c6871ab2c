import type { GivenTerms } from '../../src/products/terms.ts';
import { parts, plan, totals } from './plans.ts';

const six: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};
const flat: GivenTerms = { ...six, interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '12' };

describe('a grace on principal', () => {
  test('asks for interest alone and spreads the principal over the rest', () => {
    expect(parts(plan({ ...six, principalGrace: 2 }, '1000'))).toEqual([
      '0.00/10.00',
      '0.00/10.00',
      '246.28/10.00',
      '248.74/7.54',
      '251.23/5.05',
      '253.75/2.54',
    ]);
  });

  test('leaves flat interest where it is', () => {
    expect(parts(plan({ ...flat, principalGrace: 2 }, '1000'))).toEqual([
      ...new Array(2).fill('0.00/20.00'),
      ...new Array(4).fill('250.00/20.00'),
    ]);
  });

  test('in whole units keeps the step in the instalments that repay', () => {
    const schedule = plan({ ...flat, principalGrace: 2, instalmentMultiple: '50' }, '1000');
    expect(totals(schedule)).toEqual(['2 × 20.00', '3 × 250.00', '1 × 330.00']);
  });

  test('of a loan without interest asks for nothing', () => {
    const given: GivenTerms = { ...six, interestMethod: 'none', annualRatePercent: null, principalGrace: 4 };
    expect(parts(plan(given, '1000'))).toEqual([...new Array(4).fill('0.00/0.00'), '500.00/0.00', '500.00/0.00']);
  });

  test('of equal principal spreads it over the rest', () => {
    const schedule = plan({ ...six, interestMethod: 'equal_principal', principalGrace: 4 }, '1000');
    expect(parts(schedule)).toEqual([...new Array(4).fill('0.00/10.00'), '500.00/10.00', '500.00/5.00']);
  });
});

describe('a grace on interest', () => {
  test('that is waived charges nothing for those periods, and the instalments stay equal', () => {
    const schedule = plan({ ...six, interestGrace: 2 }, '1000');
    expect(parts(schedule)).toEqual([
      '169.44/0.00',
      '169.44/0.00',
      '162.83/6.61',
      '164.46/4.98',
      '166.10/3.34',
      '167.73/1.68',
    ]);
  });

  test('that is carried asks for it with the first instalment after', () => {
    const schedule = plan({ ...six, interestGrace: 2, interestGraceTreatment: 'carried' }, '1000');
    expect(parts(schedule)).toEqual([
      '162.55/0.00',
      '164.18/0.00',
      '165.82/25.10',
      '167.48/5.07',
      '169.15/3.40',
      '170.82/1.71',
    ]);
  });

  test.each([
    { treatment: 'waived', third: '166.67/20.00' },
    { treatment: 'carried', third: '166.67/60.00' },
  ] as const)('that is $treatment turns the third flat instalment into $third', ({ treatment, third }) => {
    const schedule = parts(plan({ ...flat, interestGrace: 2, interestGraceTreatment: treatment }, '1000'));
    expect(schedule.slice(0, 3)).toEqual(['166.67/0.00', '166.67/0.00', third]);
    expect(schedule.slice(3)).toEqual(['166.67/20.00', '166.67/20.00', '166.65/20.00']);
  });

  test('beside one on principal asks for nothing at first', () => {
    const given: GivenTerms = { ...six, principalGrace: 1, interestGrace: 1, interestGraceTreatment: 'carried' };
    expect(parts(plan(given, '1000')).slice(0, 2)).toEqual(['0.00/0.00', '196.04/20.00']);
  });
});
