import { date } from '@tenor/calendar';
import type { LoanStep } from './loans.commands.ts';
import type { DisbursementBody, Reason } from './loans.schemas.ts';

/** What each route's body asks of a loan's life, by the route's name; a simulation asks for the same. */
export const loanSteps = {
  approve: (): LoanStep => ({ step: 'approve' }),
  reject: ({ reason }: Reason): LoanStep => ({ step: 'reject', reason: reason ?? null }),
  cancel: ({ reason }: Reason): LoanStep => ({ step: 'cancel', reason: reason ?? null }),
  disbursements: ({ disbursed_on: on, amount }: DisbursementBody): LoanStep => ({
    step: 'disburse',
    disbursedOn: on === undefined ? null : date(on),
    amount: amount ?? null,
  }),
};
