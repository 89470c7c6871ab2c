import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users of the API, and what keeps them logged in. */
export class Identity1763700000280 implements MigrationInterface {
  name = 'Identity1763700000280';

  async up(runner: QueryRunner): Promise<void> {
    for (const text of [users, families, tokens]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table refresh_tokens, refresh_families, users');
  }
}

// username_ref is a keyed hash of the name; everything personal is in data, behind one codec.
const users = `
create table users (
  id            uuid primary key,
  username_ref  text not null unique,
  data          text not null,
  password_hash text not null,
  roles         text[] not null,
  customer_id   uuid references customers,
  status        text not null default 'active' check (status in ('active', 'disabled')),
  version       integer not null default 1,
  created_at    timestamptz not null default clock_timestamp()
);
create index users_of_customer on users (customer_id) where customer_id is not null`;

// A login with all that follows from it.
const families = `
create table refresh_families (
  id                 uuid primary key,
  user_id            uuid not null references users on delete cascade,
  access_ttl_seconds integer not null,
  ends_at            timestamptz not null,
  revoked_at         timestamptz,
  created_at         timestamptz not null default clock_timestamp()
);
create index refresh_families_of_user on refresh_families (user_id) where revoked_at is null;
create index refresh_families_by_end on refresh_families (ends_at)`;

// Only hashes of tokens are kept. A successor is masked by the token that it follows, so that nobody can read it here.
const tokens = `
create table refresh_tokens (
  token_hash       bytea primary key,
  family_id        uuid not null references refresh_families on delete cascade,
  used_at          timestamptz,
  successor_hash   bytea,
  masked_successor bytea,
  created_at       timestamptz not null default clock_timestamp(),
  check ((used_at is null) = (successor_hash is null))
);
create index refresh_tokens_of_family on refresh_tokens (family_id)`;
