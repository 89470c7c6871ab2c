import type { Refusal } from '@tenor/contracts';
import {
  type CommandContext,
  type Database,
  execute,
  inBatches,
  isRefusal,
  type Outcome,
  validationFailed,
} from '@tenor/service-kit';
import type { CustomersStore } from '../../customers/customers.store.ts';
import { registerCustomer } from '../../customers/registrations.commands.ts';
import type { LoanKey } from '../../loans/journal.store.ts';
import { pageOfLoans } from '../../loans/loan-reads.store.ts';
import type { LoanReference, LoanService } from '../../loans/loans.commands.ts';
import { loanOpening } from '../../loans/new-loans.commands.ts';
import { weeklyLoan } from '../weekly-loan.ts';

export interface LendingLoans extends LoanService {
  readonly database: Database;
  readonly customers: CustomersStore;
}

export interface OpenLendingLoan {
  readonly loanId: string;
  /** Decimal text. */
  readonly principal: string;
  /** The customer who asks; undefined for anybody else, whose loan gets a customer of its own. */
  readonly customerId: string | undefined;
}

/** The loan that its client calls so. */
export async function loanCalled(database: Database, externalId: string): Promise<LoanKey | undefined> {
  const [key] = await pageOfLoans(database, { externalId, limit: 1 });
  return key;
}

/** Opens a loan of fifty weeks; refuses as `loanOpening` does, and `validation_failed` for a loan_id that is taken. */
export function lendingOpening(
  service: LendingLoans,
): (context: CommandContext, command: OpenLendingLoan) => Promise<Outcome<LoanReference>> {
  const { database } = service;
  const open = inBatches(database, loanOpening(service));
  return async (context, { loanId, principal, customerId }) => {
    const isTaken = context.idempotency === undefined && (await loanCalled(database, loanId)) !== undefined;
    if (isTaken) return loanIdTaken;
    const borrower = customerId ?? (await customerOf(service, context, loanId));
    if (isRefusal(borrower)) return borrower;
    const outcome = await open(context, weeklyLoan(borrower, principal, loanId));
    return isRefusal(outcome) && outcome.refused === 'already_exists' ? loanIdTaken : outcome;
  };
}

const loanIdTaken: Refusal = validationFailed([
  { pointer: '/loan_id', code: 'unique', message: 'loan with this loan_id already exists.' },
]);

/** The customer that only this loan has; one whose opening was refused before is used again. */
async function customerOf(
  { database, customers }: LendingLoans,
  { idempotency: _, ...context }: CommandContext,
  loanId: string,
): Promise<string | Refusal> {
  const externalId = `lending:${loanId}`;
  const unknown = { lastName: null, email: null, phone: null, age: null, monthlyIncome: null };
  const outcome = await execute(database, context, (uow) =>
    registerCustomer(uow, customers, {
      personal: { externalId, firstName: loanId, ...unknown },
      creditLimit: null,
      limitPolicy: null,
    }),
  );
  if (!isRefusal(outcome)) return outcome.result.customer_id;
  if (outcome.refused !== 'already_exists') return outcome;
  const [known] = await customers.page(database, { externalId, limit: 1 });
  if (known === undefined) throw new Error(`The customer of the loan ${loanId} is there and is not found`);
  return known.customer.id;
}
