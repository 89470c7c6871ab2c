import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { CallHistory, ProviderResult } from './provider-result.ts';

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

interface HistoryRow {
  attempts: number;
  was_accepted: boolean;
  was_refused: boolean;
  denials: number;
  has_outcome: boolean;
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
// What was contradicted is a person's: it is neither asked for nor opened or ended by news any more.
const awaitOutcome = statement(
  'provider_calls_await_outcome',
  `update provider_calls set next_attempt_at = null,
          next_poll_at = case when concluded_at is null and contradicted_at is null
                              then coalesce(next_poll_at, clock_timestamp() + $4 * interval '1 millisecond') end
    where customer_id = $1 and kind = $2 and id = $3`,
);
const accept = statement(
  'provider_calls_accept',
  `with before as (
     select customer_id, kind, id, contradicted_at is null as goes_on,
            contradicted_at is null and concluded_at is not null and refusal_code is not null as is_opened
       from provider_calls where customer_id = $1 and kind = $2 and id = $3 for update)
   update provider_calls c
      set next_attempt_at = null, provider_reference = $4, denials = 0,
          concluded_at = case when not is_opened then c.concluded_at end,
          next_poll_at = case when is_opened or goes_on and c.concluded_at is null
                              then coalesce(c.next_poll_at, clock_timestamp() + $5 * interval '1 millisecond') end
     from before
    where c.customer_id = before.customer_id and c.kind = before.kind and c.id = before.id
   returning is_opened`,
);
const refuse = statement(
  'provider_calls_refuse',
  `update provider_calls
      set refusal_code = $4,
          concluded_at = case when contradicted_at is not null then concluded_at end,
          next_poll_at = case when concluded_at is not null and contradicted_at is null then clock_timestamp()
                              else next_poll_at end
    where customer_id = $1 and kind = $2 and id = $3`,
);
const history = statement(
  'provider_calls_history',
  `select attempts, provider_reference is not null as was_accepted, refusal_code is not null as was_refused, denials,
          concluded_at is not null as has_outcome
     from provider_calls where customer_id = $1 and kind = $2 and id = $3 for update`,
);
const conclude = statement(
  'provider_calls_conclude',
  `update provider_calls set next_attempt_at = null, next_poll_at = null,
          concluded_at = case when contradicted_at is null then coalesce(concluded_at, clock_timestamp())
                              else concluded_at end
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
 * Keeps that the provider has the call, under its own id `reference`: it is sent no more, and asked for when its webhook
 * has not come in time.
 *
 * @returns whether this opened it again: it was ended already, after another of its attempts was refused
 */
export async function acceptProviderCall(
  sql: Sql,
  { customerId, kind, id }: CallKey,
  reference: string,
): Promise<boolean> {
  const values = [customerId, kind, id, reference, WEBHOOK_EXPECTED_WITHIN_MS];
  const [row] = await sql.query<{ is_opened: boolean }>(accept, values);
  return row?.is_opened === true;
}

/**
 * Keeps that the provider has refused an attempt; what that comes to is for `weigh` to say. A call that has ended is asked
 * for again: it may have ended by news of this very attempt.
 */
export async function keepRefusal(sql: Sql, { customerId, kind, id }: CallKey, failureCode: string): Promise<void> {
  await sql.query(refuse, [customerId, kind, id, failureCode]);
}

/** What a call has come to, which nobody changes until the transaction ends; no attempts where there is none. */
export async function lockCallHistory(sql: Sql, { customerId, kind, id }: CallKey): Promise<CallHistory> {
  const [row] = await sql.query<HistoryRow>(history, [customerId, kind, id]);
  return {
    attempts: row?.attempts ?? 0,
    wasAccepted: row?.was_accepted ?? false,
    wasRefused: row?.was_refused ?? false,
    denials: row?.denials ?? 0,
    hasOutcome: row?.has_outcome ?? false,
  };
}

/**
 * Sends a call no more, since the provider has it or may have it, and asks for its outcome, unless it is known: at once
 * where that is in doubt.
 */
export async function awaitProviderOutcome(
  sql: Sql,
  { customerId, kind, id }: CallKey,
  asks: 'in time' | 'at once',
): Promise<void> {
  await sql.query(awaitOutcome, [customerId, kind, id, asks === 'at once' ? 0 : WEBHOOK_EXPECTED_WITHIN_MS]);
}

/** Sends a call no more after this result; it is still asked for where that does not say what became of it. */
export async function endProviderCall(sql: Sql, key: CallKey, result: ProviderResult): Promise<void> {
  if (!result.succeeded && result.wasMade === 'unknown') await awaitProviderOutcome(sql, key, 'in time');
  else await concludeProviderCall(sql, key);
}

/** Ends a call whose outcome is known: it is neither sent nor asked for any more. What was contradicted only a person ends. */
export async function concludeProviderCall(sql: Sql, { customerId, kind, id }: CallKey): Promise<void> {
  await sql.query(conclude, [customerId, kind, id]);
}
