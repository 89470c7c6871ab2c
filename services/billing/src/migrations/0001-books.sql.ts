/** A loan's books: projection, journal, ledger, and what payments did. */

const loans = `
create table loans (
  customer_id           uuid not null references customers,
  id                    uuid not null,
  external_id           text,
  product_code          text not null,
  product_version       integer not null,
  currency              text not null,
  status                text not null check (status in ('pending', 'approved', 'active', 'paid', 'rejected', 'cancelled')),
  principal             bigint not null check (principal > 0),
  total                 bigint not null check (total >= 0),
  outstanding_principal bigint not null check (outstanding_principal >= 0),
  outstanding           bigint not null check (outstanding >= outstanding_principal),
  terms                 jsonb not null,
  policy                jsonb not null,
  disbursed_on          date,
  maturity_date         date,
  credited              bigint not null default 0 check (credited >= 0),
  last_key              jsonb,
  schedule_version      integer not null default 1,
  head_seq              integer not null,
  head_hash             text not null,
  head_recorded_at      timestamptz not null,
  event_sequence        bigint not null,
  announced_delinquent  boolean not null default false,
  announced_bucket      text not null default 'current',
  primary key (customer_id, id),
  foreign key (product_code, product_version) references products (code, version)
)`;
const loansNewest = 'create index loans_newest on loans (id)';

export const instalments = `
create table instalments (
  customer_id    uuid not null,
  loan_id        uuid not null,
  version        integer not null,
  number         integer not null,
  due_date       date not null,
  principal      bigint not null check (principal >= 0),
  interest       bigint not null check (interest >= 0),
  fee            bigint not null check (fee >= 0),
  balance_after  bigint not null check (balance_after >= 0),
  paid_principal bigint not null check (paid_principal between 0 and principal),
  paid_interest  bigint not null check (paid_interest between 0 and interest),
  paid_fee       bigint not null check (paid_fee between 0 and fee),
  paid_penalty   bigint not null check (paid_penalty >= 0),
  primary key (customer_id, loan_id, version, number),
  foreign key (customer_id, loan_id) references loans (customer_id, id)
)`;

// The payload is kept as the very text that was hashed.
const loanEvents = `
create table loan_events (
  customer_id uuid not null,
  loan_id     uuid not null,
  seq         integer not null check (seq > 0),
  id          uuid not null,
  type        text not null,
  value_date  date not null,
  recorded_at timestamptz not null,
  actor       text not null,
  payload     text not null,
  prev_hash   text not null,
  hash        text not null,
  primary key (customer_id, loan_id, seq),
  foreign key (customer_id, loan_id) references loans (customer_id, id)
)`;

// booked_on is the value date, or in a closed period its first open day.
const ledgerEntries = `
create table ledger_entries (
  customer_id uuid not null,
  loan_id     uuid not null,
  id          uuid not null,
  event_id    uuid not null,
  value_date  date not null,
  booked_on   date not null,
  debit       text not null,
  credit      text not null check (credit <> debit),
  amount      bigint not null check (amount > 0),
  currency    text not null,
  instalment  integer,
  component   text not null,
  recorded_at timestamptz not null,
  primary key (customer_id, loan_id, id)
)`;

// The guard of exactly-once beside the inbox. The nil UUID as loan_id is the part that no loan took.
const appliedPayments = `
create table applied_payments (
  customer_id uuid not null references customers,
  payment_id  uuid not null,
  loan_id     uuid not null,
  kind        text not null check (kind in ('payment', 'reversal')),
  currency    text not null,
  applied     bigint not null check (applied >= 0),
  credited    bigint not null check (credited >= 0),
  value_date  date not null,
  recorded_at timestamptz not null,
  primary key (customer_id, payment_id, loan_id, kind)
)`;

const customerCredits = `
create table customer_credits (
  customer_id uuid not null references customers,
  currency    text not null,
  balance     bigint not null check (balance >= 0),
  primary key (customer_id, currency)
)`;

const refuseChange = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$`;
const journalAppendOnly = `
create trigger loan_events_append_only before update or delete or truncate on loan_events
  for each statement execute function refuse_change()`;
const ledgerAppendOnly = `
create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries
  for each statement execute function refuse_change()`;

/** In the order of creation. */
export const bookTables: readonly string[] = [
  loans,
  loansNewest,
  instalments,
  loanEvents,
  ledgerEntries,
  appliedPayments,
  customerCredits,
  refuseChange,
  journalAppendOnly,
  ledgerAppendOnly,
];
