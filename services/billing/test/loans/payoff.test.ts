import { date } from '@tenor/calendar';
import fc from 'fast-check';
import type { LoanState } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { type PayoffStrategy, payoff } from '../../src/loans/payoff.ts';
import { aged } from '../../src/penalties/passing-days.ts';
import { defaultPolicy } from '../../src/products/policy.ts';
import { defaultFee, defaultTerms, type Terms } from '../../src/products/terms.ts';
import {
  folded,
  lifecycle,
  loanWith,
  minor,
  policyWith,
  prepaid,
  record,
  repaid,
  reversed,
  text,
  waived,
  weeklyTerms,
} from '../builders.ts';

const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '7',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};
const from = { principal: '100.00', disbursedOn: '2024-01-01' };
const asked = (loan: LoanState, on: string, strategy: PayoffStrategy | null): string =>
  text(payoff(aged(loan, date(on)), date(on), strategy).total);

describe('a loan of 100 at 7 %, one instalment paid (domain.md §8)', () => {
  const loan = loanWith({ ...from, terms: annuity }, repaid('17.01', '2024-02-01'));

  test.each([
    { on: '2024-02-01', strategy: 'to_the_day', total: '83.57', because: 'the period has not begun' },
    { on: '2024-02-01', strategy: 'to_period_end', total: '83.57', because: 'a period ends on that day' },
    { on: '2024-02-02', strategy: 'to_the_day', total: '83.59', because: 'one day of 29' },
    { on: '2024-02-02', strategy: 'to_period_end', total: '84.06', because: 'the period has begun' },
    { on: '2024-02-15', strategy: 'to_the_day', total: '83.81', because: '14 days of 29' },
    { on: '2024-02-15', strategy: 'to_period_end', total: '84.06', because: 'the whole period' },
    { on: '2024-03-01', strategy: 'to_the_day', total: '84.06', because: 'the instalment is due' },
    { on: '2024-02-15', strategy: null, total: '85.04', because: 'all that is unpaid' },
  ] as const)('takes $total on $on $strategy: $because', ({ on, strategy, total }) =>
    expect(asked(loan, on, strategy)).toBe(total),
  );
});

test.each([
  { method: { interestMethod: 'bullet', bulletInterest: 'at_end' }, on: '2024-02-15', total: '100.86' },
  { method: { interestGrace: 2, interestGraceTreatment: 'carried' }, on: '2024-02-15', total: '100.86' },
  { method: { interestGrace: 2, interestGraceTreatment: 'waived' }, on: '2024-02-15', total: '100.00' },
] as const)('interest that is asked for later was earned all the same: $method', ({ method, on, total }) => {
  const terms: Terms = { ...annuity, principalGrace: 2, ...method };
  const instalments = terms.interestMethod === 'bullet' ? { ...terms, principalGrace: 0 } : terms;
  expect(asked(loanWith({ ...from, terms: instalments }), on, 'to_the_day')).toBe(total);
});

describe('a loan of 1,000 at 12 % for six months whose interest is all asked for at the end', () => {
  const terms: Terms = { ...annuity, annualRatePercent: '12', interestMethod: 'bullet', bulletInterest: 'at_end' };
  const owing = (...events: LoanEvent[]) => loanWith({ terms, disbursedOn: '2026-01-01' }, ...events);

  test.each([
    { on: '2026-04-30', toTheDay: '1039.67', toPeriodEnd: '1040.00' },
    { on: '2026-05-01', toTheDay: '1040.00', toPeriodEnd: '1040.00' },
    { on: '2026-05-02', toTheDay: '1040.32', toPeriodEnd: '1050.00' },
    { on: '2026-07-01', toTheDay: '1060.00', toPeriodEnd: '1060.00' },
  ])('has earned what it takes on $on, on a due date too', ({ on, toTheDay, toPeriodEnd }) => {
    expect([asked(owing(), on, 'to_the_day'), asked(owing(), on, 'to_period_end')]).toEqual([toTheDay, toPeriodEnd]);
  });

  test.each([
    { event: repaid('60.00', '2026-02-01'), total: '1000.00', because: 'all interest was paid in advance' },
    { event: repaid('30.00', '2026-02-01'), total: '1014.52', because: 'half of it was' },
    { event: waived('interest', '2026-02-01'), total: '1000.00', because: 'it was waived' },
  ])('takes $total in the middle of May: $because', ({ event, total }) => {
    expect(asked(owing(event), '2026-05-15', 'to_the_day')).toBe(total);
  });

  test.each([
    { method: 'bullet', on: '2026-05-15', interest: '44.52', tax: '8.01' },
    { method: 'annuity', on: '2026-01-16', interest: '4.84', tax: '0.87' },
  ] as const)('bears tax on the interest that it takes: $method', ({ method, on, interest, tax }) => {
    const taxed: Terms = {
      ...terms,
      interestMethod: method,
      tax: { interestPercent: '18', feePercent: '0', penaltyPercent: '0' },
    };
    const found = payoff(loanWith({ terms: taxed, disbursedOn: '2026-01-01' }), date(on), 'to_the_day');
    expect([text(found.interest), text(found.fee)]).toEqual([interest, tax]);
  });
});

test('a period that ended before the plan in force began is taken in full, though it is due later', () => {
  // The last of January is a Saturday, so the instalment is due on 2 February; another plan begins on the Saturday.
  const terms: Terms = {
    ...annuity,
    annualRatePercent: '36.5',
    dayCount: 'act/365',
    numberOfInstalments: 4,
    businessDayRule: 'following',
    fees: [{ ...defaultFee, code: 'service', charged: 'per_instalment', amount: '5.00' }],
  };
  const given = {
    principal: '100000.00',
    disbursedOn: '2025-12-31',
    terms,
    closedDays: { weekend: [6, 7], holidays: [] },
  };
  const same = { kind: 'rate_change', annualRatePercent: '36.5' } as const;
  const payload = { restructureId: 'same-rate', change: same, reason: null };
  const changed = record({ type: 'restructured', valueDate: date('2026-01-31'), payload });
  const loans = [loanWith(given), loanWith(given, changed)];
  for (const [on, total] of [
    ['2026-01-31', '103105.00'],
    ['2026-02-01', '103186.20'],
  ] as const) {
    expect(loans.map((loan) => asked(loan, on, 'to_the_day'))).toEqual([total, total]);
  }
});

describe('a flat loan of 1,000 with 100 interest over ten weeks', () => {
  const terms: Terms = { ...weeklyTerms, numberOfInstalments: 10 };
  const loan = (earlySettlementRebate: 'none' | 'pro_rata' | 'rule_of_78') => {
    const policy = { ...policyWith(), settlement: { ...defaultPolicy.settlement, earlySettlementRebate } };
    return loanWith({ terms, policy, disbursedOn: '2026-01-01' }, repaid('330.00', '2026-01-22'));
  };

  test.each([
    { rebate: 'none', on: '2026-01-22', total: '770.00', because: 'nothing is given back' },
    { rebate: 'pro_rata', on: '2026-01-22', total: '700.00', because: 'seven of ten periods have not begun' },
    { rebate: 'pro_rata', on: '2026-01-23', total: '710.00', because: 'the fourth has' },
    { rebate: 'rule_of_78', on: '2026-01-22', total: '719.09', because: '28 of 55 parts are given back' },
    { rebate: 'rule_of_78', on: '2026-03-12', total: '770.00', because: 'the last instalment is due' },
  ] as const)('takes $total on $on with $rebate: $because', ({ rebate, on, total }) =>
    expect(asked(loan(rebate), on, 'to_the_day')).toBe(total),
  );
});

describe('a payment that is to pay the loan off', () => {
  const open = [...lifecycle({ ...from, terms: annuity }), repaid('17.01', '2024-02-01')];
  const last = (amount: string) => repaid(amount, '2024-02-15', { paymentId: 'last' });

  test.each([
    { amount: '83.81', strategy: 'to_the_day', applied: '83.81', status: 'paid', because: 'it is what a payoff takes' },
    { amount: '84.00', strategy: 'to_the_day', applied: '83.81', status: 'paid', because: 'the rest is credit' },
    { amount: '83.80', strategy: 'to_the_day', applied: '83.80', status: 'active', because: 'it is too little' },
    { amount: '84.00', strategy: 'to_period_end', applied: '84.00', status: 'active', because: 'too little for that' },
  ] as const)('of $amount $strategy leaves the loan $status: $because', ({ amount, strategy, applied, status }) => {
    const { state, effects } = folded([...open, last(amount), prepaid(last(amount), strategy)]);
    expect([state.status, text(effects.at(-1)?.applied ?? 0n)]).toEqual([status, applied]);
  });

  test('is an ordinary one once a refold makes it too little', () => {
    const [application, approval, disbursement, first] = open;
    const events = [application, approval, disbursement, first, last('83.81'), prepaid(last('83.81'), 'to_the_day')];
    const known = events.filter((event) => event !== undefined);
    if (first?.type !== 'repaid') throw new Error('no payment');
    expect(folded([...known, reversed(first)]).state.status).toBe('active');
  });

  test('gives the rebate of a flat loan', () => {
    const policy = {
      ...policyWith(),
      settlement: { ...defaultPolicy.settlement, earlySettlementRebate: 'pro_rata' },
    } as const;
    const flat = { terms: { ...weeklyTerms, numberOfInstalments: 10 }, policy, disbursedOn: '2026-01-01' };
    const payment = repaid('700.00', '2026-01-22', { paymentId: 'last' });
    const { state } = folded([
      ...lifecycle(flat),
      repaid('330.00', '2026-01-22', { paymentId: 'first' }),
      payment,
      prepaid(payment, null),
    ]);
    expect([state.status, state.credited]).toEqual(['paid', 0n]);
  });
});

test('a late loan asks for its penalty, and for what was charged though its period has not begun', () => {
  const policy = { ...policyWith(), penalty: { amount: '5.00', percentPerDay: null, graceDays: 3, cap: null } };
  const loan = loanWith({ ...from, terms: annuity, policy });
  const found = payoff(aged(loan, date('2024-02-15')), date('2024-02-15'), 'to_the_day');
  expect([found.principal, found.interest, found.penalty]).toEqual([minor('100.00'), 58n + 24n, minor('5.00')]);
});

test('whatever was paid, a payoff asks for all principal and never for more than is outstanding', () => {
  const methods = ['annuity', 'equal_principal', 'bullet'] as const;
  const days = fc.integer({ min: 1, max: 28 }).map((day) => `2024-0${1 + (day % 7)}-${String(day).padStart(2, '0')}`);
  fc.assert(
    fc.property(fc.constantFrom(...methods), days, days, fc.bigInt(0n, 12_000n), (interestMethod, paid, on, amount) => {
      const state = loanWith({ ...from, terms: { ...annuity, interestMethod } }, repaid(text(amount), paid));
      const owed = outstanding(state, date(on));
      const toTheDay = payoff(state, date(on), 'to_the_day');
      const toPeriodEnd = payoff(state, date(on), 'to_period_end');
      expect(toTheDay.principal).toBe(owed.principal);
      expect(toTheDay.total <= toPeriodEnd.total && toPeriodEnd.total <= owed.total).toBe(true);
    }),
  );
});
