import { date } from '@tenor/calendar';
import type { Account } from '../../src/ledger/account.ts';
import { balances } from '../../src/ledger/posting.ts';
import { stages } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { ledgerOf } from '../../src/loans/loan-ledger.ts';
import type { ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { lifecycle, policyWith, prepaid, record, repaid, text, waived } from '../builders.ts';

/** Each month asks for 10.00 of interest, and as fee for 5.00 with 0.90 tax, and 1.80 tax on the interest. */
const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'bullet',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 3,
  fees: [{ code: 'service', charged: 'per_instalment', amount: '5.00', percent: null, treatment: null }],
  tax: { interestPercent: '18', feePercent: '18', penaltyPercent: '18' },
};
const loanOf = (policy: Partial<ProductPolicy>): LoanEvent[] =>
  lifecycle({ terms, policy: { ...policyWith(), ...policy }, disbursedOn: '2026-01-01' });
const charged = (component: 'fee' | 'penalty', amount: string, on: string): LoanEvent =>
  record({
    type: 'charged',
    valueDate: date(on),
    payload: { chargeId: `c-${on}`, component, code: 'visit', amount },
  });

/** What the books hold of fees by the end of a day: receivable, income, tax. */
function held(events: readonly LoanEvent[], day: string): string[] {
  const through = date(day);
  const sums = balances(ledgerOf(stages(events, { asOf: through }), through));
  const balanceOf = (account: Account): bigint => sums.get(account) ?? 0n;
  return [balanceOf('fee_receivable'), -balanceOf('fee_income'), -balanceOf('tax_payable')].map((minor) => text(minor));
}

test.each(['on_due', 'daily'] as const)(
  'under %s the tax on a penalty is payable as soon as it is asked for',
  (accrual) => {
    const events = [...loanOf({ accrual }), charged('penalty', '2.00', '2026-01-20')];
    expect(held(events, '2026-01-20')).toEqual(['0.36', '0.00', '0.36']);
    expect(held(events, '2026-02-01')).toEqual(['8.06', '5.00', '3.06']);
  },
);

test.each(['on_due', 'daily'] as const)(
  'under %s a waived penalty takes back its tax, whatever fee is unpaid',
  (accrual) => {
    const events = [...loanOf({ accrual }), charged('penalty', '2.00', '2026-01-20'), waived('penalty', '2026-02-04')];
    expect(held(events, '2026-02-04')).toEqual(['7.70', '5.00', '2.70']);
    expect(held([...events, repaid('17.70', '2026-02-05')], '2026-02-05')).toEqual(['0.00', '5.00', '2.70']);
  },
);

test('an amount that is charged as fee has its tax in it, under cash in proportion to what is paid', () => {
  const events = [...loanOf({ accrual: 'cash' }), charged('fee', '11.80', '2026-01-20'), repaid('5.90', '2026-01-25')];
  expect(held(events, '2026-01-25')).toEqual(['0.00', '5.00', '0.90']);
  expect(held([...events, repaid('23.60', '2026-02-01')], '2026-02-01')).toEqual(['0.00', '15.00', '4.50']);
});

test('a penalty that is charged after its fee was paid makes none of that fee tax', () => {
  const events = [...loanOf({ accrual: 'cash' }), repaid('5.90', '2026-01-10'), charged('fee', '5.90', '2026-01-20')];
  expect(held(events, '2026-01-20')).toEqual(['0.00', '5.00', '0.90']);
  expect(held([...events, charged('penalty', '9.00', '2026-01-21')], '2026-01-21')).toEqual(['0.00', '5.00', '0.90']);
});

test.each(['cash', 'on_due', 'daily'] as const)(
  'under %s a payoff to the day keeps the tax on the interest that it takes',
  (accrual) => {
    const settlement = { payoff: 'to_the_day', earlySettlementRebate: 'none', smallBalanceTolerance: '0' } as const;
    // 4.84 of interest with 0.87 tax, and the fee with 0.90.
    const payment = repaid('1011.61', '2026-01-16');
    const events = [...loanOf({ accrual, settlement }), payment, prepaid(payment, 'to_the_day')];
    expect(held(events, '2026-01-16')).toEqual(['0.00', '5.00', '1.77']);
  },
);

test('a re-age keeps which of the arrears is tax', () => {
  const payload = {
    restructureId: 's-1',
    change: { kind: 're_age', numberOfInstalments: 3, firstDueDate: null },
    reason: null,
  } as const;
  const events = [
    ...loanOf({ accrual: 'on_due' }),
    charged('penalty', '2.00', '2026-01-20'),
    record({ type: 'restructured', valueDate: date('2026-02-15'), payload }),
  ];
  expect(held(events, '2026-02-14')).toEqual(['8.06', '5.00', '3.06']);
  expect(held(events, '2026-02-15')).toEqual(['8.06', '5.00', '3.06']);
});
