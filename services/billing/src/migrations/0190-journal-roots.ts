import type { MigrationInterface, QueryRunner } from 'typeorm';

// A day is taken, and signed once the heads of all loans are kept.
const roots = `
create table journal_roots (
  day           date primary key,
  known_at      timestamptz not null,
  loans         integer check (loans >= 0),
  root          text,
  previous_signature text,
  public_key    text,
  signature     text,
  check (num_nulls(loans, root, public_key, signature) in (0, 4)),
  check (previous_signature is null or root is not null)
)`;
// A loan's head as of a day's known_at, where it is not the same as the day before.
const heads = `
create table journal_root_heads (
  customer_id uuid not null,
  loan_id     uuid not null,
  day         date not null references journal_roots,
  seq         integer not null check (seq > 0),
  hash        text not null,
  primary key (customer_id, loan_id, day)
)`;
const headsByLoan = 'create index journal_root_heads_by_loan on journal_root_heads (loan_id, day)';
const signedOnce = `
create trigger journal_roots_signed_once before update on journal_roots
  for each row when (old.root is not null) execute function refuse_change()`;
const rootsStay = `
create trigger journal_roots_stay before delete or truncate on journal_roots
  for each statement execute function refuse_change()`;
const headsAppendOnly = `
create trigger journal_root_heads_append_only before update or delete or truncate on journal_root_heads
  for each statement execute function refuse_change()`;

/** The daily signed roots of all journals, and the heads that they were made of. */
export class JournalRoots1763700000190 implements MigrationInterface {
  name = 'JournalRoots1763700000190';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [roots, heads, headsByLoan, signedOnce, rootsStay, headsAppendOnly]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table journal_root_heads, journal_roots');
  }
}
