import { date } from '@tenor/calendar';
import { type Account, accounts as sides } from '../../src/ledger/account.ts';
import { balances } from '../../src/ledger/posting.ts';
import { stages } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { ledgerOf } from '../../src/loans/loan-ledger.ts';
import type { ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { lifecycle, policyWith, record, repaid, text } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'ledger.md';
const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'bullet',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 3,
};
const loanOf = (policy: Partial<ProductPolicy>, delinquency: Partial<ProductPolicy['delinquency']> = {}) =>
  lifecycle({ terms, policy: { ...policyWith(delinquency), ...policy }, disbursedOn: '2026-01-01' });

/** The loan of the page's section on tax, and what happens to it. */
function taxedEvents(accrual: ProductPolicy['accrual']): LoanEvent[] {
  const fee = { code: 'service', charged: 'per_instalment', amount: '5.00', percent: null, treatment: null } as const;
  const tax = { interestPercent: '18', feePercent: '18', penaltyPercent: '18' };
  const taxed = { ...terms, fees: [fee], tax };
  const penalty = { chargeId: 'c-1', component: 'penalty', code: 'letter', amount: '2.00' } as const;
  const waiver = { waiverId: 'w-1', component: 'fee', instalment: null, amount: '5.90', reason: null } as const;
  return [
    ...lifecycle({ terms: taxed, policy: { ...policyWith(), accrual }, disbursedOn: '2026-01-01' }),
    record({ type: 'charged', valueDate: date('2026-01-20'), payload: penalty }),
    repaid('5.00', '2026-02-05'),
    repaid('15.06', '2026-02-10'),
    record({ type: 'waived', valueDate: date('2026-03-05'), payload: waiver }),
    record({ type: 'written_off', valueDate: date('2026-03-20'), payload: { reason: null } }),
  ];
}

/** Debits less credits of the accounts by the end of a day, from all postings until then. */
function balancesBy(events: readonly LoanEvent[], day: string): (account: Account) => bigint {
  const through = date(day);
  const seen = stages(events, { asOf: through });
  const sums = balances(ledgerOf(seen, through));
  return (account) => sums.get(account) ?? 0n;
}

describe('docs/ledger.md', () => {
  test.each(rowsOf(PAGE, 'day', 'cash', 'on_due', 'daily'))(
    'by the end of $day, $cash, $on_due, $daily is income',
    (row) => {
      for (const accrual of ['cash', 'on_due', 'daily'] as const) {
        const events = [...loanOf({ accrual }), repaid('10.00', '2026-02-05')];
        expect([accrual, text(-balancesBy(events, row.day)('interest_income'))]).toEqual([accrual, row[accrual]]);
      }
    },
  );

  const accounts = [
    'loan_principal',
    'interest_receivable',
    'interest_income',
    'waiver_expense',
    'write_off_expense',
    'cash_clearing',
  ] as const;
  test.each(rowsOf(PAGE, 'day', ...accounts))('the accounts by the end of $day', (row) => {
    const payload = { waiverId: 'w-1', component: 'interest', instalment: null, amount: '4.00', reason: null } as const;
    const events = [
      ...loanOf({ accrual: 'daily' }),
      repaid('10.00', '2026-02-05'),
      record({ type: 'waived', valueDate: date('2026-03-10'), payload }),
      record({ type: 'written_off', valueDate: date('2026-03-20'), payload: { reason: null } }),
    ];
    const balanceOf = balancesBy(events, row.day);
    for (const account of accounts) {
      const balance = account === 'interest_income' ? -balanceOf(account) : balanceOf(account);
      expect([account, text(balance)]).toEqual([account, row[account]]);
    }
  });

  const taxed = [
    'fee_receivable',
    'fee_income',
    'tax_payable',
    'penalty_income',
    'waiver_expense',
    'write_off_expense',
  ] as const;
  test.each(rowsOf(PAGE, 'accrual', 'day', ...taxed))('the tax under $accrual by the end of $day', (row) => {
    const balanceOf = balancesBy(taxedEvents(row.accrual as ProductPolicy['accrual']), row.day);
    for (const account of taxed) {
      const balance = sides[account] === 'credit' ? -balanceOf(account) : balanceOf(account);
      expect([account, text(balance)]).toEqual([account, row[account]]);
    }
  });

  test.each(rowsOf(PAGE, 'paid_on', 'again_after', 'day', 'income'))(
    'paid $paid_on, earning again after $again_after days: $income on $day',
    ({ paid_on: on, again_after: days, day, income }) => {
      const again = days === '0' ? null : Number(days);
      const loan = loanOf({ accrual: 'daily' }, { nonAccrualAfterDays: 30, accrualAgainAfterDays: again });
      const events = on === 'never' ? loan : [...loan, repaid('20.00', on)];
      expect(text(-balancesBy(events, day)('interest_income'))).toBe(income);
    },
  );
});
