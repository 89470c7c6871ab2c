import { date, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms, Terms } from '../../src/products/terms.ts';
import { buildSchedule } from '../../src/schedules/schedule.ts';
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

function build(terms: Terms, amount: bigint, on: LocalDate, currency = 'USD') {
  return buildSchedule({ terms, currency, disbursements: [{ on, amount }], closedDays: NEVER_CLOSED });
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
    { currency: 'JPY', principal: 100_000n, expected: [24_690n, 24_895n, 25_103n, 25_312n] },
    { currency: 'KWD', principal: 1_000_000n, expected: [246_897n, 248_954n, 251_029n, 253_120n] },
  ])('is in whole units of $currency', ({ currency, principal, expected }) => {
    const four = { ...monthly, annualRatePercent: '10', numberOfInstalments: 4 };
    const instalments = expected.map((part) => ({ principal: part }));
    expect(build(termsOf(four), principal, date('2026-01-01'), currency)).toMatchObject({ instalments });
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
