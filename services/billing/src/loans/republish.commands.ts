import { loanSnapshot, type Refusal } from '@tenor/contracts';
import { subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import { loadCredits } from '../customers/credits.store.ts';
import { noCustomer } from '../customers/customers.commands.ts';
import { findCustomer, lockCustomers } from '../customers/customers.store.ts';
import type { LoanKey } from './journal.store.ts';
import { snapshotData } from './loan-messages.ts';
import { loadLoans } from './loans.store.ts';
import { loansAfter, saveLoanSequences } from './republish.store.ts';

export interface RepublishLoans {
  /** Null for the loans of all customers. */
  readonly customerId: string | null;
  /** The last loan that was republished; undefined to begin. */
  readonly after: string | undefined;
  /** Loans of one transaction, whose customers stay locked for so long. */
  readonly limit: number;
}

/** What an idempotency key keeps of it. */
export interface Republished {
  published: number;
  /** After which loan to go on; null when there are no more. */
  after: string | null;
}

/**
 * Publishes each loan as it stands, as the next event of its sequence, for consumers that are new or have lost
 * something. Refuses `not_found` for an unknown customer.
 */
export async function republishLoans(
  uow: UnitOfWork,
  refOf: (externalId: string) => string,
  { customerId, after, limit }: RepublishLoans,
): Promise<Republished | Refusal> {
  if (customerId !== null && (await findCustomer(uow, customerId)) === undefined) return noCustomer(customerId);
  const from = { ...(after !== undefined && { after }), ...(customerId !== null && { customerId }) };
  const found = await loansAfter(uow, { ...from, limit: limit + 1 });
  const keys = found.slice(0, limit);
  await publishSnapshots(uow, refOf, keys);
  const last = keys.at(-1)?.loanId ?? null;
  return { published: keys.length, after: found.length > limit ? last : null };
}

async function publishSnapshots(
  uow: UnitOfWork,
  refOf: (externalId: string) => string,
  keys: readonly LoanKey[],
): Promise<void> {
  const customerIds = [...new Set(keys.map(({ customerId }) => customerId))];
  const customers = await lockCustomers(uow, customerIds);
  const credits = await loadCredits(uow, customerIds);
  const loans = await loadLoans(uow, keys);
  const sequences = loans.flatMap(({ state, eventSequence }) => {
    const { loanId, customerId, externalId } = state;
    const customer = customers.get(customerId);
    if (customer === undefined) throw new Error(`The customer ${customerId} of a loan does not exist`);
    const told = { ...customer, credits: credits.get(customerId) ?? new Map() };
    const publisher = subjectPublisher(uow, { subject: loanId, customerId, sequence: eventSequence });
    publisher.publish(loanSnapshot, snapshotData(state, told, externalId === null ? null : refOf(externalId)));
    return [{ loanId, customerId, eventSequence: publisher.sequence }];
  });
  saveLoanSequences(uow, sequences);
}
