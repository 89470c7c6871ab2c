import type { LocalDate } from '@tenor/calendar';
import { loanSnapshot, type Refusal } from '@tenor/contracts';
import { isRefusal, newId, nextTurn, originOf, subjectPublisher, type UnitOfWork } from '@tenor/service-kit';
import type { Credits } from '../customers/credit.ts';
import { loadCredits } from '../customers/credits.store.ts';
import { type LockedCustomer, lockCustomers } from '../customers/customers.store.ts';
import { insertRuns, type LedgerEntry } from '../ledger/ledger.store.ts';
import { databaseClock } from '../loans/database-clock.store.ts';
import { importedPaymentsId, type JournalEvent, loanEventsOf } from '../loans/imported-payments.ts';
import { chain, insertEvents, type JournalRow, NO_HEAD } from '../loans/journal.store.ts';
import { stages } from '../loans/loan.ts';
import { type Position, stamp } from '../loans/loan-book.ts';
import { NEVER_ANNOUNCED } from '../loans/loan-books.commands.ts';
import { ledgerOf } from '../loans/loan-ledger.ts';
import { snapshotData } from '../loans/loan-messages.ts';
import { registerLoans } from '../loans/loan-reads.store.ts';
import { insertStored } from '../loans/loans.store.ts';
import { announce } from '../loans/standing.commands.ts';
import type { StoredLoan } from '../loans/stored-loan.ts';
import type { Product } from '../products/product.ts';
import { productsFor } from '../products/products.store.ts';
import { type ImportContext, type ImportedLoan, importedLoan, type LoanRow } from './imported-loan.ts';
import {
  customersByRef,
  importedNumbers,
  importKey,
  insertImports,
  type StoredImport,
} from './imported-loans.store.ts';

export interface LoanImportService {
  readonly today: (timeZone: string | null) => LocalDate;
  /** What is stored in place of an external id. */
  readonly refOf: (externalId: string) => string;
}

/** What a row made, or whose it would have been. */
export interface ImportedReference {
  readonly loanId: string;
  readonly customerId: string;
}

/** The product that loans come to be of. */
const IMPORTED = 'imported';
/** So that the database writes some loans while the next are reckoned. */
const LOANS_PER_WRITE = 10;

/**
 * Makes each row a loan of its customer with its past, under the customers' locks; the answers come in the order of the
 * rows. Whoever listens learns each by one snapshot. Refuses per row, and writes nothing for it: `not_found`
 * for an unknown customer, `already_exists` for a number that the customer has already, what `productsFor` refuses of
 * the product `imported`, and what `importedLoan` refuses.
 */
export async function importLoans(
  uow: UnitOfWork,
  service: LoanImportService,
  rows: readonly LoanRow[],
  asOf: LocalDate,
): Promise<(ImportedReference | Refusal)[]> {
  const grounds = await groundsOf(uow, service, rows);
  const outcomes: (ImportedReference | Refusal)[] = [];
  let books: ImportBook[] = [];
  for (const row of rows) {
    const decided = decide(service, row, grounds, asOf);
    outcomes.push(isRefusal(decided) ? decided : decided.context);
    if (!isRefusal(decided)) books.push(bookOf(uow, service, decided, grounds.now));
    await nextTurn();
    if (books.length < LOANS_PER_WRITE) continue;
    await save(uow, books);
    books = [];
  }
  await save(uow, books);
  return outcomes.map((outcome) =>
    isRefusal(outcome) ? outcome : { loanId: outcome.loanId, customerId: outcome.customerId },
  );
}

/** A customer with what is told of one beside each loan. */
type Importer = LockedCustomer & { readonly credits: Credits };

/** What the rows are decided by; their customers are locked. */
interface Grounds {
  readonly customerOf: (row: LoanRow) => Importer | undefined;
  readonly productOf: (row: LoanRow) => Product | Refusal;
  /** Whether the customer has a loan of this number; a row that is imported counts from then on. */
  readonly taken: Set<string>;
  /** The database's clock, read after the locks were taken. */
  readonly now: string;
}

async function groundsOf(uow: UnitOfWork, service: LoanImportService, rows: readonly LoanRow[]): Promise<Grounds> {
  const refs = new Map(rows.map(({ customerNumber }) => [customerNumber, service.refOf(customerNumber)]));
  const ids = await customersByRef(uow, [...refs.values()]);
  const asked = rows.map(({ approvedOn: on }) => ({ code: IMPORTED, on }));
  const [customers, credits, taken, products, now] = await Promise.all([
    lockCustomers(uow, [...ids.values()]),
    loadCredits(uow, [...ids.values()]),
    importedNumbers(uow, [...ids.values()]),
    productsFor(uow, asked, service.today),
    databaseClock(uow),
  ]);
  const found = new Map(rows.map((row, index) => [row, products[index]]));
  return {
    customerOf({ customerNumber }) {
      const customer = customers.get(ids.get(refs.get(customerNumber) ?? '') ?? '');
      return customer && { ...customer, credits: credits.get(customer.id) ?? new Map() };
    },
    productOf(row) {
      const product = found.get(row);
      if (product === undefined) throw new Error('a row is imported whose product was not read');
      return product;
    },
    taken,
    now,
  };
}

interface Decided {
  readonly row: LoanRow;
  readonly customer: Importer;
  readonly context: ImportContext;
  readonly loan: ImportedLoan;
}

function decide(
  { today }: LoanImportService,
  row: LoanRow,
  { customerOf, productOf, taken }: Grounds,
  fileDay: LocalDate,
): Decided | Refusal {
  const customer = customerOf(row);
  if (customer === undefined) {
    return { refused: 'not_found', detail: 'There is no customer with this number.' };
  }
  const key = importKey(customer.id, row.loanNumber);
  if (taken.has(key)) {
    return { refused: 'already_exists', detail: `The customer has a loan ${row.loanNumber} already.` };
  }
  const product = productOf(row);
  if (isRefusal(product)) return product;
  const local = today(product.policy.timeZone);
  // Nothing of a day that has not come where the product lends.
  const asOf = fileDay < local ? fileDay : local;
  const context = { loanId: newId(), customerId: customer.id, product, asOf };
  const loan = importedLoan(row, context);
  if (isRefusal(loan)) return loan;
  taken.add(key);
  return { row, customer, context, loan };
}

/** What is stored of one imported loan. */
interface ImportBook {
  readonly stored: StoredLoan;
  readonly journal: readonly JournalRow[];
  readonly entries: readonly LedgerEntry[];
  readonly imported: StoredImport;
}

/** Records the loan's past as of now, and publishes the loan as that has left it. */
function bookOf(
  uow: UnitOfWork,
  { today }: LoanImportService,
  { row, customer, context, loan }: Decided,
  now: string,
): ImportBook {
  const { loanId, customerId, asOf } = context;
  const events = recorded(loan, { now, actor: uow.caller.id });
  const folded = stages(events.flatMap(loanEventsOf));
  const last = folded.at(-1);
  if (last === undefined) throw new Error(`The imported loan ${loanId} has no events`);
  const { state } = last;
  const publisher = subjectPublisher(uow, { subject: loanId, customerId, sequence: 0n });
  publisher.publish(loanSnapshot, snapshotData(state, customer, null));
  const day = today(state.policy.timeZone);
  const standing = announce(publisher, NEVER_ANNOUNCED, state, day);
  const { rows: journal, head } = chain({ loanId, customerId, head: NO_HEAD, events });
  const bookedThrough = state.policy.accrual === 'cash' ? null : day;
  const { recordedAt } = head;
  return {
    stored: { state, head, ...standing, bookedThrough, eventSequence: publisher.sequence },
    journal,
    entries: ledgerOf(folded, bookedThrough).map((posting) => ({ ...posting, customerId, loanId, recordedAt })),
    imported: {
      customerId,
      loanNumber: row.loanNumber,
      loanId,
      asOf,
      currency: state.currency,
      paidOnTime: row.paidOnTime,
      surplusOnTime: loan.surplusOnTime,
      payments: loan.payments.length,
      paid: loan.paid,
    },
  };
}

/** The journal of a loan that comes with its past: each event a microsecond after the one before. */
function recorded({ drafts, payments }: ImportedLoan, { now, actor }: { now: string; actor: string }): JournalEvent[] {
  const events: JournalEvent[] = [];
  let after: Position = NO_HEAD;
  for (const draft of drafts) {
    const event = stamp(draft, after, { now, actor, id: newId() });
    events.push(event);
    after = event;
  }
  const [first] = payments;
  if (first === undefined) return events;
  const payload = { paymentsId: importedPaymentsId(newId()), payments };
  const draft = { type: 'payments_imported', valueDate: first.on, payload } as const;
  return [...events, stamp(draft, after, { now, actor, id: newId() })];
}

/** With one statement per table. */
async function save(uow: UnitOfWork, books: readonly ImportBook[]): Promise<void> {
  if (books.length === 0) return;
  const states = books.map(({ stored }) => stored.state);
  await registerLoans(uow, states);
  insertStored(
    uow,
    books.map(({ stored }) => stored),
  );
  insertEvents(uow, [{ rows: books.flatMap(({ journal }) => journal), origin: originOf(uow) }]);
  insertRuns(
    uow,
    books.flatMap(({ entries }) => entries),
  );
  insertImports(
    uow,
    books.map(({ imported }) => imported),
  );
}
