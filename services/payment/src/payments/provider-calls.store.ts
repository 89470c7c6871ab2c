import { type Sql, statement, type Transaction } from '@tenor/service-kit';

/** What a provider is asked for: to take money from a payer, or to pay it out. */
export type ProviderCallKind = 'charge' | 'payout';

export interface CallKey {
  customerId: string;
  kind: ProviderCallKind;
  /** Of the payment or the refund; the Idempotency-Key of every attempt. */
  id: string;
}

export interface ProviderCall extends CallKey {
  provider: string;
  /** Minor units, above zero. */
  amount: bigint;
  currency: string;
}

/** A call that this process may send until its lease ends. */
export interface TakenCall extends ProviderCall {
  /** From 1. */
  attempts: number;
  /** Whether it has been tried for longer than a call is tried. */
  isOverdue: boolean;
}

interface TakenRow {
  customer_id: string;
  kind: ProviderCallKind;
  id: string;
  amount: bigint;
  currency: string;
  attempts: number;
  is_overdue: boolean;
}

/** How long a webhook may take before the provider is asked instead. */
const WEBHOOK_EXPECTED_WITHIN_MS = 60_000;

const insertCall = statement(
  'provider_calls_insert',
  `insert into provider_calls (customer_id, kind, id, provider, amount, currency) values ($1, $2, $3, $4, $5, $6)`,
);
// The lease is the next attempt itself: whoever dies with a call leaves it to whoever looks after that moment.
const takeDue = statement(
  'provider_calls_take',
  `with due as (
     select customer_id, kind, id from provider_calls
      where provider = $1 and next_attempt_at <= clock_timestamp()
      order by next_attempt_at limit $2 for update skip locked)
   update provider_calls c
      set next_attempt_at = clock_timestamp() + $3 * interval '1 millisecond', attempts = c.attempts + 1
     from due
    where c.customer_id = due.customer_id and c.kind = due.kind and c.id = due.id
   returning c.customer_id, c.kind, c.id, c.amount, c.currency, c.attempts,
             c.requested_at < clock_timestamp() - $4 * interval '1 millisecond' as is_overdue`,
);
const postpone = statement(
  'provider_calls_postpone',
  `update provider_calls set next_attempt_at = clock_timestamp() + $4 * interval '1 millisecond'
    where customer_id = $1 and kind = $2 and id = $3 and next_attempt_at is not null`,
);
const awaitOutcome = statement(
  'provider_calls_await_outcome',
  `update provider_calls set next_attempt_at = null, provider_reference = coalesce($4, provider_reference),
          next_poll_at = case when concluded_at is null then clock_timestamp() + $5 * interval '1 millisecond' end
    where customer_id = $1 and kind = $2 and id = $3`,
);
const conclude = statement(
  'provider_calls_conclude',
  `update provider_calls set next_attempt_at = null, next_poll_at = null,
          concluded_at = coalesce(concluded_at, clock_timestamp())
    where customer_id = $1 and kind = $2 and id = $3`,
);

/** Has a provider called once the transaction is committed, in which the payment or refund itself is stored. */
export function requestProviderCall(sql: Transaction, call: ProviderCall): void {
  sql.write(insertCall, [call.customerId, call.kind, call.id, call.provider, call.amount, call.currency]);
}

/** Calls that are due, the longest waiting first, each for nobody else until `leaseMs` have passed. */
export async function takeProviderCalls(
  sql: Sql,
  provider: string,
  { limit, leaseMs, overdueMs }: { limit: number; leaseMs: number; overdueMs: number },
): Promise<TakenCall[]> {
  const rows = await sql.query<TakenRow>(takeDue, [provider, limit, leaseMs, overdueMs]);
  return rows.map((row) => ({
    customerId: row.customer_id,
    kind: row.kind,
    id: row.id,
    provider,
    amount: row.amount,
    currency: row.currency,
    attempts: row.attempts,
    isOverdue: row.is_overdue,
  }));
}

/** Lets a call that brought no answer wait for its next attempt. */
export async function postponeProviderCall(sql: Sql, { customerId, kind, id }: CallKey, byMs: number): Promise<void> {
  await sql.query(postpone, [customerId, kind, id, byMs]);
}

/**
 * Sends a call no more, since the provider has it or may have it; its outcome is asked for when its webhook has not come
 * in time, unless it is known. `reference` is the provider's own id, null when it told none.
 */
export async function awaitProviderOutcome(
  sql: Sql,
  { customerId, kind, id }: CallKey,
  reference: string | null,
): Promise<void> {
  await sql.query(awaitOutcome, [customerId, kind, id, reference, WEBHOOK_EXPECTED_WITHIN_MS]);
}

/** Sends a call no more after this result; it is still asked for where that does not say what became of it. */
export async function endProviderCall(
  sql: Sql,
  key: CallKey,
  result: { succeeded: true } | { succeeded: false; wasMade: 'yes' | 'no' | 'unknown' },
): Promise<void> {
  if (!result.succeeded && result.wasMade === 'unknown') await awaitProviderOutcome(sql, key, null);
  else await concludeProviderCall(sql, key);
}

/** Ends a call whose outcome is known: it is neither sent nor asked for any more. */
export async function concludeProviderCall(sql: Sql, { customerId, kind, id }: CallKey): Promise<void> {
  await sql.query(conclude, [customerId, kind, id]);
}
