import type { ClosedDays, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';
import { type Asked, type BatchedCommand, isRefusal, newId, type UnitOfWork } from '@tenor/service-kit';
import { findClosedDays } from '../calendars/calendars.store.ts';
import { noCustomer } from '../customers/customers.commands.ts';
import { type LockedCustomer, lockCustomers } from '../customers/customers.store.ts';
import { type MoneyInput, readMoney } from '../customers/money-input.ts';
import type { Product } from '../products/product.ts';
import { findProducts } from '../products/products.store.ts';
import type { GivenTerms } from '../products/terms.ts';
import { databaseClock } from './database-clock.store.ts';
import { type LoanBook, newBook, saveLoans } from './loan-books.commands.ts';
import { decideOpen } from './loan-decisions.ts';
import type { DraftEvent } from './loan-event.ts';
import { type CustomerStanding, type NewLoanKey, registerLoans, standingsOf } from './loan-reads.store.ts';
import { type LoanReference, type LoanService, recordAll } from './loans.commands.ts';

export interface OpenLoanCommand {
  readonly customerId: string;
  readonly product: string;
  readonly principal: MoneyInput;
  readonly externalId: string | null;
  readonly disbursedOn: LocalDate | null;
  readonly terms: GivenTerms;
}

/** What applications of several customers rest on. */
interface Grounds {
  readonly products: ReadonlyMap<string, Product>;
  /** Of the calendars that products or applications name. */
  readonly calendars: ReadonlyMap<string, ClosedDays>;
  readonly standingOf: (customerId: string, currency: string) => CustomerStanding;
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
 * `validation_failed`, `not_found` for customer, product and calendar, `already_exists`, and what `decideOpen` refuses.
 */
export function loanOpening(
  service: LoanService,
): BatchedCommand<OpenLoanCommand, LockedCustomer, Grounds, LoanReference> {
  return {
    customerOf: ({ customerId }) => customerId,
    lock: lockCustomers,
    async load(sql, commands) {
      const [products, standingOf, now] = await Promise.all([
        findProducts(
          sql,
          commands.map(({ product }) => product),
        ),
        standingsOf(
          sql,
          commands.map(({ customerId }) => customerId),
        ),
        databaseClock(sql),
      ]);
      const named = [...products.values(), ...commands].map(({ terms }) => terms.calendar);
      const calendars = await findClosedDays(sql, named);
      return { products, calendars, standingOf, now };
    },
    async perform(sql, asked, grounds) {
      const decided = asked.map((application) => decide(service, application, grounds));
      const registered = await registerLoans(sql, unrefused(decided));
      const free = decided.map((loan) => (isRefusal(loan) || registered.has(loan.loanId) ? loan : externalIdTaken));
      const opened = await Promise.all(free.map((loan) => (isRefusal(loan) ? loan : open(service, loan, grounds.now))));
      const books = unrefused(opened).map(({ book }) => book);
      saveLoans(sql, books, ({ policy }) => service.today(policy.timeZone));
      return opened.map((each) => (isRefusal(each) ? each : each.reference));
    },
  };
}

const externalIdTaken: Refusal = {
  refused: 'already_exists',
  detail: 'A loan with this external_id exists already.',
};

const unrefused = <T>(outcomes: readonly (T | Refusal)[]): T[] =>
  outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : [outcome]));

function decide(
  service: LoanService,
  { command, customer, uow }: Asked<OpenLoanCommand, LockedCustomer>,
  { products, calendars, standingOf }: Grounds,
): Accepted | Refusal {
  const principal = readMoney(command.principal, '/principal');
  if (isRefusal(principal)) return principal;
  if (customer === undefined) return noCustomer(command.customerId);
  const product = products.get(command.product);
  if (product === undefined) return { refused: 'not_found', detail: `There is no product ${command.product}.` };
  const { exposure } = standingOf(customer.id, customer.creditLimit?.currency ?? principal.currency);
  const businessDate = service.today(product.policy.timeZone);
  const { externalId, disbursedOn, terms } = command;
  const loanId = newId();
  const drafts = decideOpen(
    { loanId, externalId, principal, terms, disbursedOn },
    { customer, exposure, product, calendars, businessDate },
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
