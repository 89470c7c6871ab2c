import { readFileSync } from 'node:fs';
import { date } from '@tenor/calendar';
import type { LoanAccount } from '../../src/loan-accounts/loan-account.ts';
import { minorUnits } from '../../src/loan-accounts/minor-units.ts';
import { decidePayment } from '../../src/payments/payment-decision.ts';
import { growth, weekly } from '../loans.ts';

const page = readFileSync(new URL('../../../../docs/charges.md', import.meta.url), 'utf8');
const rows = page.matchAll(/^\| `(exact|partial|any)` \| `(credit|reject)` \| ([\d., ]+) \| ([\d., ]+) \|$/gm);
const cases = [...rows].map(([, policy, overpayment, takes = '', refuses = '']) => ({
  policy: policy as LoanAccount['paymentPolicy'],
  overpayment: overpayment as LoanAccount['overpayment'],
  takes: takes.split(', '),
  refuses: refuses.split(', '),
}));

test('docs/charges.md names every policy', () => {
  expect(cases.map(({ policy }) => policy)).toEqual(['exact', 'partial', 'any']);
});

test.each(cases)('$policy with $overpayment takes $takes and refuses $refuses', (row) => {
  const unpaid = [10_000n, 10_000n, 10_000n];
  const given = { unpaid, lateGrowth: growth({ percent_per_day: '1' }), overpayment: row.overpayment };
  const loan = weekly({ loanId: 'a', paymentPolicy: row.policy, ...given }, '2026-06-06');
  const today = date('2026-06-21');
  const isTaken = (amount: string) => {
    const request = { amount: minorUnits(amount, 'IDR'), currency: 'IDR', valueDate: today, businessDate: today };
    const decision = decidePayment(
      { ...request, allocations: null },
      { loans: [loan], reserved: new Map(), shortfalls: new Map() },
    );
    return 'outcome' in decision && decision.outcome === 'settled';
  };
  expect(row.takes.filter((amount) => !isTaken(amount))).toEqual([]);
  expect(row.refuses.filter(isTaken)).toEqual([]);
});
