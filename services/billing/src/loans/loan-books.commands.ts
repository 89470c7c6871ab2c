import type { LocalDate } from '@tenor/calendar';
import {
  newId,
  type Origin,
  originOf,
  type SubjectPublisher,
  subjectPublisher,
  type Transaction,
  type UnitOfWork,
} from '@tenor/service-kit';
import type { Credits } from '../customers/credit.ts';
import { loadCredits, saveCredits } from '../customers/credits.store.ts';
import { type LockedCustomer, lockCustomers, saveEventSequences } from '../customers/customers.store.ts';
import { CURRENT } from '../delinquency/bucket.ts';
import { insertEntries, type LedgerEntry } from '../ledger/ledger.store.ts';
import type { Posting } from '../ledger/posting.ts';
import { databaseClock } from './database-clock.store.ts';
import { chain, type Head, insertEvents, type LoanKey, loadEvents, NO_HEAD } from './journal.store.ts';
import type { LoanState } from './loan.ts';
import { type Announced, appendLast, needsHistory, refold, type Step, stamp } from './loan-book.ts';
import type { DraftEvent, LoanEvent } from './loan-event.ts';
import { growthUntil } from './loan-ledger.ts';
import { insertStored, loadForChange, updateStored } from './loans.store.ts';
import { announcePlan } from './plan-news.commands.ts';
import { announce } from './standing.commands.ts';
import type { StoredLoan } from './stored-loan.ts';

/** A loan that is being written: its state as it stands in this unit of work, and what has to be stored. */
export interface LoanBook extends LoanKey {
  state: LoanState | undefined;
  /** As it is stored; undefined for a new loan. */
  readonly before: LoanState | undefined;
  /** The stored end of the chain; `recorded` follows it. */
  readonly head: Head;
  readonly recorded: LoanEvent[];
  /** The stored journal, once something needed it. */
  stored: readonly LoanEvent[] | undefined;
  readonly entries: LedgerEntry[];
  /** The last day whose growth is booked; null for a loan whose income is what was paid. */
  bookedThrough: LocalDate | null;
  readonly announced: Announced;
  readonly publisher: SubjectPublisher;
  /** The request that writes it. */
  readonly origin: Origin | null;
}

/** A locked customer with the loans and credits that the work may change. */
export interface CustomerBook {
  readonly customer: LockedCustomer;
  readonly loans: Map<string, LoanBook>;
  readonly credits: Credits;
  readonly changedCredits: Set<string>;
  /** What is booked for the customer and no loan. */
  readonly entries: LedgerEntry[];
  readonly publisher: SubjectPublisher;
}

export interface Books {
  /** The database's clock, read after the locks were taken. */
  readonly now: string;
  readonly customers: ReadonlyMap<string, CustomerBook>;
}

/** Of a loan that nobody was told of. */
export const NEVER_ANNOUNCED: Announced = { isDelinquent: false, bucket: CURRENT, dues: [] };

/** Locks the customers, then their loans that money may reach and those found under that lock, and loads all of them. */
export async function openBooks(
  uow: UnitOfWork,
  customerIds: readonly string[],
  findLoanIds: () => Promise<readonly string[]>,
): Promise<Books> {
  const [customers, loanIds] = await Promise.all([lockCustomers(uow, customerIds), findLoanIds()]);
  const [loans, credits, now] = await Promise.all([
    loadForChange(uow, customerIds, loanIds),
    loadCredits(uow, customerIds),
    databaseClock(uow),
  ]);
  const books = new Map<string, CustomerBook>();
  for (const [id, customer] of customers) {
    books.set(id, {
      customer,
      loans: new Map(),
      credits: credits.get(id) ?? new Map(),
      changedCredits: new Set(),
      entries: [],
      publisher: subjectPublisher(uow, { subject: id, customerId: id, sequence: customer.eventSequence }),
    });
  }
  for (const loan of loans) books.get(loan.state.customerId)?.loans.set(loan.state.loanId, bookOf(uow, loan));
  return { now, customers: books };
}

function bookOf(uow: UnitOfWork, stored: StoredLoan): LoanBook {
  const { state, head, announced, eventSequence, bookedThrough } = stored;
  const { loanId, customerId } = state;
  const publisher = subjectPublisher(uow, { subject: loanId, customerId, sequence: eventSequence });
  const empty = { recorded: [], stored: undefined, entries: [], origin: originOf(uow) };
  return { loanId, customerId, before: state, state, head, announced, bookedThrough, publisher, ...empty };
}

/** The book of a loan that does not exist yet. */
export function newBook(uow: UnitOfWork, { loanId, customerId }: LoanKey): LoanBook {
  const publisher = subjectPublisher(uow, { subject: loanId, customerId, sequence: 0n });
  const empty = { before: undefined, state: undefined, head: NO_HEAD, recorded: [], stored: [], entries: [] };
  const origin = originOf(uow);
  return { loanId, customerId, announced: NEVER_ANNOUNCED, bookedThrough: null, publisher, origin, ...empty };
}

/** Records an event: evolves the state, or folds the journal again where the event does not sort last. */
export async function record(
  uow: UnitOfWork,
  book: LoanBook,
  draft: DraftEvent,
  now: string,
): Promise<Step & { state: LoanState }> {
  const after = book.recorded.at(-1) ?? book.head;
  const event = stamp(draft, after, { now, actor: uow.caller.id, id: newId() });
  const step =
    book.state !== undefined && needsHistory(book.state, event)
      ? refold(book, await historyOf(uow, book), event)
      : appendLast(book, event);
  book.state = step.state;
  book.bookedThrough = step.bookedThrough;
  book.recorded.push(event);
  enter(book, step.postings, event.recordedAt);
  return step;
}

function enter({ entries, customerId, loanId }: LoanBook, postings: readonly Posting[], recordedAt: string): void {
  for (const posting of postings) entries.push({ ...posting, customerId, loanId, recordedAt });
}

/** All events of the loan so far, those of this unit of work included. */
export async function historyOf(uow: UnitOfWork, book: LoanBook): Promise<LoanEvent[]> {
  book.stored ??= (await loadEvents(uow, [book])).get(book.loanId) ?? [];
  return [...book.stored, ...book.recorded];
}

/** Announces what changed of delinquency, books what days earned, and stores everything, with one statement per table. */
export function saveLoans(sql: Transaction, books: readonly LoanBook[], today: (state: LoanState) => LocalDate): void {
  const written: Written[] = [];
  for (const book of books) {
    const { state } = book;
    const last = book.recorded.at(-1);
    if (state === undefined || last === undefined) continue;
    announcePlan(book, state);
    const day = today(state);
    const standing = announce(book.publisher, book.announced, state, day);
    const { postings, bookedThrough } = growthUntil(state, book.bookedThrough, day);
    enter(book, postings, last.recordedAt);
    const { rows, head } = chain({
      loanId: book.loanId,
      customerId: book.customerId,
      head: book.head,
      events: book.recorded,
    });
    const stored = { state, head, ...standing, bookedThrough, eventSequence: book.publisher.sequence };
    written.push({ book, stored, rows });
  }
  insertStored(
    sql,
    written.flatMap(({ book, stored }) => (book.before === undefined ? [stored] : [])),
  );
  updateStored(
    sql,
    written.flatMap(({ book: { before }, stored }) => (before === undefined ? [] : [{ ...stored, before }])),
  );
  insertEvents(
    sql,
    written.map(({ book: { origin }, rows }) => ({ rows, origin })),
  );
  insertEntries(
    sql,
    books.flatMap(({ entries }) => entries),
  );
}

interface Written {
  readonly book: LoanBook;
  readonly stored: StoredLoan;
  readonly rows: ReturnType<typeof chain>['rows'];
}

/** Stores the loans, the credits and the event counters of the books. */
export function saveBooks(uow: UnitOfWork, books: Books, today: (state: LoanState) => LocalDate): void {
  const customers = [...books.customers.values()];
  saveLoans(
    uow,
    customers.flatMap(({ loans }) => [...loans.values()]),
    today,
  );
  const balances = customers.flatMap(({ customer, credits, changedCredits }) =>
    [...changedCredits].map((currency) => ({
      customerId: customer.id,
      currency,
      balance: credits.get(currency) ?? 0n,
    })),
  );
  saveCredits(uow, balances);
  insertEntries(
    uow,
    customers.flatMap(({ entries }) => entries),
  );
  const spoken = customers.filter(({ customer, publisher }) => publisher.sequence !== customer.eventSequence);
  saveEventSequences(uow, new Map(spoken.map(({ customer, publisher }) => [customer.id, publisher.sequence])));
}
