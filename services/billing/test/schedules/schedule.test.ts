import { date, dayCounts, frequencyUnits, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import { roundingModes } from '@tenor/money';
import fc from 'fast-check';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms, Terms } from '../../src/products/terms.ts';
import { buildSchedule, type PlannedInstalment } from '../../src/schedules/schedule.ts';
import { plan } from './plans.ts';

const monthly: GivenTerms = {
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 12,
};

function termsOf(given: GivenTerms): Terms {
  const terms = completeTerms(given, 'USD');
  if ('refused' in terms) throw new Error(terms.detail);
  return terms;
}

function build(terms: Terms, amount: bigint, on: LocalDate) {
  return buildSchedule({ terms, currency: 'USD', disbursements: [{ on, amount }], closedDays: NEVER_CLOSED });
}

function instalmentsOf(schedule: ReturnType<typeof build>): readonly PlannedInstalment[] {
  if ('refused' in schedule) throw new Error(schedule.detail);
  return schedule.instalments;
}

describe('a schedule', () => {
  test('numbers its instalments and carries the balance', () => {
    const schedule = plan({ ...monthly, numberOfInstalments: 3, annualRatePercent: '0' }, '9');
    expect(schedule).toEqual([
      { number: 1, dueDate: '2026-02-01', principal: 300n, interest: 0n, fee: 0n, balanceAfter: 600n },
      { number: 2, dueDate: '2026-03-01', principal: 300n, interest: 0n, fee: 0n, balanceAfter: 300n },
      { number: 3, dueDate: '2026-04-01', principal: 300n, interest: 0n, fee: 0n, balanceAfter: 0n },
    ]);
  });

  test.each([
    {
      minor: 11n,
      first: null,
      on: '2026-01-01',
      refused: 'principal_out_of_bounds',
      because: 'it is below a unit each',
    },
    { minor: 0n, first: null, on: '2026-01-01', refused: 'principal_out_of_bounds', because: 'it is nothing' },
    { minor: 1_200n, first: '2026-01-01', on: '2026-01-01', refused: 'terms_invalid', because: 'it is due at once' },
    { minor: 1_200n, first: '2025-12-31', on: '2026-01-01', refused: 'terms_invalid', because: 'it is due before' },
    { minor: 1_200n, first: null, on: '9999-12-31', refused: 'terms_invalid', because: 'the calendar ends' },
    { minor: 1_200n, first: '9999-12-31', on: '2026-01-01', refused: 'terms_invalid', because: 'the calendar ends' },
    { minor: 1_200n, first: '2130-01-01', on: '2026-01-01', refused: 'terms_invalid', because: 'it lasts too long' },
    {
      minor: 10n ** 17n + 1n,
      first: null,
      on: '2026-01-01',
      refused: 'principal_out_of_bounds',
      because: 'books are not kept for so much',
    },
  ])('is refused when $because ($minor, $first)', ({ minor, first, on, refused }) => {
    const terms = termsOf({ ...monthly, firstDueDate: first === null ? null : date(first) });
    expect(build(terms, minor, date(on))).toMatchObject({ refused });
  });

  test('is possible with one minor unit per instalment', () => {
    const schedule = build(termsOf(monthly), 12n, date('2026-01-01'));
    expect(schedule).toHaveProperty('instalments.length', 12);
  });
});

const percent = fc.integer({ min: 0, max: 4_000_000 }).map((tenThousandths) => {
  const text = String(tenThousandths).padStart(5, '0');
  return `${text.slice(0, -4)}.${text.slice(-4)}`;
});
const rates = fc.oneof(
  percent.map((rate): GivenTerms => ({ interestMethod: 'annuity', annualRatePercent: rate })),
  fc.tuple(percent, fc.constantFrom('whole_term', 'per_annum')).map(([rate, basis]): GivenTerms => {
    return { interestMethod: 'flat', flatRatePercent: rate, flatRateBasis: basis };
  }),
  fc.constant<GivenTerms>({ interestMethod: 'none' }),
);
const anyTerms = fc
  .record({
    rates,
    frequency: fc.record({ every: fc.integer({ min: 1, max: 5 }), unit: fc.constantFrom(...frequencyUnits) }),
    numberOfInstalments: fc.integer({ min: 1, max: 80 }),
    dayCount: fc.constantFrom(...dayCounts),
    rounding: fc.constantFrom(...roundingModes),
    instalmentMultiple: fc.constantFrom(null, '0.05', '1', '500'),
    emiSmoothing: fc.boolean(),
    firstDueDate: fc.constantFrom(null, date('2024-02-29'), date('2024-04-15')),
  })
  .map(({ rates: given, ...rest }) => termsOf({ ...given, ...rest }));
const disbursedOn = fc.constantFrom(...['2023-12-31', '2024-01-01', '2024-01-30', '2024-02-15'].map(date));

test('every schedule repays the principal, ends at zero, has no negative part and strictly increasing due dates', () => {
  fc.assert(
    fc.property(anyTerms, fc.bigInt(80n, 10n ** 12n), disbursedOn, (terms, principal, from) => {
      const schedule = instalmentsOf(build(terms, principal, from));
      expect(schedule).toHaveLength(terms.numberOfInstalments);
      expect(schedule.reduce((sum, one) => sum + one.principal, 0n)).toBe(principal);
      expect(schedule.at(-1)?.balanceAfter).toBe(0n);
      expect(schedule.every((one) => one.principal >= 0n && one.interest >= 0n && one.balanceAfter >= 0n)).toBe(true);
      const dates = [from, ...schedule.map(({ dueDate }) => dueDate)];
      expect(dates).toEqual([...new Set(dates)].toSorted());
    }),
    { numRuns: 500 },
  );
});
