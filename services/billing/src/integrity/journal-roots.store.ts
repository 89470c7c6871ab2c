import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from '../loans/journal.store.ts';
import type { KeptHead, SignedRoot } from './journal-root.ts';

/** A day whose root is to be made, over all that was recorded by `knownAt`. */
export interface TakenDay {
  readonly day: LocalDate;
  readonly knownAt: string;
}

interface RootRow {
  day: LocalDate;
  known_at: string;
  loans: number;
  root: string;
  previous_signature: string | null;
  public_key: string;
  signature: string;
}
interface KeptRow {
  customer_id: string;
  loan_id: string;
  day: LocalDate;
  seq: number;
  hash: string;
}

const takeDay = statement(
  'journal_root_take',
  `insert into journal_roots (day, known_at)
   select at::date, at from (select clock_timestamp() - $1 * interval '1 second' as at) now
   on conflict (day) do nothing`,
);
const selectTaken = statement(
  'journal_root_taken',
  'select day, known_at from journal_roots where root is null order by day limit 1',
);
// The same however often it is done: what was recorded by then does not change.
const keepNext = statement(
  'journal_root_heads_keep',
  `with page as (
     select l.customer_id, l.id as loan_id, h.seq, h.hash
       from (select customer_id, id from loans where id > $3 order by id limit $4) l
       left join lateral (
         select e.seq, e.hash from loan_events e
          where e.customer_id = l.customer_id and e.loan_id = l.id and e.recorded_at <= $2
          order by e.seq desc limit 1) h on true
   ), kept as (
     insert into journal_root_heads (customer_id, loan_id, day, seq, hash)
     select p.customer_id, p.loan_id, $1, p.seq, p.hash from page p
      where p.seq is not null and not exists (
        select from (select k.seq, k.hash from journal_root_heads k
                      where k.customer_id = p.customer_id and k.loan_id = p.loan_id and k.day < $1
                      order by k.day desc limit 1) last
         where last.seq = p.seq and last.hash = p.hash)
     on conflict (customer_id, loan_id, day) do nothing
   )
   select loan_id from page order by loan_id desc`,
);
const selectNewest = statement(
  'journal_root_heads_newest',
  `select distinct on (loan_id) customer_id, loan_id, day, seq, hash from journal_root_heads
    where loan_id > $2 and day <= $1 order by loan_id, day desc limit $3`,
);
const selectPrevious = statement(
  'journal_root_signature_before',
  'select signature from journal_roots where day < $1 and root is not null order by day desc limit 1',
);
const sign = statement(
  'journal_root_sign',
  `update journal_roots set loans = $2, root = $3, previous_signature = $4, public_key = $5, signature = $6
    where day = $1 and root is null returning day`,
);
const selectSigned = statement(
  'journal_roots_signed',
  'select * from journal_roots where root is not null and ($1::date is null or day < $1) order by day desc limit $2',
);
const selectOfDays = statement(
  'journal_roots_of_days',
  'select * from journal_roots where root is not null and day = any($1::date[]) order by day',
);
const selectAll = statement('journal_roots_all', 'select * from journal_roots where root is not null order by day');
const selectKept = statement(
  'journal_root_heads_of_loans',
  `select * from journal_root_heads where customer_id = any($1::uuid[]) and loan_id = any($2::uuid[])
    order by loan_id, day`,
);
const selectKeptBetween = statement(
  'journal_root_heads_between',
  `select * from journal_root_heads where loan_id > $1 and ($2::uuid is null or loan_id <= $2) order by loan_id, day`,
);
const selectLoans = statement(
  'journal_root_loans',
  'select customer_id, id as loan_id from loans where id > $1 order by id limit $2',
);

/** Below every id. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * The day to make a root for: one that was taken and not finished, else this one if it has none yet. A day is taken by
 * one statement, whoever comes first, with the instant `settledAfterSeconds` ago; undefined when there is nothing to do.
 */
export async function dayToSign(sql: Sql, settledAfterSeconds: number): Promise<TakenDay | undefined> {
  await sql.query(takeDay, [settledAfterSeconds]);
  const [row] = await sql.query<{ day: LocalDate; known_at: string }>(selectTaken);
  return row && { day: row.day, knownAt: row.known_at };
}

/** Some of the loans in the order of their ids. */
export interface Page {
  /** It begins behind this id. */
  readonly after: string;
  readonly limit: number;
}

/** Keeps the heads of the next loans as of the day's instant, where they are news. Returns the page's last loan; null when there is none behind it. */
export async function keepHeads(sql: Sql, { day, knownAt }: TakenDay, page: Page): Promise<string | null> {
  const rows = await sql.query<{ loan_id: string }>(keepNext, [day, knownAt, page.after, page.limit]);
  return rows.length < page.limit ? null : (rows[0]?.loan_id ?? null);
}

/** The next loans' newest heads that were kept on this day or before. */
export async function newestHeads(sql: Sql, day: LocalDate, { after, limit }: Page): Promise<KeptHead[]> {
  return (await sql.query<KeptRow>(selectNewest, [day, after, limit])).map(toKept);
}

/** The signature of the newest root before a day; null for the first. */
export async function signatureBefore(sql: Sql, day: LocalDate): Promise<string | null> {
  const [row] = await sql.query<{ signature: string }>(selectPrevious, [day]);
  return row?.signature ?? null;
}

/** Whether it was this call that signed the day. */
export async function storeSigned(sql: Transaction, signed: SignedRoot): Promise<boolean> {
  const { day, loans, root, previousSignature, publicKey, signature } = signed;
  return (await sql.query(sign, [day, loans, root, previousSignature, publicKey, signature])).length > 0;
}

/** Signed roots before a day, the newest first. */
export async function signedBefore(sql: Sql, before: LocalDate | null, limit: number): Promise<SignedRoot[]> {
  return (await sql.query<RootRow>(selectSigned, [before, limit])).map(toRoot);
}

/** Signed roots of these days, or of all, the oldest first. */
export async function signedRoots(sql: Sql, days: readonly LocalDate[] | 'all'): Promise<SignedRoot[]> {
  const rows = days === 'all' ? sql.query<RootRow>(selectAll) : sql.query<RootRow>(selectOfDays, [days]);
  return (await rows).map(toRoot);
}

/** The heads kept of these loans, each loan's from the oldest on. */
export async function keptHeads(sql: Sql, loans: readonly LoanKey[]): Promise<KeptHead[]> {
  const customerIds = [...new Set(loans.map(({ customerId }) => customerId))];
  return (await sql.query<KeptRow>(selectKept, [customerIds, loans.map(({ loanId }) => loanId)])).map(toKept);
}

/** The heads kept of all loans after one and up to another, those included that are not there any more. */
export async function keptBetween(sql: Sql, after: string, last: string | null): Promise<KeptHead[]> {
  return (await sql.query<KeptRow>(selectKeptBetween, [after, last])).map(toKept);
}

/** The next loans by id. */
export async function nextLoans(sql: Sql, after: string, limit: number): Promise<LoanKey[]> {
  const rows = await sql.query<{ customer_id: string; loan_id: string }>(selectLoans, [after, limit]);
  return rows.map((row) => ({ customerId: row.customer_id, loanId: row.loan_id }));
}

const toRoot = (row: RootRow): SignedRoot => ({
  day: row.day,
  knownAt: row.known_at,
  loans: row.loans,
  root: row.root,
  previousSignature: row.previous_signature,
  publicKey: row.public_key,
  signature: row.signature,
});
const toKept = ({ customer_id: customerId, loan_id: loanId, ...rest }: KeptRow): KeptHead => ({
  customerId,
  loanId,
  ...rest,
});
