import { type ClosedDays, date } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';
import type { GivenTerms } from '../../src/products/terms.ts';
import { parts, planned, scheduleOf } from './plans.ts';

const closed: ClosedDays = { weekend: [6, 7], holidays: [date('2026-05-01')] };
const six: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
  dayCount: 'act/365',
};
const once = [['2026-01-01', '1000']] as const;

const dueOf = (given: GivenTerms, days = closed): string[] =>
  scheduleOf(given, once, days).instalments.map(({ dueDate }) => dueDate);

describe('business days', () => {
  test.each([
    {
      rule: 'following',
      expected: ['2026-02-02', '2026-03-02', '2026-04-01', '2026-05-04', '2026-06-01', '2026-07-01'],
    },
    {
      rule: 'preceding',
      expected: ['2026-01-30', '2026-02-27', '2026-04-01', '2026-04-30', '2026-06-01', '2026-07-01'],
    },
  ] as const)('by the rule $rule move due dates and no interest', ({ rule, expected }) => {
    const shifted = { ...six, calendar: 'national', businessDayRule: rule };
    expect(dueOf(shifted)).toEqual(expected);
    expect(parts(scheduleOf(shifted, once, closed).instalments)).toEqual(parts(scheduleOf(six, once).instalments));
  });

  test('bring the first due date nearer than its fewest days, which are of the date before', () => {
    const given: GivenTerms = { ...six, minimumDaysToFirstDue: 31 };
    expect(dueOf(given)[0]).toBe('2026-02-01');
    expect(dueOf({ ...given, calendar: 'national', businessDayRule: 'preceding' })[0]).toBe('2026-01-30');
  });

  test('are the only days of a daily frequency, and interest runs over the others', () => {
    const daily: GivenTerms = {
      ...six,
      frequency: { every: 1, unit: 'day' },
      numberOfInstalments: 3,
      calendar: 'national',
    };
    expect(dueOf(daily)).toEqual(['2026-01-02', '2026-01-05', '2026-01-06']);
    expect(parts(scheduleOf(daily, once, closed).instalments).map((one) => one.split('/')[1])).toEqual([
      '0.33',
      '0.66',
      '0.11',
    ]);
  });

  test('are refused where two due dates would meet', () => {
    const everyOther: GivenTerms = {
      ...six,
      frequency: { every: 2, unit: 'day' },
      calendar: 'national',
      businessDayRule: 'following',
    };
    const refused = { refused: 'terms_invalid', meta: { term: 'business_day_rule' } };
    const long = { weekend: [5, 6, 7], holidays: [] };
    expect(planned(everyOther, once, long)).toMatchObject(refused);
  });
});

describe('money that is paid out between a due date and the day that it is shifted from', () => {
  const before: GivenTerms = {
    ...six,
    calendar: 'national',
    businessDayRule: 'preceding',
    maximumDisbursements: 2,
  };

  test('leaves the instalment due before it as it was, and bears interest from its own day', () => {
    // 1 March is a Sunday: due on Friday 27 February, on which 500 more are paid out.
    const late = scheduleOf(before, [...once, ['2026-02-27', '500']], closed).instalments;
    const alone = scheduleOf(before, once, closed).instalments;
    expect(parts(late).slice(0, 2)).toEqual(parts(alone).slice(0, 2));
    const balance = alone[1]?.balanceAfter ?? 0n;
    expect(late[2]?.interest).toBe(divideRounded((balance * 31n + 50_000n * 33n) * 12n, 36_500n));
  });

  test('joins the next instalment where the due date is shifted past it', () => {
    const following = { ...before, businessDayRule: 'following' } as const;
    const late = scheduleOf(following, [...once, ['2026-03-01', '500']], closed).instalments;
    const alone = scheduleOf(following, once, closed).instalments;
    expect(parts(late).slice(0, 2)).toEqual(parts(alone).slice(0, 2));
  });
});

describe('the first due date', () => {
  test('moves on by whole periods until the minimum is kept', () => {
    const given = { ...six, minimumDaysToFirstDue: 32, numberOfInstalments: 2 };
    expect(dueOf(given)).toEqual(['2026-03-01', '2026-04-01']);
  });

  test('is refused where it is given and nearer', () => {
    const given = { ...six, minimumDaysToFirstDue: 32, firstDueDate: date('2026-02-01') };
    expect(planned(given, once)).toMatchObject({ refused: 'terms_invalid', meta: { term: 'first_due_date' } });
    expect(planned({ ...given, firstDueDate: date('2026-02-02') }, once)).not.toHaveProperty('refused');
  });
});
