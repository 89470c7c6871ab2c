/** The chart of accounts (domain.md §7), each with the side on which it grows. */
export const accounts = {
  loan_principal: 'debit',
  interest_receivable: 'debit',
  fee_receivable: 'debit',
  penalty_receivable: 'debit',
  interest_income: 'credit',
  fee_income: 'credit',
  penalty_income: 'credit',
  cash_clearing: 'debit',
  customer_credit: 'credit',
  refund_payable: 'credit',
  tax_payable: 'credit',
  waiver_expense: 'debit',
  write_off_expense: 'debit',
  recovery_income: 'credit',
} as const satisfies Record<string, 'debit' | 'credit'>;

export type Account = keyof typeof accounts;
