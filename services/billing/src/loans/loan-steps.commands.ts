import { date, type LocalDate } from '@tenor/calendar';
import type { LoanStep } from './loans.commands.ts';
import type { Approval, DisbursementBody, Reason } from './loans.schemas.ts';

/** What each route's body asks of a loan's life, by the route's name; a simulation asks for the same. */
export const loanSteps = {
  approve: ({ approved_on: on }: Approval): LoanStep => ({ step: 'approve', approvedOn: dayOf(on) }),
  reject: ({ reason }: Reason): LoanStep => ({ step: 'reject', reason: reason ?? null }),
  cancel: ({ reason }: Reason): LoanStep => ({ step: 'cancel', reason: reason ?? null }),
  disbursements: ({ disbursed_on: on, amount }: DisbursementBody): LoanStep => ({
    step: 'disburse',
    disbursedOn: dayOf(on),
    amount: amount ?? null,
  }),
};

const dayOf = (text: string | undefined): LocalDate | null => (text === undefined ? null : date(text));
