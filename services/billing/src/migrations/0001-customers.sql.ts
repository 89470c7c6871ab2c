/** Customers, products and the directories. */

// A customer's row is the lock under which everything of that customer is decided.
const customers = `
create table customers (
  id              uuid primary key,
  external_ref    text not null,
  status          text not null default 'active' check (status in ('active', 'inactive')),
  credit_limit    bigint check (credit_limit >= 0),
  limit_currency  text,
  version         integer not null default 1,
  event_sequence  bigint not null default 0,
  outbox_position bigint not null default 0,
  created_at      timestamptz not null default clock_timestamp(),
  check ((credit_limit is null) = (limit_currency is null))
)`;

// A directory: what a client calls a customer is personal, so only its keyed hash is a key.
const externalRefs = `
create table customer_external_refs (
  external_ref text primary key,
  customer_id  uuid not null
)`;

// Everything personal is in data, behind one codec; search_tokens are keyed hashes of its words.
const personalData = `
create table customer_personal_data (
  customer_id   uuid primary key references customers,
  data          text not null,
  search_tokens text[] not null
)`;
const personalDataSearch = `
create index customer_personal_data_search on customer_personal_data using gin (search_tokens)`;

const products = `
create table products (
  code       text not null,
  version    integer not null,
  currency   text not null,
  definition jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (code, version)
)`;

const loanDirectory = `
create table loan_directory (
  loan_id     uuid primary key,
  customer_id uuid not null
)`;
const loanExternalIds = `
create table loan_external_ids (
  external_id text primary key,
  loan_id     uuid not null,
  customer_id uuid not null
)`;

/** In the order of creation. */
export const customerTables: readonly string[] = [
  customers,
  externalRefs,
  personalData,
  personalDataSearch,
  products,
  loanDirectory,
  loanExternalIds,
];
