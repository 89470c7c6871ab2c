import { externalRef, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { User, UserStatus } from './user.ts';
import { decodeUserData, encodeUserData, type UserData } from './user-data.ts';
import { canonicalUsername } from './username.ts';

/** A user with everything personal. */
export interface FullUser {
  readonly user: User;
  readonly data: UserData;
}
/** What logging in needs of a user. */
export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}
export interface NewUser extends Pick<User, 'id' | 'roles' | 'customerId'> {
  readonly data: UserData;
  readonly passwordHash: string;
}
export interface UserFilter {
  readonly username: string | undefined;
  readonly status: UserStatus | undefined;
  /** The page goes on below this id. */
  readonly before: string | undefined;
  readonly limit: number;
}

interface UserRow {
  id: string;
  roles: string[];
  customer_id: string | null;
  status: UserStatus;
  version: number;
  created_at: string;
}
type FullRow = UserRow & { data: string };

const columns = 'id, roles, customer_id, status, version, created_at';

const insert = statement(
  'users_insert',
  `insert into users (id, username_ref, data, password_hash, roles, customer_id) values ($1, $2, $3, $4, $5::text[], $6)
     on conflict (username_ref) do nothing returning id`,
);
const selectByName = statement(
  'users_select_by_name',
  `select ${columns}, password_hash from users where username_ref = $1`,
);
const selectFull = statement('users_select', `select ${columns}, data from users where id = $1`);
const lockFull = statement('users_lock', `select ${columns}, data from users where id = $1 for no key update`);
const selectPage = statement(
  'users_page',
  `select ${columns}, data from users
    where ($1::text is null or status = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
);
const selectNamed = statement(
  'users_page_by_name',
  `select ${columns}, data from users
    where username_ref = $1 and ($2::text is null or status = $2) and ($3::uuid is null or id < $3)`,
);
// Neither is changed before this transaction ends.
const holdActive = statement(
  'users_hold_active',
  `select id from users where id = $1 and status = 'active' and password_hash = $2 for share`,
);
const update = statement(
  'users_update',
  `update users set data = $2, password_hash = coalesce($3, password_hash), roles = $4::text[], customer_id = $5,
          status = $6, version = $7
    where id = $1`,
);

const toUser = (row: UserRow): User => ({
  id: row.id,
  roles: row.roles,
  customerId: row.customer_id,
  status: row.status,
  version: row.version,
  createdAt: row.created_at,
});
const toFull = (row: FullRow): FullUser => ({ user: toUser(row), data: decodeUserData(row.data) });

/** Reads and writes users. `refKey` is the secret under which names become references. */
export function usersStore(refKey: string) {
  const refOf = (username: string): string => externalRef(refKey, `user:${canonicalUsername(username)}`);
  return {
    /** For the log of data changes. */
    hashOf: (text: string): string => externalRef(refKey, `audit:${text}`),

    /** Stores a new user and returns true; false, with nothing written, where the name is taken. */
    async insert(sql: Sql, { id, data, passwordHash, roles, customerId }: NewUser): Promise<boolean> {
      const values = [id, refOf(data.username), encodeUserData(data), passwordHash, roles, customerId];
      return (await sql.query(insert, values)).length > 0;
    },

    async credentials(sql: Sql, username: string): Promise<Credentials | undefined> {
      const [row] = await sql.query<UserRow & { password_hash: string }>(selectByName, [refOf(username)]);
      return row && { user: toUser(row), passwordHash: row.password_hash };
    },

    /** Newest first. */
    async page(sql: Sql, { username, status, before, limit }: UserFilter): Promise<FullUser[]> {
      const rows =
        username === undefined
          ? sql.query<FullRow>(selectPage, [status ?? null, before ?? null, limit])
          : sql.query<FullRow>(selectNamed, [refOf(username), status ?? null, before ?? null]);
      return (await rows).map(toFull);
    },
  };
}
export type UsersStore = ReturnType<typeof usersStore>;

export async function findUser(sql: Sql, id: string): Promise<FullUser | undefined> {
  const [row] = await sql.query<FullRow>(selectFull, [id]);
  return row && toFull(row);
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockUser(sql: Sql, id: string): Promise<FullUser | undefined> {
  const [row] = await sql.query<FullRow>(lockFull, [id]);
  return row && toFull(row);
}

/** Whether the user is still active and has still this password, and remains so until the transaction ends. */
export async function isStill(sql: Sql, { user, passwordHash }: Credentials): Promise<boolean> {
  return (await sql.query(holdActive, [user.id, passwordHash])).length > 0;
}

/** `passwordHash` only where there is a new password. */
export function updateUser(sql: Transaction, { user, data }: FullUser, passwordHash: string | null): void {
  const { id, roles, customerId, status, version } = user;
  sql.write(update, [id, encodeUserData(data), passwordHash, roles, customerId, status, version]);
}
