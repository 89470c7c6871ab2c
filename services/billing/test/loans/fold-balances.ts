import type { LocalDate } from '@tenor/calendar';
import { remainderOf } from '../../src/delinquency/instalment.ts';
import type { Account } from '../../src/ledger/account.ts';
import { earnedIncome } from '../../src/loans/earned-income.ts';
import { paidTax, waivedTax } from '../../src/loans/fee-tax.ts';
import type { Folded, LoanInstalment } from '../../src/loans/loan.ts';
import { broughtTo } from '../../src/loans/non-accrual.ts';
import type { Parts } from '../../src/schedules/schedule.ts';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** Debits less credits by account, as the loan itself says: nothing here looks at a posting. */
export function balancesOf({ state, effects }: Folded, asOf: LocalDate): Partial<Record<Account, bigint>> {
  const loan = broughtTo(state, asOf);
  const { instalments, policy, terms } = loan;
  const isCash = policy.accrual === 'cash';
  const earned = earnedIncome(loan, asOf);
  const over = (amountOf: (instalment: LoanInstalment) => bigint) => sum(instalments.map(amountOf));
  const paid = (part: keyof Parts) => over((each) => each.paid[part]);
  const waived = (part: keyof Parts) => over((each) => each.additions?.waived[part] ?? 0n);
  const income = (part: keyof Parts) => (isCash ? paid(part) : sum(earned.map((parts) => parts[part])));
  const rest = (part: keyof Parts) => (isCash ? 0n : income(part) - paid(part) - waived(part));
  const receivable = (part: keyof Parts) => (loan.writtenOff === null ? rest(part) : 0n);
  const lost = (part: keyof Parts) => (loan.writtenOff === null ? 0n : rest(part));
  const taxPaid = over((each) => paidTax(terms, each));
  const taxWaived = isCash ? 0n : over((each) => waivedTax(terms, each));
  const taxEarned = isCash ? taxPaid : sum(earned.map(({ tax }) => tax));
  const taxLost = loan.writtenOff === null ? 0n : taxEarned - taxPaid - taxWaived;
  return {
    loan_principal: loan.disbursedOn === null ? 0n : over((each) => remainderOf(each, 'principal')),
    interest_receivable: receivable('interest'),
    fee_receivable: receivable('fee'),
    penalty_receivable: receivable('penalty'),
    interest_income: -income('interest'),
    fee_income: taxEarned - income('fee') - sum(effects.map(({ chargedFees }) => chargedFees)),
    penalty_income: -income('penalty'),
    tax_payable: taxWaived + taxLost - taxEarned,
    waiver_expense:
      waived('principal') + (isCash ? 0n : waived('interest') + waived('fee') + waived('penalty') - taxWaived),
    write_off_expense: (loan.writtenOff?.principal ?? 0n) + lost('interest') + lost('fee') + lost('penalty') - taxLost,
    recovery_income: -sum(effects.map(({ recovered }) => recovered)),
  };
}
