import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { DeliveryStatus } from './deliveries.store.ts';
import type { TargetAnswer } from './delivery-outcome.ts';
import type { DisabledReason } from './webhook.ts';

/** A subscription that this process alone sends to until its lease ends. */
export interface Turn {
  readonly webhookId: string;
  readonly url: string;
  /** The newest first; the one before it too, while it still signs. */
  readonly secrets: readonly string[];
  /** Turns in a row that brought no success. */
  readonly failedTurns: number;
  /** How long every attempt has failed. */
  readonly failingMs: number;
}

export interface TakenDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly body: string;
  /** This attempt's, from 1. */
  readonly number: number;
  /** The same since it was last replayed. */
  readonly tries: number;
}

/** One attempt, and what its delivery comes to by it. */
export interface EndedAttempt {
  readonly delivery: TakenDelivery;
  readonly answer: TargetAnswer;
  readonly durationMs: number;
  readonly status: DeliveryStatus;
  /** Of one that waits for another attempt. */
  readonly pauseMs: number;
}

export interface TurnEnd {
  readonly webhookId: string;
  /** Where it was sent to. */
  readonly url: string;
  readonly hasSucceeded: boolean;
  /** Before the next turn. */
  readonly pauseMs: number;
  readonly disabled: DisabledReason | null;
}

interface TurnRow {
  id: string;
  url: string;
  secret: string;
  former_secret: string | null;
  failed_turns: number;
  failing_ms: number;
}
interface TakenRow {
  id: string;
  message_id: string;
  body: string;
  attempts: number;
  tries: number;
}

// The lease is the next turn itself: whoever dies in a turn leaves the rest to whoever looks after that moment.
const take = statement(
  'webhook_turns_take',
  `with due as (
     select id from webhooks w
      where status = 'enabled' and next_turn_at <= clock_timestamp()
        and exists (select 1 from webhook_deliveries d
                     where d.webhook_id = w.id and d.next_attempt_at <= clock_timestamp())
      order by next_turn_at limit $1 for no key update skip locked)
   update webhooks w set next_turn_at = clock_timestamp() + $2 * interval '1 millisecond'
     from due where w.id = due.id
   returning w.id, w.url, w.secret, w.failed_turns,
             case when w.former_secret_until > clock_timestamp() then w.former_secret end as former_secret,
             coalesce(extract(epoch from clock_timestamp() - w.failing_since) * 1000, 0)::float8 as failing_ms`,
);
const takeDue = statement(
  'webhook_deliveries_take',
  `with due as (
     select id from webhook_deliveries
      where webhook_id = $1 and next_attempt_at <= clock_timestamp()
      order by next_attempt_at, id limit $2 for update skip locked)
   update webhook_deliveries d
      set attempts = d.attempts + 1, next_attempt_at = clock_timestamp() + $3 * interval '1 millisecond'
     from due, webhook_messages m
    where d.id = due.id and m.id = d.message_id
   returning d.id, d.message_id, m.body, d.attempts, d.attempts - d.schedule_from as tries`,
);
// What the former address answered says nothing of a new one.
const endTurnOf = statement(
  'webhook_turns_end',
  `update webhooks
      set next_turn_at = clock_timestamp() + $3 * interval '1 millisecond',
          failed_turns = case when $2 then 0 else failed_turns + 1 end,
          failing_since = case when $2 then null else coalesce(failing_since, clock_timestamp()) end,
          status = case when fault.reason is null then status else 'disabled' end,
          disabled_reason = coalesce(disabled_reason, fault.reason),
          disabled_at = case when fault.reason is null then disabled_at else coalesce(disabled_at, clock_timestamp()) end
     from (select case when url = $5 then $4::text end as reason from webhooks where id = $1) as fault
    where id = $1`,
);
// What was replayed, or tried again after the lease of this attempt had run out, is not put off by its failure.
const endDeliveries = statement(
  'webhook_deliveries_end',
  `update webhook_deliveries d
      set status = new.status,
          next_attempt_at = case when new.status = 'waiting'
                                 then clock_timestamp() + new.pause_ms * interval '1 millisecond' end,
          ended_at = case when new.status <> 'waiting' then clock_timestamp() end
     from unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[]) as new (id, number, status, pause_ms)
    where d.id = new.id
      and (new.status = 'delivered' or d.status = 'waiting' and d.attempts = new.number and d.schedule_from < new.number)`,
);
const insertAttempts = statement(
  'webhook_attempts_insert',
  `insert into webhook_attempts (delivery_id, number, started_at, duration_ms, status_code, fault, answer)
     select d.id, new.number, clock_timestamp() - new.duration_ms * interval '1 millisecond', new.duration_ms,
            new.status_code, new.fault, new.answer
       from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[], $6::text[])
         as new (delivery_id, number, duration_ms, status_code, fault, answer)
       join webhook_deliveries d on d.id = new.delivery_id for key share of d
     on conflict do nothing`,
);

/** Subscriptions with something due, those first that waited longest, each for nobody else until `leaseMs` have passed. */
export async function takeTurns(sql: Sql, { limit, leaseMs }: { limit: number; leaseMs: number }): Promise<Turn[]> {
  const rows = await sql.query<TurnRow>(take, [limit, leaseMs]);
  return rows.map((row) => ({
    webhookId: row.id,
    url: row.url,
    secrets: row.former_secret === null ? [row.secret] : [row.secret, row.former_secret],
    failedTurns: row.failed_turns,
    failingMs: row.failing_ms,
  }));
}

/** Its deliveries that are due, those first that waited longest; each attempt is counted before it is made. */
export async function takeDeliveries(
  sql: Sql,
  webhookId: string,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<TakenDelivery[]> {
  const rows = await sql.query<TakenRow>(takeDue, [webhookId, limit, leaseMs]);
  return rows.map((row) => ({
    id: row.id,
    messageId: row.message_id,
    body: row.body,
    number: row.attempts,
    tries: row.tries,
  }));
}

/** Keeps what a turn came to; the subscription is free for its next one after the pause. */
export function endTurn(sql: Transaction, turn: TurnEnd, attempts: readonly EndedAttempt[]): void {
  sql.write(endTurnOf, [turn.webhookId, turn.hasSucceeded, turn.pauseMs, turn.disabled, turn.url]);
  const ids = attempts.map(({ delivery }) => delivery.id);
  const numbers = attempts.map(({ delivery }) => delivery.number);
  sql.write(endDeliveries, [
    ids,
    numbers,
    attempts.map(({ status }) => status),
    attempts.map(({ pauseMs }) => pauseMs),
  ]);
  sql.write(insertAttempts, [
    ids,
    numbers,
    attempts.map(({ durationMs }) => durationMs),
    attempts.map(({ answer }) => answer.statusCode ?? null),
    attempts.map(({ answer }) => answer.fault ?? null),
    attempts.map(({ answer }) => answer.text),
  ]);
}
