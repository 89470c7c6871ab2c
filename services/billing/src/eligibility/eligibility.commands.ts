import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Database, isRefusal } from '@tenor/service-kit';
import { findClosedDays } from '../calendars/calendars.store.ts';
import { noCustomer } from '../customers/customers.commands.ts';
import { findCustomer } from '../customers/customers.store.ts';
import { type MoneyInput, readMoney } from '../customers/money-input.ts';
import { creditStandings } from '../loans/credit-facts.store.ts';
import { offerFor } from '../loans/loan-decisions.ts';
import { openLoanCounts, standingOf } from '../loans/loan-reads.store.ts';
import { productsFor } from '../products/products.store.ts';
import type { GivenTerms } from '../products/terms.ts';
import type { Inquiry } from './eligibility-json.ts';

export interface EligibilityService {
  readonly database: Database;
  /** The business date in a product's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
}

/** An application that is only asked about. */
export interface AskedApplication {
  readonly customerId: string;
  readonly product: string;
  readonly principal: MoneyInput;
  readonly disbursedOn: LocalDate | null;
  readonly terms: GivenTerms;
}

/**
 * What opening the loan would decide, by what is committed now: it takes no lock and writes nothing. Refuses what
 * opening it refuses, but for `limit_exceeded` and `not_eligible`, which are reasons of its answer.
 */
export async function inquire(
  { database, today }: EligibilityService,
  { customerId, disbursedOn, terms, ...asked }: AskedApplication,
): Promise<Inquiry | Refusal> {
  const principal = readMoney(asked.principal, '/principal');
  if (isRefusal(principal)) return principal;
  const [customer, [product]] = await Promise.all([
    findCustomer(database, customerId),
    productsFor(database, [{ code: asked.product, on: disbursedOn }], today),
  ]);
  if (customer === undefined) return noCustomer(customerId);
  if (product === undefined) throw new Error(`the product ${asked.product} was not looked for`);
  if (isRefusal(product)) return product;
  const { code, currency } = product;
  const asOf = today(product.policy.timeZone);
  const [calendars, standings, standing, openLoansOf] = await Promise.all([
    findClosedDays(database, [product.terms.calendar, terms.calendar]),
    creditStandings(database, [{ customerId, currency, asOf }]),
    standingOf(database, customerId, customer.creditLimit?.currency ?? currency),
    openLoanCounts(database, [{ customerId, product: code }]),
  ]);
  const credit = standings.get(customerId);
  if (credit === undefined) throw new Error(`the credit of ${customerId} was not read`);
  const { exposure } = standing;
  const openLoans = openLoansOf(customerId, code);
  const context = { customer, exposure, product, calendars, openLoans, businessDate: asOf, credit };
  const offer = offerFor({ principal, terms, disbursedOn }, context);
  if (isRefusal(offer)) return offer;
  return { customer, product: code, principal, asOf, exposure, credit, offer };
}
