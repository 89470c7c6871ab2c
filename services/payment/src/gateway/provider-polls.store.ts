import { type Sql, statement } from '@tenor/service-kit';
import type { CallKey, ProviderCallKind } from '../payments/provider-calls.store.ts';

/** A call whose outcome this process may ask for until its lease ends. */
export interface AskedCall extends CallKey {
  /** From 1. */
  readonly polls: number;
  /** Whether it has been open for longer than a provider is asked. */
  readonly isOverdue: boolean;
}

/** The calls without an outcome of one provider, kind and state. */
export interface OpenCalls {
  readonly provider: string;
  readonly kind: ProviderCallKind;
  /**
   * `waiting`: still to be sent; `accepted`: the provider has it, or may have it; `not_configured`: nobody acts;
   * `contradicted`: its refund has ended, and then the provider told otherwise.
   */
  readonly state: 'waiting' | 'accepted' | 'not_configured' | 'contradicted';
  readonly count: number;
  /** Age of the oldest since it was asked for. */
  readonly oldestSeconds: number;
}

interface AskedRow {
  customer_id: string;
  kind: ProviderCallKind;
  id: string;
  polls: number;
  is_overdue: boolean;
}
interface OpenRow {
  provider: string;
  kind: ProviderCallKind;
  state: OpenCalls['state'];
  count: number;
  oldest_seconds: number;
}

// The lease is the next question itself, as it is with attempts.
const takeAsked = statement(
  'provider_polls_take',
  `with due as (
     select customer_id, kind, id from provider_calls
      where provider = $1 and next_poll_at <= clock_timestamp()
      order by next_poll_at limit $2 for update skip locked)
   update provider_calls c
      set next_poll_at = clock_timestamp() + $3 * interval '1 millisecond', polls = c.polls + 1
     from due
    where c.customer_id = due.customer_id and c.kind = due.kind and c.id = due.id
   returning c.customer_id, c.kind, c.id, c.polls,
             c.requested_at < clock_timestamp() - $4 * interval '1 millisecond' as is_overdue`,
);
const postpone = statement(
  'provider_polls_postpone',
  `update provider_calls set next_poll_at = clock_timestamp() + $4 * interval '1 millisecond'
    where customer_id = $1 and kind = $2 and id = $3 and next_poll_at is not null`,
);
const contradict = statement(
  'provider_calls_contradict',
  `update provider_calls c
      set contradicted_at = clock_timestamp(), concluded_at = null, next_attempt_at = null, next_poll_at = null
     from refund_directory d join refunds r on r.customer_id = d.customer_id and r.id = d.refund_id
    where d.refund_id = $1 and r.status <> 'authorised' and c.provider = $2 and c.contradicted_at is null
      and c.customer_id = r.customer_id and c.kind = 'payout' and c.id = r.id
   returning c.id`,
);
const deny = statement(
  'provider_calls_deny',
  `update provider_calls set denials = denials + 1
    where customer_id = $1 and kind = $2 and id = $3 and refusal_code is not null and concluded_at is null
   returning refusal_code`,
);
const open = statement(
  'provider_calls_open',
  `select provider, kind,
          case when contradicted_at is not null then 'contradicted'
               when provider <> all ($1::text[]) then 'not_configured'
               when next_attempt_at is not null then 'waiting' else 'accepted' end as state,
          count(*)::int as count,
          extract(epoch from clock_timestamp() - min(requested_at))::float8 as oldest_seconds
     from provider_calls where concluded_at is null group by 1, 2, 3`,
);

/**
 * Opens the call of a refund that has ended and of which its provider tells otherwise, until a person ends it; false when
 * that was known, be it that a person has ended it.
 */
export async function keepContradiction(sql: Sql, provider: string, refundId: string): Promise<boolean> {
  return (await sql.query(contradict, [refundId, provider])).length > 0;
}

/** Counts that a provider told of no call, or of a failed one, after it refused an attempt; the code of that refusal, if any. */
export async function keepDenial(sql: Sql, { customerId, kind, id }: CallKey): Promise<string | undefined> {
  const [row] = await sql.query<{ refusal_code: string }>(deny, [customerId, kind, id]);
  return row?.refusal_code;
}

/** Calls whose outcome is to be asked for, the longest waiting first, each for nobody else until `leaseMs` have passed. */
export async function takeAskedCalls(
  sql: Sql,
  provider: string,
  { limit, leaseMs, overdueMs }: { limit: number; leaseMs: number; overdueMs: number },
): Promise<AskedCall[]> {
  const rows = await sql.query<AskedRow>(takeAsked, [provider, limit, leaseMs, overdueMs]);
  return rows.map(({ customer_id: customerId, is_overdue: isOverdue, ...same }) => ({
    ...same,
    customerId,
    isOverdue,
  }));
}

/** Lets a call that brought no outcome wait for its next question; null asks no more. */
export async function postponePoll(sql: Sql, { customerId, kind, id }: CallKey, byMs: number | null): Promise<void> {
  await sql.query(postpone, [customerId, kind, id, byMs]);
}

/** All calls without an outcome, counted; `providers` are the configured ones. */
export async function countOpenCalls(sql: Sql, providers: readonly string[]): Promise<OpenCalls[]> {
  const rows = await sql.query<OpenRow>(open, [providers]);
  return rows.map(({ oldest_seconds: oldestSeconds, ...same }) => ({ ...same, oldestSeconds }));
}
