import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type Purge, type Sql, statement, type Transaction } from '@tenor/service-kit';
import { RETRY_MS, type StoredRefreshToken } from './refresh-token.ts';

export interface NewFamily {
  readonly id: string;
  readonly userId: string;
  readonly accessTtlSeconds: number;
  readonly refreshTtlSeconds: number;
}

/** The family of a token that somebody sent, which nobody else changes until the transaction ends. */
export interface LockedFamily {
  readonly id: string;
  readonly userId: string;
  readonly accessTtlSeconds: number;
}

/** Of logins that are over, with their tokens. */
export const refreshFamilyPurge: Purge = { table: 'refresh_families', column: 'ends_at', keepDays: 1 };

const TOKEN_BYTES = 32;

const insertFamily = statement(
  'refresh_families_insert',
  `insert into refresh_families (id, user_id, access_ttl_seconds, ends_at)
     values ($1, $2, $3, clock_timestamp() + $4 * interval '1 second')`,
);
const insertToken = statement(
  'refresh_tokens_insert',
  'insert into refresh_tokens (token_hash, family_id) values ($1, $2)',
);
const lockFamily = statement(
  'refresh_families_lock',
  `select id, user_id, access_ttl_seconds from refresh_families
    where id = (select family_id from refresh_tokens where token_hash = $1) for no key update`,
);
const selectToken = statement(
  'refresh_tokens_select',
  `select f.revoked_at is not null or f.ends_at <= clock_timestamp() as is_over,
          t.used_at is not null as is_used,
          coalesce(t.used_at > clock_timestamp() - $2 * interval '1 millisecond', false) as is_used_just_now,
          coalesce(s.used_at is not null, false) as is_successor_used,
          t.masked_successor
     from refresh_tokens t join refresh_families f on f.id = t.family_id
     left join refresh_tokens s on s.token_hash = t.successor_hash
    where t.token_hash = $1`,
);
const useToken = statement(
  'refresh_tokens_use',
  `update refresh_tokens set used_at = clock_timestamp(), successor_hash = $2, masked_successor = $3
    where token_hash = $1`,
);
const revoke = statement(
  'refresh_families_revoke',
  `update refresh_families set revoked_at = clock_timestamp() where id = $1 and revoked_at is null`,
);
const revokeByToken = statement(
  'refresh_families_revoke_by_token',
  `update refresh_families set revoked_at = clock_timestamp()
    where id = (select family_id from refresh_tokens where token_hash = $1) and revoked_at is null`,
);
const revokeOfUser = statement(
  'refresh_families_revoke_of_user',
  'update refresh_families set revoked_at = clock_timestamp() where user_id = $1 and revoked_at is null',
);

interface TokenRow {
  is_over: boolean;
  is_used: boolean;
  is_used_just_now: boolean;
  is_successor_used: boolean;
  masked_successor: Buffer | null;
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** XOR with what only a holder of the token can compute; undone by doing it again. */
function masked(token: string, successor: Buffer): Buffer {
  const mask = createHmac('sha256', token).update('successor').digest();
  return Buffer.from(successor.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

/** Begins a family, and returns its first token. */
export function openFamily(sql: Transaction, { id, userId, accessTtlSeconds, refreshTtlSeconds }: NewFamily): string {
  const token = newToken();
  sql.write(insertFamily, [id, userId, accessTtlSeconds, refreshTtlSeconds]);
  sql.write(insertToken, [hashOf(token), id]);
  return token;
}

/** Undefined for a token that was never given out. */
export async function lockFamilyOf(sql: Sql, token: string): Promise<LockedFamily | undefined> {
  type Row = { id: string; user_id: string; access_ttl_seconds: number };
  const [row] = await sql.query<Row>(lockFamily, [hashOf(token)]);
  return row && { id: row.id, userId: row.user_id, accessTtlSeconds: row.access_ttl_seconds };
}

/** The token as it is once its family is locked, with the successor that it was replaced by. */
export async function readToken(
  sql: Sql,
  token: string,
): Promise<{ readonly stored: StoredRefreshToken; readonly successor: string | undefined } | undefined> {
  const [row] = await sql.query<TokenRow>(selectToken, [hashOf(token), RETRY_MS]);
  if (row === undefined) return undefined;
  const { is_over: isOver, is_used: isUsed, masked_successor: hidden } = row;
  const stored = {
    isOver,
    isUsed,
    isUsedJustNow: row.is_used_just_now,
    isSuccessorUsed: row.is_successor_used,
  };
  return { stored, successor: hidden === null ? undefined : masked(token, hidden).toString('base64url') };
}

/** Replaces a token by a new one of the same family, which is returned. */
export function replaceToken(sql: Transaction, token: string, familyId: string): string {
  const successor = newToken();
  const hidden = masked(token, Buffer.from(successor, 'base64url'));
  sql.write(insertToken, [hashOf(successor), familyId]);
  sql.write(useToken, [hashOf(token), hashOf(successor), hidden]);
  return successor;
}

export function revokeFamily(sql: Transaction, id: string): void {
  sql.write(revoke, [id]);
}

/** Nothing happens for a token that was never given out. */
export function revokeFamilyOf(sql: Transaction, token: string): void {
  sql.write(revokeByToken, [hashOf(token)]);
}

export function revokeFamiliesOfUser(sql: Transaction, userId: string): void {
  sql.write(revokeOfUser, [userId]);
}
