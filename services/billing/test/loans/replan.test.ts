import { date } from '@tenor/calendar';
import { outstanding } from '../../src/loans/outstanding.ts';
import { payoff } from '../../src/loans/payoff.ts';
import { type LoanChange, replanned, replanOf } from '../../src/loans/replan.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, loanWith, minor, record, repaid, text, weeklyTerms } from '../builders.ts';

const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 4,
};
const given = { principal: '1000.00', disbursedOn: '2026-01-31', terms: annuity };
const first = repaid('256.28', '2026-02-28');
const changed = (on: string, change: LoanChange) =>
  record({
    type: 'restructured',
    valueDate: date(on),
    payload: { restructureId: `restructure-on-${on}`, change, reason: null },
  });
const rows = ({ instalments }: ReturnType<typeof loanWith>) =>
  instalments.map(({ number, dueDate, principal, interest }) => [number, dueDate, text(principal), text(interest)]);

test('a loan of 1,000 at 12 % over four months, for comparison', () =>
  expect(rows(loanWith(given))).toEqual([
    [1, '2026-02-28', '246.28', '10.00'],
    [2, '2026-03-31', '248.74', '7.54'],
    [3, '2026-04-30', '251.23', '5.05'],
    [4, '2026-05-31', '253.75', '2.54'],
  ]));

describe('a change of the rate', () => {
  test('to the rate that it has changes no instalment, and not the last days of its months', () => {
    const change = { kind: 'rate_change', annualRatePercent: '12' } as const;
    const { state } = folded([...lifecycle(given), first, changed('2026-03-10', change)]);
    expect(rows(state)).toEqual(rows(loanWith(given)));
    expect(state.plan).toMatchObject({ version: 2, after: 1 });
  });

  test('in a period counts from its day: 12 % for some days, 24 % for the rest', () => {
    const change = { kind: 'rate_change', annualRatePercent: '24' } as const;
    // 753.72 at 1 % a month for 15 of 31 days, 3.65, and at 2 % for 16, 7.78.
    const { state } = folded([...lifecycle(given), first, changed('2026-03-15', change)]);
    expect(rows(state)[1]?.[3]).toBe('11.43');
    expect(state.instalments.reduce((sum, { principal }) => sum + principal, 0n)).toBe(minor('1000.00'));
  });

  test('has no meaning where interest follows from no rate', () => {
    const loan = loanWith({ terms: weeklyTerms });
    expect(
      replanned(loan, date('2026-11-10'), replanOf({ kind: 'rate_change', annualRatePercent: '5' }, 'change')),
    ).toMatchObject({
      refused: 'terms_invalid',
    });
  });
});

describe('a payment holiday', () => {
  test('asks for nothing on its due dates, and for their interest once it ends', () => {
    const { state } = folded([
      ...lifecycle(given),
      first,
      changed('2026-03-10', { kind: 'payment_holiday', instalments: 2 }),
    ]);
    expect(rows(state).slice(0, 4)).toEqual([
      [1, '2026-02-28', '246.28', '10.00'],
      [2, '2026-03-31', '0.00', '0.00'],
      [3, '2026-04-30', '0.00', '0.00'],
      [4, '2026-05-31', '248.74', '22.62'],
    ]);
    expect(state.instalments).toHaveLength(6);
    expect(state.maturityDate).toBe('2026-07-31');
  });

  test('of a flat loan moves its interest, and adds none', () => {
    const loan = lifecycle({ terms: { ...weeklyTerms, numberOfInstalments: 10 }, disbursedOn: '2026-01-01' });
    const { state } = folded([...loan, changed('2026-01-10', { kind: 'payment_holiday', instalments: 1 })]);
    expect(state.instalments).toHaveLength(11);
    expect(outstanding(state, date('2026-01-10'))).toMatchObject({
      principal: minor('1000.00'),
      interest: minor('100.00'),
    });
    expect(rows(state)[1]).toEqual([2, '2026-01-15', '0.00', '0.00']);
  });
});

describe('a restructure', () => {
  test('to another tenor spreads what is not due, and leaves what is', () => {
    const change = { kind: 'restructure', annualRatePercent: '0', numberOfInstalments: 2, firstDueDate: null } as const;
    const { state } = folded([...lifecycle(given), changed('2026-02-28', change)]);
    expect(rows(state)).toEqual([
      [1, '2026-02-28', '246.28', '10.00'],
      [2, '2026-03-31', '376.86', '0.00'],
      [3, '2026-04-30', '376.86', '0.00'],
    ]);
  });

  test('counts what was paid in advance, and never gives it back', () => {
    const change = {
      kind: 'restructure',
      annualRatePercent: null,
      numberOfInstalments: 3,
      firstDueDate: null,
    } as const;
    const { state } = folded([
      ...lifecycle(given),
      first,
      repaid('100.00', '2026-03-05'),
      changed('2026-03-10', change),
    ]);
    const { principal } = outstanding(state, date('2026-03-10'));
    expect(principal).toBe(minor('1000.00') - minor('246.28') - minor('92.46'));
    expect(text(state.instalments[1]?.paid.interest ?? 0n)).toBe('7.54');
  });
});

describe('a re-age', () => {
  const change = { kind: 're_age', numberOfInstalments: 3, firstDueDate: date('2026-07-31') } as const;
  const { state } = folded([...lifecycle(given), changed('2026-06-30', change)]);

  test('takes all arrears along, past the last due date too', () => {
    expect(outstanding(state, date('2026-06-30'))).toMatchObject({
      principal: minor('1000.00'),
      dueNow: 0n,
      overdue: 0n,
    });
    expect(
      rows(state)
        .slice(4)
        .map(([number, dueDate]) => [number, dueDate]),
    ).toEqual([
      [5, '2026-07-31'],
      [6, '2026-08-31'],
      [7, '2026-09-30'],
    ]);
  });

  test('asks for the interest that was due with its first instalment', () =>
    expect(state.instalments[4]?.additions?.charged.interest).toBe(minor('25.13')));
});

test('what is paid off after a change is asked by the plan in force', () => {
  const change = { kind: 'rate_change', annualRatePercent: '24' } as const;
  const { state } = folded([...lifecycle(given), first, changed('2026-02-28', change)]);
  // A month of 753.72 at 24 % is 15.07; 15 of its 31 days.
  expect(text(payoff(state, date('2026-03-15'), 'to_the_day').interest)).toBe('7.29');
});

test('a plan is made anew where something is left to plan', () => {
  const paid = loanWith(given, repaid('2000.00', '2026-02-01'));
  expect(
    replanned(paid, date('2026-02-10'), replanOf({ kind: 'payment_holiday', instalments: 1 }, 'change')),
  ).toMatchObject({
    refused: 'state_conflict',
  });
});
