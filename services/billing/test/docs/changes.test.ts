import { date } from '@tenor/calendar';
import { scheduleJson } from '../../src/loans/loan-json.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { type PayoffStrategy, payoff } from '../../src/loans/payoff.ts';
import { defaultPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { loanWith, policyWith, record, repaid, text, weeklyTerms } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'changes.md';
const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '7',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};

describe('docs/changes.md', () => {
  test.each(rowsOf(PAGE, 'on', 'strategy', 'principal', 'interest', 'payoff'))(
    'a payoff on $on $strategy takes $payoff',
    (row) => {
      const loan = loanWith(
        { principal: '100.00', disbursedOn: '2024-01-01', terms: annuity },
        repaid('17.01', '2024-02-01'),
      );
      const found = payoff(loan, date(row.on), row.strategy as PayoffStrategy);
      expect([found.principal, found.interest, found.total].map((minor) => text(minor))).toEqual([
        row.principal,
        row.interest,
        row.payoff,
      ]);
    },
  );

  test.each(rowsOf(PAGE, 'then paid out', 'on', 'first instalment', 'second instalment', 'in all'))(
    'with a further disbursement on $on',
    (row) => {
      const terms = { ...annuity, annualRatePercent: '12', numberOfInstalments: 4, maximumDisbursements: 2 };
      const given = { principal: '300.00', disbursedOn: '2026-01-01', terms };
      const more = { type: 'disbursed', valueDate: date(row.on), payload: { amount: row['then paid out'] } } as const;
      const { instalments } = loanWith(given, ...(more.payload.amount === '0.00' ? [] : [record(more)]));
      const totals = instalments.map(({ principal, interest }) => principal + interest);
      const all = totals.reduce((sum, total) => sum + total, 0n);
      expect([...totals.slice(0, 2), all].map((minor) => text(minor))).toEqual([
        row['first instalment'],
        row['second instalment'],
        row['in all'],
      ]);
    },
  );

  const columns = [
    'no.',
    'due',
    'principal',
    'interest',
    'schedule total',
    'balance',
    'moved',
    'paid',
    'unpaid',
  ] as const;
  test.each(rowsOf(PAGE, ...columns, 'status'))('instalment $no. after a re-age is $status', (row) => {
    const terms = {
      ...annuity,
      annualRatePercent: '36.5',
      dayCount: 'act/365',
      frequency: { every: 10, unit: 'day' },
      numberOfInstalments: 4,
    } as const;
    const change = { kind: 're_age', numberOfInstalments: 3, firstDueDate: null } as const;
    const payload = { restructureId: 're-age', change, reason: null };
    const state = loanWith(
      { principal: '1200.00', disbursedOn: '2026-10-20', terms },
      repaid('100.00', '2026-10-30'),
      record({ type: 'restructured', valueDate: date('2026-11-12'), payload }),
    );
    const seen = { state, asOf: date('2026-11-12'), knownAt: '2026-11-12T00:00:00.000000Z' };
    expect(scheduleJson(seen).instalments.find(({ number }) => String(number) === row['no.'])).toMatchObject({
      due_date: row.due,
      principal: row.principal,
      interest: row.interest,
      total: row['schedule total'],
      balance_after: row.balance,
      moved: row.moved,
      paid: row.paid,
      unpaid: row.unpaid,
      status: row.status.replaceAll('`', ''),
    });
  });

  test.each(rowsOf(PAGE, 'rebate', 'day', 'left', 'total'))('with $rebate on $day it takes $total', (row) => {
    const earlySettlementRebate = row.rebate as 'none' | 'pro_rata' | 'rule_of_78';
    const policy = { ...policyWith(), settlement: { ...defaultPolicy.settlement, earlySettlementRebate } };
    const terms = { ...weeklyTerms, numberOfInstalments: 10 };
    const loan = loanWith({ terms, policy, disbursedOn: '2026-01-01' }, repaid('330.00', '2026-01-22'));
    const day = date(row.day);
    expect([text(outstanding(loan, day).total), text(payoff(loan, day, null).total)]).toEqual([row.left, row.total]);
  });
});
