import { date } from '@tenor/calendar';
import fc from 'fast-check';
import { compareOwed, type Owed, owedInstalments, take } from '../../src/payments/allocation.ts';
import { weekly } from '../loans.ts';

const valueDate = date('2026-01-20');
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

const policies = fc.constantFrom('exact' as const, 'partial' as const, 'any' as const);
const loan = (loanId: string) =>
  fc
    .record({
      unpaid: fc.array(fc.bigInt({ min: 0n, max: 50n }), { maxLength: 5 }),
      paymentPolicy: policies,
      day: fc.constantFrom('2026-01-01', '2026-01-08'),
    })
    .map(({ day, ...given }) => weekly({ loanId, ...given }, day));
const loans = fc.tuple(loan('a'), loan('b'), loan('c'));
const owedBy = (accounts: Parameters<typeof owedInstalments>[0][]): Owed[] =>
  accounts.flatMap((account) => owedInstalments(account, 0n, valueDate)).sort(compareOwed);

describe('taking an amount from what is owed', () => {
  test('conserves it, and takes whole instalments only from exact loans', () => {
    fc.assert(
      fc.property(loans, fc.bigInt({ min: 1n, max: 400n }), (accounts, amount) => {
        const owed = owedBy(accounts);
        const taking = take(amount, owed, valueDate);
        if (!taking.fits) return;
        expect(sum(taking.parts.map((part) => part.amount)) + taking.rest).toBe(amount);
        for (const part of taking.parts) {
          const own = owed.filter(({ loanId }) => loanId === part.loanId);
          const boundaries = own.map((_, index) => sum(own.slice(0, index + 1).map((each) => each.amount)));
          expect(part.amount <= (boundaries.at(-1) ?? 0n)).toBe(true);
          if (own[0]?.policy === 'exact') expect(boundaries).toContain(part.amount);
        }
      }),
    );
  });

  test('names only amounts that would do when it does not fit, one below and one above', () => {
    fc.assert(
      fc.property(loans, fc.bigInt({ min: 1n, max: 400n }), (accounts, amount) => {
        const owed = owedBy(accounts);
        const taking = take(amount, owed, valueDate);
        if (taking.fits) return;
        expect(taking.wouldDo.at(-1)).toBeGreaterThan(amount);
        for (const other of taking.wouldDo) expect(take(other, owed, valueDate).fits).toBe(true);
      }),
    );
  });
});

describe('what is owed after payments in flight', () => {
  test('is the debt less what they hold, never below zero, oldest instalments first', () => {
    fc.assert(
      fc.property(loan('a'), fc.bigInt({ min: 0n, max: 300n }), (account, reserved) => {
        const free = owedInstalments(account, reserved, valueDate);
        const debt = sum(account.status === 'active' ? account.unpaid : []);
        expect(sum(free.map(({ amount }) => amount))).toBe(debt > reserved ? debt - reserved : 0n);
        for (const later of free.slice(1)) expect(later.amount).toBe(account.unpaid[later.number - 1]);
      }),
    );
  });
});
