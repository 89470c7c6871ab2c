import type { LocalDate } from '@tenor/calendar';
import { remainderOf } from '../../src/delinquency/instalment.ts';
import type { Account } from '../../src/ledger/account.ts';
import { earnedIncome } from '../../src/loans/earned-income.ts';
import type { Folded } from '../../src/loans/loan.ts';
import { broughtTo } from '../../src/loans/non-accrual.ts';
import type { Parts } from '../../src/schedules/schedule.ts';

/** Debits less credits by account, as the loan itself says: nothing here looks at a posting. */
export function balancesOf({ state, effects }: Folded, asOf: LocalDate): Partial<Record<Account, bigint>> {
  const loan = broughtTo(state, asOf);
  const { instalments, policy } = loan;
  const earned = earnedIncome(loan, asOf);
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
  const paid = (part: keyof Parts) => sum(instalments.map((each) => each.paid[part]));
  const waived = (part: keyof Parts) => sum(instalments.map((each) => each.additions?.waived[part] ?? 0n));
  const income = (part: keyof Parts) =>
    policy.accrual === 'cash' ? paid(part) : sum(earned.map((parts) => parts[part]));
  const receivable = (part: keyof Parts) =>
    policy.accrual === 'cash' || loan.writtenOff !== null ? 0n : income(part) - paid(part) - waived(part);
  const lost = (part: keyof Parts) =>
    policy.accrual === 'cash' || loan.writtenOff === null ? 0n : income(part) - paid(part) - waived(part);
  return {
    loan_principal: loan.disbursedOn === null ? 0n : sum(instalments.map((each) => remainderOf(each, 'principal'))),
    interest_receivable: receivable('interest'),
    fee_receivable: receivable('fee'),
    penalty_receivable: receivable('penalty'),
    interest_income: -income('interest'),
    fee_income: -income('fee') - sum(effects.map(({ chargedFees }) => chargedFees)),
    penalty_income: -income('penalty'),
    waiver_expense:
      waived('principal') + (policy.accrual === 'cash' ? 0n : waived('interest') + waived('fee') + waived('penalty')),
    write_off_expense: (loan.writtenOff?.principal ?? 0n) + lost('interest') + lost('fee') + lost('penalty'),
    recovery_income: -sum(effects.map(({ recovered }) => recovered)),
  };
}
