import type { Refusal } from '@tenor/contracts';
import { parseAmount } from '@tenor/money';
import { moveNumber } from '@tenor/profile-kit';
import { isRefusal, refuse, type UnitOfWork } from '@tenor/service-kit';
import { lockCustomers } from '../../customers/customers.store.ts';
import type { LoanKey } from '../../loans/journal.store.ts';
import type { LoanState } from '../../loans/loan.ts';
import { advanceLoan, type LoanReference, type LoanService, type LoanStep } from '../../loans/loans.commands.ts';
import { loadLoans } from '../../loans/loans.store.ts';
import { loanOpening, type OpenLoanCommand } from '../../loans/new-loans.commands.ts';
import { keepChange, kopaLoans } from './kopa-records.store.ts';
import { KOPA_CURRENCY, KOPA_PRODUCT } from './kopa-words.ts';

/** What a client of this API applies for; the amount is decimal text. */
export function applicationOf(customerId: string, amount: string): Omit<OpenLoanCommand, 'isKnownToBank'> {
  return {
    customerId,
    product: KOPA_PRODUCT,
    principal: { amount, currency: KOPA_CURRENCY },
    externalId: null,
    disbursedOn: null,
    terms: {},
    acceptsCorrectedRate: false,
  };
}

/** Withdraws a pending application; refuses `state_conflict` for any other. */
export async function withdrawApplication(
  uow: UnitOfWork,
  service: LoanService,
  key: LoanKey,
): Promise<{ loan_id: string } | Refusal> {
  const pending = await lockPending(uow, key);
  return isRefusal(pending) ? pending : cancel(uow, service, key, 'withdrawn');
}

/**
 * Has a pending application be one of another amount, which is scored anew: a loan keeps the principal that it was
 * opened with, so that another takes its place and its number, both in one unit of work. Core banking knew the customer
 * as the first one was opened. One that is of that amount already stays as it is. Refuses `state_conflict` where it is
 * pending no longer, and what opening a loan refuses.
 */
export async function changeApplication(
  uow: UnitOfWork,
  service: LoanService,
  key: LoanKey,
  amount: string,
): Promise<{ loan_id: string } | Refusal> {
  const pending = await lockPending(uow, key);
  if (isRefusal(pending)) return pending;
  if (parseAmount(amount, KOPA_CURRENCY) === pending.principal) return { loan_id: key.loanId };
  const cancelled = await cancel(uow, service, key, 'changed');
  if (isRefusal(cancelled)) return cancelled;
  const opened = await open(uow, service, { ...applicationOf(key.customerId, amount), isKnownToBank: true });
  if (isRefusal(opened)) return opened;
  keepChange(uow, key);
  await moveNumber(uow, kopaLoans, { from: key.loanId, to: opened.loan_id });
  return { loan_id: opened.loan_id };
}

/** The loan as it stays until this unit of work ends; refuses `state_conflict` where somebody has decided. */
async function lockPending(uow: UnitOfWork, key: LoanKey): Promise<LoanState | Refusal> {
  await lockCustomers(uow, [key.customerId]);
  const [loan] = await loadLoans(uow, [key]);
  if (loan === undefined) throw new Error(`Loan ${key.loanId} has a number, but is not there`);
  return loan.state.status === 'pending' ? loan.state : noLongerPending;
}

export const noLongerPending = refuse('state_conflict', 'Only a pending loan can be changed.');

async function cancel(
  uow: UnitOfWork,
  service: LoanService,
  { loanId }: LoanKey,
  reason: string,
): Promise<{ loan_id: string } | Refusal> {
  const step: LoanStep = { step: 'cancel', reason };
  const done = await advanceLoan(uow, service, loanId, step);
  return isRefusal(done) ? done : { loan_id: loanId };
}

async function open(uow: UnitOfWork, service: LoanService, command: OpenLoanCommand): Promise<LoanReference | Refusal> {
  const opening = loanOpening(service);
  const customer = (await opening.lock(uow, [command.customerId], 'wait')).get(command.customerId);
  const grounds = await opening.load(uow, [command]);
  const [opened] = await opening.perform(uow, [{ command, customer, uow }], grounds);
  if (opened === undefined) throw new Error('A loan was opened without an outcome');
  return opened;
}
