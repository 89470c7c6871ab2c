import { claimNumbers, type NumberedKind } from '@tenor/profile-kit';
import type { Sql } from '@tenor/service-kit';

/** The numbers in a lender's files are those that the clients of the profile with such files know things by. */
export const fileCustomers: NumberedKind = { profile: 'alemeno', kind: 'customer' };
/** Two customers may have a loan of one number: its owner is the customer's id. */
export const fileLoans: NumberedKind = { profile: 'alemeno', kind: 'loan' };

const wholeNumber = /^[1-9]\d{0,14}$/;

/** Customers keep the number that a file has for them, where it is a whole one that nobody was given before. */
export async function keepCustomerNumbers(
  sql: Sql,
  customers: readonly { readonly id: string; readonly number: string }[],
): Promise<void> {
  const numbered = customers.filter(({ number }) => wholeNumber.test(number));
  const claims = numbered.map(({ id, number }) => ({ id, owner: '', number: Number.parseInt(number, 10) }));
  await claimNumbers(sql, fileCustomers, claims);
}

export async function keepLoanNumbers(
  sql: Sql,
  loans: readonly { readonly id: string; readonly customerId: string; readonly number: bigint }[],
): Promise<void> {
  const claims = loans.map(({ id, customerId, number }) => ({ id, owner: customerId, number: Number(number) }));
  await claimNumbers(sql, fileLoans, claims);
}
