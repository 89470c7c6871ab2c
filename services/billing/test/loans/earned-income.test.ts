import { addDays, date, type LocalDate } from '@tenor/calendar';
import fc from 'fast-check';
import type { Account } from '../../src/ledger/account.ts';
import { balances } from '../../src/ledger/posting.ts';
import { earnedIncome, nextEarning } from '../../src/loans/earned-income.ts';
import { stages } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { ledgerOf } from '../../src/loans/loan-ledger.ts';
import { broughtTo } from '../../src/loans/non-accrual.ts';
import type { ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, policyWith, prepaid, record, repaid, text } from '../builders.ts';

/** 10.00 of interest a month on 1,000.00, from 1 January 2026. */
const bullet: Terms = {
  ...defaultTerms,
  interestMethod: 'bullet',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 3,
};
const loanOf = (policy: Partial<ProductPolicy>, terms: Partial<Terms> = {}): LoanEvent[] =>
  lifecycle({ terms: { ...bullet, ...terms }, policy: { ...policyWith(), ...policy }, disbursedOn: '2026-01-01' });
const daily = { accrual: 'daily' } as const;

/** What these accounts hold by the end of a day, debits less credits. */
function held(events: readonly LoanEvent[], day: string, ...accounts: readonly Account[]): string[] {
  const through = date(day);
  const sums = balances(ledgerOf(stages(events, { asOf: through }), through));
  return accounts.map((account) => text(sums.get(account) ?? 0n));
}
const income = (events: readonly LoanEvent[], day: string): string => held(events, day, 'interest_income')[0] ?? '';

test('what is paid in advance is no income before it is earned', () => {
  const events = [...loanOf({ accrual: 'on_due' }), repaid('15.00', '2026-01-10')];
  const accounts = ['interest_receivable', 'interest_income'] as const;
  // Ten for the first instalment, five for the second.
  expect(held(events, '2026-01-31', ...accounts)).toEqual(['-15.00', '0.00']);
  expect(held(events, '2026-02-01', ...accounts)).toEqual(['-5.00', '-10.00']);
  expect(held(events, '2026-03-01', ...accounts)).toEqual(['5.00', '-20.00']);
});

test.each([
  {
    method: { interestGrace: 2, interestGraceTreatment: 'carried' },
    because: 'the third instalment asks for all of it',
  },
  { method: { bulletInterest: 'at_end' }, because: 'it is asked for at the end' },
] as const)('interest that is asked for later is earned day by day all the same: $because', ({ method }) => {
  const events = loanOf(daily, method);
  const days = ['2026-01-16', '2026-02-01', '2026-02-15', '2026-03-01', '2026-04-01'];
  expect(days.map((day) => income(events, day))).toEqual(['-4.84', '-10.00', '-15.00', '-20.00', '-30.00']);
});

test('a payoff to the day earns what it asks, on its day, and nothing later', () => {
  const payment = repaid('1004.84', '2026-01-16');
  const settlement = { payoff: 'to_the_day', earlySettlementRebate: 'none', smallBalanceTolerance: '0' } as const;
  for (const accrual of ['on_due', 'daily'] as const) {
    const events = [...loanOf({ accrual, settlement }), payment, prepaid(payment, 'to_the_day')];
    const before = accrual === 'daily' ? '-4.52' : '0.00';
    expect(['2026-01-15', '2026-01-16', '2026-03-01'].map((day) => income(events, day))).toEqual([
      before,
      '-4.84',
      '-4.84',
    ]);
    expect(held(events, '2026-01-16', 'loan_principal', 'interest_receivable', 'waiver_expense')).toEqual([
      '0.00',
      '0.00',
      '0.00',
    ]);
  }
});

test('a re-age takes arrears along, neither lost nor earned twice', () => {
  const payload = {
    restructureId: 's-1',
    change: { kind: 're_age', numberOfInstalments: 3, firstDueDate: null },
    reason: null,
  } as const;
  const events = [...loanOf(daily), record({ type: 'restructured', valueDate: date('2026-02-15'), payload })];
  const accounts = ['interest_receivable', 'interest_income', 'waiver_expense', 'write_off_expense'] as const;
  expect(held(events, '2026-02-14', ...accounts)).toEqual(['14.64', '-14.64', '0.00', '0.00']);
  const [receivable, earned, ...expenses] = held(events, '2026-02-15', ...accounts);
  expect([receivable, expenses]).toEqual([earned?.slice(1), ['0.00', '0.00']]);
  // From then on interest runs on the arrears too, which were ten.
  expect(Number(receivable)).toBeGreaterThanOrEqual(14.64);
});

test('interest that is waived before it is earned stays an expense when a plan made anew takes it over', () => {
  const waiver = { waiverId: 'w-1', component: 'interest', instalment: 3, amount: null, reason: null } as const;
  const plan = {
    restructureId: 's-1',
    change: { kind: 'restructure', annualRatePercent: null, numberOfInstalments: 2, firstDueDate: null },
    reason: null,
  } as const;
  const events = [
    ...loanOf(daily),
    record({ type: 'waived', valueDate: date('2026-01-10'), payload: waiver }),
    record({ type: 'restructured', valueDate: date('2026-02-10'), payload: plan }),
  ];
  expect(held(events, '2026-01-10', 'waiver_expense')).toEqual(['10.00']);
  expect(held(events, '2026-02-10', 'waiver_expense')).toEqual(['10.00']);
});

test('the last instalment is earned when it is due, also before the end of a period in which money joined', () => {
  const shifted = { calendar: 'weekends', businessDayRule: 'preceding', numberOfInstalments: 1 } as const;
  // Due on Friday 30 January instead of Sunday 1 February.
  const events = [
    ...lifecycle({
      terms: { ...bullet, ...shifted },
      policy: { ...policyWith(), ...daily },
      disbursedOn: '2026-01-01',
      closedDays: { weekend: [6, 7], holidays: [] },
    }),
    record({ type: 'disbursed', valueDate: date('2026-01-16'), payload: { amount: '310.00' } }),
  ];
  const days = ['2026-01-29', '2026-01-30', '2026-01-31', '2026-02-01'];
  // 10.00, and 16 of 31 days of 310.00: 1.60.
  expect(days.map((day) => income(events, day)).slice(1)).toEqual(['-11.60', '-11.60', '-11.60']);
});

test('what is charged by hand is earned at once, what a late day adds on that day, and fees on the due date', () => {
  const fee = { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null } as const;
  const financed = { ...fee, code: 'file', charged: 'at_disbursement', treatment: 'financed' } as const;
  const penalty = { amount: null, percentPerDay: '1', graceDays: 2, cap: null };
  const payload = { chargeId: 'c-1', component: 'fee', code: 'visit', amount: '3.00' } as const;
  const events = [
    ...loanOf({ accrual: 'on_due', penalty }, { fees: [fee, financed] }),
    record({ type: 'charged', valueDate: date('2026-01-20'), payload }),
  ];
  const fees = ['2026-01-01', '2026-01-20', '2026-01-31', '2026-02-01'].map((day) => held(events, day, 'fee_income'));
  expect(fees.flat()).toEqual(['-1.00', '-4.00', '-4.00', '-5.00']);
  // 10.01 of interest, 1.00 and 3.00 of fees are late from 2 February; the third day costs the first 1 %.
  const penalties = ['2026-02-03', '2026-02-04', '2026-02-05'].map((day) => held(events, day, 'penalty_income'));
  expect(penalties.flat()).toEqual(['0.00', '-0.14', '-0.28']);
});

describe('the next day on which something may have to be recognised', () => {
  const next = (policy: Partial<ProductPolicy>, on: string, ...more: LoanEvent[]) =>
    nextEarning(folded([...loanOf(policy), ...more]).state, date(on));

  test.each([
    { policy: { accrual: 'cash' }, on: '2026-01-10', expected: null, because: 'income is what is paid' },
    { policy: daily, on: '2026-01-10', expected: '2026-01-11', because: 'each day earns' },
    { policy: { accrual: 'on_due' }, on: '2026-01-10', expected: '2026-02-01', because: 'the first falls due' },
    { policy: { accrual: 'on_due' }, on: '2026-02-01', expected: '2026-03-01', because: 'the next does' },
    { policy: { accrual: 'on_due' }, on: '2026-04-01', expected: null, because: 'all are due' },
    {
      policy: { accrual: 'on_due', lateInterest: true },
      on: '2026-04-01',
      expected: '2026-04-02',
      because: 'it is late',
    },
    { policy: daily, on: '2026-04-01', expected: null, because: 'all periods are over' },
  ] as const)('after $on is $expected: $because', ({ policy, on, expected }) =>
    expect(next(policy, on)).toBe(expected),
  );

  test('is none of a loan that is paid', () =>
    expect(next(daily, '2026-01-10', repaid('1030.00', '2026-01-10'))).toBeNull());
});

test('days are judged alike in one go and one by one', () => {
  const delinquency = { nonAccrualAfterDays: 20, accrualAgainAfterDays: 10, graceDays: 3, tolerance: '1.00' };
  const payments = fc.array(fc.record({ day: fc.nat(120), amount: fc.integer({ min: 1, max: 40 }) }), { maxLength: 4 });
  fc.assert(
    fc.property(payments, fc.nat(60), (given, more) => {
      const policy = { ...policyWith(delinquency), accrual: 'daily', lateInterest: true } as const;
      const paid = given.map(({ day, amount }, index) =>
        repaid(`${amount}.00`, addDays(date('2026-01-02'), day), { paymentId: `p-${index}` }),
      );
      const { state } = folded([...loanOf(policy), ...paid]);
      const from = state.lastKey?.valueDate ?? date('2026-01-01');
      const days = Array.from({ length: more + 1 }, (_, index): LocalDate => addDays(from, index));
      const end = days.at(-1) ?? from;
      const byDays = days.reduce((loan, day) => broughtTo(loan, day), state);
      expect(byDays).toEqual(broughtTo(state, end));
      expect(earnedIncome(byDays, end)).toEqual(earnedIncome(broughtTo(state, end), end));
    }),
  );
});
