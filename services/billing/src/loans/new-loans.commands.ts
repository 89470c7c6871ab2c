import type { ClosedDays, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';
import {
  type Asked,
  type BatchedCommand,
  type CommandContext,
  type Database,
  inBatches,
  isRefusal,
  newId,
  type Outcome,
  type Sql,
  type UnitOfWork,
} from '@tenor/service-kit';
import { findClosedDays } from '../calendars/calendars.store.ts';
import { noCustomer } from '../customers/customers.commands.ts';
import { type LockedCustomer, lockCustomers } from '../customers/customers.store.ts';
import { type MoneyInput, readMoney } from '../customers/money-input.ts';
import { isScoredHere, isScoredOutside } from '../products/policy.ts';
import type { Product } from '../products/product.ts';
import { productsFor } from '../products/products.store.ts';
import type { GivenTerms } from '../products/terms.ts';
import { creditStandings } from './credit-facts.store.ts';
import type { CreditStanding } from './credit-facts.ts';
import { databaseClock } from './database-clock.store.ts';
import { type LoanBook, newBook, saveLoans } from './loan-books.commands.ts';
import { decideOpen } from './loan-decisions.ts';
import type { DraftEvent } from './loan-event.ts';
import {
  type CustomerStanding,
  type NewLoanKey,
  openLoanCounts,
  registerLoans,
  standingsOf,
} from './loan-reads.store.ts';
import { type LoanReference, type LoanService, recordAll } from './loans.commands.ts';
import { pendingApplications, requestScores } from './score-requests.store.ts';

export interface OpenLoanCommand {
  readonly customerId: string;
  readonly product: string;
  readonly principal: MoneyInput;
  readonly externalId: string | null;
  readonly disbursedOn: LocalDate | null;
  readonly terms: GivenTerms;
  /** Whether the loan may be opened at the rate that the customer's score asks for. */
  readonly acceptsCorrectedRate: boolean;
  /** Whether core banking was asked, and knows the customer. */
  readonly isKnownToBank: boolean;
}

/** What applications of several customers rest on. */
interface Grounds {
  readonly productOf: (command: OpenLoanCommand) => Product | Refusal;
  /** Of the calendars that products or applications name. */
  readonly calendars: ReadonlyMap<string, ClosedDays>;
  readonly standingOf: (customerId: string, currency: string) => CustomerStanding;
  /** Known of products that limit it only. */
  readonly openLoansOf: (customerId: string, product: string) => number;
  /** Of those whose application is decided by their own credit. */
  readonly credits: ReadonlyMap<string, CreditStanding>;
  /** The undecided loan of a customer who asks for one that is scored outside. */
  readonly pendingOf: (customerId: string) => string | undefined;
  /** The database's clock, read after the locks were taken. */
  readonly now: string;
}

/** A loan that is going to be opened, with the unit of work of its request. */
interface Accepted extends NewLoanKey {
  readonly drafts: readonly DraftEvent[];
  readonly product: Product;
  readonly principal: Money;
  readonly businessDate: LocalDate;
  readonly uow: UnitOfWork;
}

/**
 * Opens loans, each under its customer's lock, so that applications at the same time cannot share one headroom. Refuses
 * `validation_failed`, `not_found` for customer and product, `product_not_valid`, `already_exists`, and what
 * `decideOpen` refuses; of a product that is scored outside, `application_pending` and `kyc_required` before the latter.
 */
export function loanOpening(
  service: LoanService,
): BatchedCommand<OpenLoanCommand, LockedCustomer, Grounds, LoanReference> {
  return {
    customerOf: ({ customerId }) => customerId,
    lock: lockCustomers,
    async load(sql, commands) {
      const [productOf, standingOf, now] = await Promise.all([
        productsOf(service, sql, commands),
        standingsOf(
          sql,
          commands.map(({ customerId }) => customerId),
        ),
        databaseClock(sql),
      ]);
      const [calendars, openLoansOf, credits, pending] = await Promise.all([
        findClosedDays(sql, calendarsNamed(commands, productOf)),
        openLoanCounts(sql, limitedLoans(commands, productOf)),
        creditStandings(sql, creditInquiries(service, commands, productOf)),
        pendingApplications(sql, applicants(commands, productOf)),
      ]);
      const pendingOf = (customerId: string) => pending.get(customerId);
      return { productOf, calendars, standingOf, openLoansOf, credits, pendingOf, now };
    },
    async perform(sql, asked, grounds) {
      const decided = asked.map((application) => decide(service, application, grounds));
      const registered = await registerLoans(sql, unrefused(decided));
      const free = decided.map((loan) => (isRefusal(loan) || registered.has(loan.loanId) ? loan : externalIdTaken));
      const opened = await Promise.all(free.map((loan) => (isRefusal(loan) ? loan : open(service, loan, grounds.now))));
      const books = unrefused(opened).map(({ book }) => book);
      saveLoans(sql, books, ({ policy }) => service.today(policy.timeZone));
      requestScores(
        sql,
        unrefused(free).filter(({ product }) => isScoredOutside(product.policy)),
      );
      return opened.map((each) => (isRefusal(each) ? each : each.reference));
    },
  };
}

/** The version of each command's product that is valid on the loan's date. */
async function productsOf(
  { today }: LoanService,
  sql: Sql,
  commands: readonly OpenLoanCommand[],
): Promise<Grounds['productOf']> {
  const asked = commands.map(({ product, disbursedOn }) => ({ code: product, on: disbursedOn }));
  const products = await productsFor(sql, asked, today);
  const found = new Map(commands.map((command, index) => [command, products[index]]));
  return (command) => {
    const product = found.get(command);
    if (product === undefined) throw new Error('a loan is opened whose product was not read');
    return product;
  };
}

/** Calendars that the products or the applications themselves name. */
function calendarsNamed(commands: readonly OpenLoanCommand[], productOf: Grounds['productOf']) {
  return commands.flatMap((command) => {
    const product = productOf(command);
    return isRefusal(product) ? [] : [product.terms.calendar, command.terms.calendar];
  });
}

/** Customers and products of which the loans that are open decide. */
function limitedLoans(commands: readonly OpenLoanCommand[], productOf: Grounds['productOf']) {
  return commands.flatMap((command) => {
    const product = productOf(command);
    if (isRefusal(product) || product.policy.maxOpenLoans === null) return [];
    return [{ customerId: command.customerId, product: product.code }];
  });
}

/** Customers whose application Tenor's own score decides. */
function creditInquiries(
  { today }: LoanService,
  commands: readonly OpenLoanCommand[],
  productOf: Grounds['productOf'],
) {
  return commands.flatMap((command) => {
    const product = productOf(command);
    if (isRefusal(product) || !isScoredHere(product.policy)) return [];
    return [{ customerId: command.customerId, currency: product.currency, asOf: today(product.policy.timeZone) }];
  });
}

/** Customers who ask for a loan that is scored outside. */
function applicants(commands: readonly OpenLoanCommand[], productOf: Grounds['productOf']): string[] {
  return commands.flatMap((command) => {
    const product = productOf(command);
    return isRefusal(product) || !isScoredOutside(product.policy) ? [] : [command.customerId];
  });
}

/** One application at a time, and only of a customer whom core banking knows. */
function checkApplication(
  product: Product,
  { customerId, isKnownToBank }: OpenLoanCommand,
  pendingOf: Grounds['pendingOf'],
): Refusal | undefined {
  if (!isScoredOutside(product.policy)) return undefined;
  const loanId = pendingOf(customerId);
  if (loanId !== undefined) {
    const detail = `The customer's application for loan ${loanId} is not decided yet.`;
    return { refused: 'application_pending', detail, meta: { loan_id: loanId } };
  }
  return isKnownToBank ? undefined : kycRequired(product.code);
}

export const kycRequired = (product: string): Refusal => ({
  refused: 'kyc_required',
  detail: `Core banking was not asked about the customer, whom ${product} is to lend to.`,
});

const externalIdTaken: Refusal = {
  refused: 'already_exists',
  detail: 'A loan with this external_id exists already.',
};

const unrefused = <T>(outcomes: readonly (T | Refusal)[]): T[] =>
  outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : [outcome]));

function decide(
  service: LoanService,
  { command, customer, uow }: Asked<OpenLoanCommand, LockedCustomer>,
  { productOf, calendars, standingOf, openLoansOf, credits, pendingOf }: Grounds,
): Accepted | Refusal {
  const principal = readMoney(command.principal, '/principal');
  if (isRefusal(principal)) return principal;
  if (customer === undefined) return noCustomer(command.customerId);
  const product = productOf(command);
  if (isRefusal(product)) return product;
  const barred = checkApplication(product, command, pendingOf);
  if (barred !== undefined) return barred;
  const { exposure } = standingOf(customer.id, customer.creditLimit?.currency ?? principal.currency);
  const businessDate = service.today(product.policy.timeZone);
  const { externalId } = command;
  const loanId = newId();
  const openLoans = openLoansOf(customer.id, product.code);
  const credit = credits.get(customer.id) ?? null;
  const drafts = decideOpen(
    { ...command, loanId, principal },
    { customer, exposure, product, calendars, businessDate, openLoans, credit },
  );
  if (isRefusal(drafts)) return drafts;
  return { loanId, customerId: customer.id, externalId, drafts, product, principal, businessDate, uow };
}

/** Records the first events of a loan; the caller saves its book. */
async function open(
  service: LoanService,
  { uow, drafts, product, principal, businessDate, ...key }: Accepted,
  now: string,
): Promise<{ book: LoanBook; reference: LoanReference }> {
  const book = newBook(uow, key);
  const knownAt = await recordAll(uow, service, book, drafts, now);
  uow.afterCommit(() => service.countOpened(product.code, principal.currency, principal.minor));
  const { loanId, customerId } = key;
  return { book, reference: { loan_id: loanId, customer_id: customerId, known_at: knownAt, as_of: businessDate } };
}

/** Asks core banking about an applicant, outside any transaction; a refusal ends the application. */
export type CheckApplicant = (customerId: string) => Promise<Refusal | undefined>;

export type ApplyForLoan = (
  context: CommandContext,
  command: Omit<OpenLoanCommand, 'isKnownToBank'>,
) => Promise<Outcome<LoanReference>>;

/** Opens loans as `loanOpening` does, and asks core banking first where the product wants that; refuses what either does. */
export function loanApplications(
  database: Database,
  service: LoanService,
  checkApplicant: CheckApplicant,
): ApplyForLoan {
  const openLoan = inBatches(database, loanOpening(service));
  return async (context, application) => {
    const outcome = await openLoan(context, { ...application, isKnownToBank: false });
    if (!isRefusal(outcome) || outcome.refused !== 'kyc_required') return outcome;
    // Only now is it known that somebody has to be asked: neither a replay nor another product's loan comes here.
    const barred = await checkApplicant(application.customerId);
    return barred ?? openLoan(inRun(context, 'known'), { ...application, isKnownToBank: true });
  };
}

/** So that what a duplicate was refused before the bank was asked answers nobody who has asked it. */
function inRun({ idempotency, ...context }: CommandContext, run: string): CommandContext {
  return idempotency === undefined ? context : { ...context, idempotency: { ...idempotency, run } };
}
