import type { Refusal } from '@tenor/contracts';
import type { Database } from '@tenor/service-kit';
import { noCustomer } from '../customers/customers.commands.ts';
import type { CustomersStore } from '../customers/customers.store.ts';
import type { CoreBanking } from './core-banking.client.ts';
import { type CheckedKyc, saveKyc } from './kyc-records.store.ts';

export interface KycService {
  readonly database: Database;
  readonly customers: CustomersStore;
  /** Undefined where none is configured. */
  readonly coreBanking: CoreBanking | undefined;
}

const RETRY_AFTER_SECONDS = 5;

export const coreBankingUnavailable: Refusal = {
  refused: 'core_banking_unavailable',
  detail: 'Core banking gave no answer that can be used; nothing was written.',
  meta: { retry_after_seconds: RETRY_AFTER_SECONDS },
};

export const kycNotFound = (id: string): Refusal => ({
  refused: 'kyc_not_found',
  detail: `Core banking keeps nobody under the number of customer ${id}.`,
});

/**
 * Asks core banking about a customer by the external id, holding neither a transaction nor a lock, and keeps the answer.
 * Refuses `not_found`, `kyc_not_found`, `core_banking_unavailable`; then nothing is written.
 */
export async function checkKyc(
  { database, customers, coreBanking }: KycService,
  customerId: string,
): Promise<CheckedKyc | Refusal> {
  const found = await customers.find(database, customerId);
  if (found === undefined) return noCustomer(customerId);
  const answer = await coreBanking?.customer(found.personal.externalId);
  if (answer === undefined || answer.kind === 'unavailable') return coreBankingUnavailable;
  if (answer.kind === 'unknown') return kycNotFound(customerId);
  return saveKyc(database, customerId, answer.known);
}
