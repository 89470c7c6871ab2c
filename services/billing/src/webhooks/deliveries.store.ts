import { type Purge, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { TargetFault } from './delivery-outcome.ts';
import type { EventPattern } from './event-filter.ts';

/** After so long a message is forgotten with its deliveries and their attempts, sent or not. */
export const webhookMessagePurge: Purge = { table: 'webhook_messages', column: 'created_at', keepDays: 30 };

export type DeliveryStatus = 'waiting' | 'delivered' | 'given_up';

/** Who wants which events. */
export interface Subscription {
  readonly id: string;
  readonly eventTypes: readonly EventPattern[];
  readonly createdAt: string;
}

export interface NewMessage {
  /** The event's id. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** What is sent, to the byte. */
  readonly body: string;
}

export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly messageId: string;
}

export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly message: Omit<NewMessage, 'body'>;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface Attempt {
  readonly number: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly status_code: number | null;
  readonly fault: TargetFault | null;
  readonly answer: string | null;
}

export interface DeliveryFilter {
  readonly webhookId: string;
  readonly status?: DeliveryStatus | undefined;
  /** The page goes on below this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

interface SubscriptionRow {
  id: string;
  event_types: string[];
  created_at: string;
}
interface DeliveryRow {
  id: string;
  webhook_id: string;
  message_id: string;
  type: string;
  subject: string;
  status: DeliveryStatus;
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
  ended_at: string | null;
}

const subscriptions = statement('webhook_subscriptions', 'select id, event_types, created_at from webhooks');
const insertMessages = statement(
  'webhook_messages_insert',
  `insert into webhook_messages (id, type, subject, body)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) on conflict (id) do nothing`,
);
// A subscription that is removed meanwhile is waited for, and then gets none.
const insertDeliveries = statement(
  'webhook_deliveries_insert',
  `insert into webhook_deliveries (id, webhook_id, message_id)
     select new.id, w.id, new.message_id
       from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as new (id, webhook_id, message_id)
       join webhooks w on w.id = new.webhook_id for key share of w
     on conflict (webhook_id, message_id) do nothing`,
);
const columns = `d.id, d.webhook_id, d.message_id, m.type, m.subject, d.status, d.attempts, d.next_attempt_at,
  d.created_at, d.ended_at`;
const selectPage = statement(
  'webhook_deliveries_page',
  `select ${columns} from webhook_deliveries d join webhook_messages m on m.id = d.message_id
    where d.webhook_id = $1 and ($2::text is null or d.status = $2) and ($3::uuid is null or d.id < $3)
    order by d.id desc limit $4`,
);
const select = statement(
  'webhook_deliveries_select',
  `select ${columns} from webhook_deliveries d join webhook_messages m on m.id = d.message_id
    where d.webhook_id = $1 and d.id = $2`,
);
const selectBody = statement('webhook_messages_body', 'select body from webhook_messages where id = $1');
const selectAttempts = statement(
  'webhook_attempts_select',
  `select number, started_at, duration_ms, status_code, fault, answer from webhook_attempts
    where delivery_id = $1 order by number desc limit $2`,
);
const again = `status = 'waiting', schedule_from = attempts, next_attempt_at = clock_timestamp(), ended_at = null`;
const replayOne = statement(
  'webhook_deliveries_replay',
  `update webhook_deliveries set ${again} where webhook_id = $1 and id = $2 returning id`,
);
const replaySome = statement(
  'webhook_deliveries_replay_since',
  `update webhook_deliveries set ${again}
    where id in (select id from webhook_deliveries
                  where webhook_id = $1 and status = 'given_up' and created_at >= $2 order by created_at limit $3)
   returning id`,
);

export async function readSubscriptions(sql: Sql): Promise<Subscription[]> {
  const rows = await sql.query<SubscriptionRow>(subscriptions);
  return rows.map((row) => ({ id: row.id, eventTypes: row.event_types, createdAt: row.created_at }));
}

/** Stores what is to be sent. A message or a delivery that is known already stays as it is. */
export function storeDeliveries(
  sql: Transaction,
  messages: readonly NewMessage[],
  deliveries: readonly NewDelivery[],
): void {
  sql.write(insertMessages, [
    messages.map(({ id }) => id),
    messages.map(({ type }) => type),
    messages.map(({ subject }) => subject),
    messages.map(({ body }) => body),
  ]);
  sql.write(insertDeliveries, [
    deliveries.map(({ id }) => id),
    deliveries.map(({ webhookId }) => webhookId),
    deliveries.map(({ messageId }) => messageId),
  ]);
}

/** Newest first. */
export async function pageOfDeliveries(sql: Sql, filter: DeliveryFilter): Promise<Delivery[]> {
  const { webhookId, status, before, limit } = filter;
  const rows = await sql.query<DeliveryRow>(selectPage, [webhookId, status ?? null, before ?? null, limit]);
  return rows.map(toDelivery);
}

export async function findDelivery(sql: Sql, webhookId: string, id: string): Promise<Delivery | undefined> {
  const [row] = await sql.query<DeliveryRow>(select, [webhookId, id]);
  return row && toDelivery(row);
}

export async function bodyOfMessage(sql: Sql, messageId: string): Promise<string | undefined> {
  return (await sql.query<{ body: string }>(selectBody, [messageId]))[0]?.body;
}

/** Newest first. */
export function attemptsOf(sql: Sql, deliveryId: string, limit: number): Promise<Attempt[]> {
  return sql.query<Attempt>(selectAttempts, [deliveryId, limit]);
}

/** Has a delivery sent again, now, whatever became of it; its schedule begins anew. Returns whether there is one. */
export async function replayDelivery(sql: Sql, webhookId: string, id: string): Promise<boolean> {
  return (await sql.query(replayOne, [webhookId, id])).length > 0;
}

/** The same for those given up that are no older than `since`, the oldest first. Returns how many. */
export async function replayGivenUp(sql: Sql, webhookId: string, since: string, limit: number): Promise<number> {
  return (await sql.query(replaySome, [webhookId, since, limit])).length;
}

const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  webhookId: row.webhook_id,
  message: { id: row.message_id, type: row.type, subject: row.subject },
  status: row.status,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  createdAt: row.created_at,
  endedAt: row.ended_at,
});
