import { type Purge, type Sql, type Statement, statement, type Transaction } from '@tenor/service-kit';
import type { Channel, Facts } from './message.ts';

/** How long one can be asked what a customer was told. */
export const notificationPurge: Purge = { table: 'notifications', column: 'created_at', keepDays: 90 };

export type NotificationStatus = 'waiting' | 'sent' | 'skipped' | 'failed';

export interface NotificationKey {
  readonly customerId: string;
  /** Also the Idempotency-Key of every attempt. */
  readonly id: string;
}

export interface NewNotification extends NotificationKey {
  readonly eventId: string;
  readonly eventType: string;
  readonly loanId: string;
  readonly channel: Channel;
  readonly facts: Facts;
}

export interface Notification extends NewNotification {
  readonly status: NotificationStatus;
  /** Why it was skipped or failed. */
  readonly reason: string | null;
  readonly providerReference: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** One that this process may send until its lease ends. */
export interface TakenNotification extends NewNotification {
  /** From 1. */
  readonly attempts: number;
  /** Too old to be sent. */
  readonly isOverdue: boolean;
}

export interface NotificationEnd {
  readonly status: Exclude<NotificationStatus, 'waiting'>;
  readonly reason: string | null;
  readonly providerReference: string | null;
}

export interface NotificationFilter {
  readonly customerId?: string | undefined;
  readonly status?: NotificationStatus | undefined;
  /** The page goes on below this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

interface NewRow {
  customer_id: string;
  id: string;
  event_id: string;
  event_type: string;
  loan_id: string;
  channel: Channel;
  facts: Facts;
}
interface NotificationRow extends NewRow {
  status: NotificationStatus;
  reason: string | null;
  provider_reference: string | null;
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
  ended_at: string | null;
}
type TakenRow = NewRow & { attempts: number; is_overdue: boolean };

const insert = statement(
  'notifications_insert',
  `insert into notifications (customer_id, id, event_id, event_type, loan_id, channel, facts)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::jsonb[])
     on conflict (customer_id, event_id, channel) do nothing`,
);
const news = 'n.customer_id, n.id, n.event_id, n.event_type, n.loan_id, n.channel, n.facts';
// The lease is the next attempt itself: whoever dies with a message leaves it to whoever looks after that moment.
const take = statement(
  'notifications_take',
  `with due as (
     select customer_id, id from notifications
      where next_attempt_at <= clock_timestamp() order by next_attempt_at limit $1 for update skip locked)
   update notifications n
      set attempts = n.attempts + 1, next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
     from due where n.customer_id = due.customer_id and n.id = due.id
   returning ${news}, n.attempts, n.created_at < clock_timestamp() - $3 * interval '1 hour' as is_overdue`,
);
const postpone = statement(
  'notifications_postpone',
  `update notifications set next_attempt_at = clock_timestamp() + $3 * interval '1 millisecond'
    where customer_id = $1 and id = $2 and status = 'waiting'`,
);
// One that was sent stays sent, whatever a slower attempt comes to.
const end = statement(
  'notifications_end',
  `update notifications
      set status = $3, reason = $4, provider_reference = $5, next_attempt_at = null, ended_at = clock_timestamp()
    where customer_id = $1 and id = $2 and status <> 'sent'`,
);

const conditions = {
  customerId: 'n.customer_id = ?::uuid',
  status: 'n.status = ?',
  before: 'n.id < ?::uuid',
} as const;
type Condition = keyof typeof conditions;

function pageStatement(asked: readonly Condition[]): Statement {
  const where = asked.map((name, index) => conditions[name].replace('?', `$${index + 1}`));
  return statement(
    `notifications_page_${asked.join('_')}`,
    `select ${news}, n.status, n.reason, n.provider_reference, n.attempts, n.next_attempt_at, n.created_at, n.ended_at
       from notifications n ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
      order by n.id desc limit $${asked.length + 1}`,
  );
}

/** Stores what is to be sent; what is known of the same event and channel stays as it is. */
export function storeNotifications(sql: Transaction, notifications: readonly NewNotification[]): void {
  sql.write(insert, [
    notifications.map(({ customerId }) => customerId),
    notifications.map(({ id }) => id),
    notifications.map(({ eventId }) => eventId),
    notifications.map(({ eventType }) => eventType),
    notifications.map(({ loanId }) => loanId),
    notifications.map(({ channel }) => channel),
    notifications.map(({ facts }) => JSON.stringify(facts)),
  ]);
}

/** Those that are due, the longest waiting first, each for nobody else until `leaseMs` have passed. */
export async function takeNotifications(
  sql: Sql,
  { limit, leaseMs, overdueHours }: { limit: number; leaseMs: number; overdueHours: number },
): Promise<TakenNotification[]> {
  const rows = await sql.query<TakenRow>(take, [limit, leaseMs, overdueHours]);
  return rows.map((row) => ({ ...toNew(row), attempts: row.attempts, isOverdue: row.is_overdue }));
}

export async function postponeNotification(sql: Sql, { customerId, id }: NotificationKey, byMs: number): Promise<void> {
  await sql.query(postpone, [customerId, id, Math.round(byMs)]);
}

export async function endNotification(sql: Sql, key: NotificationKey, ended: NotificationEnd): Promise<void> {
  await sql.query(end, [key.customerId, key.id, ended.status, ended.reason, ended.providerReference]);
}

/** Newest first. */
export async function pageOfNotifications(sql: Sql, filter: NotificationFilter): Promise<Notification[]> {
  const asked = (Object.keys(conditions) as Condition[]).filter((name) => filter[name] !== undefined);
  const values = [...asked.map((name) => filter[name]), filter.limit];
  return (await sql.query<NotificationRow>(pageStatement(asked), values)).map((row) => ({
    ...toNew(row),
    status: row.status,
    reason: row.reason,
    providerReference: row.provider_reference,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  }));
}

const toNew = (row: NewRow): NewNotification => ({
  customerId: row.customer_id,
  id: row.id,
  eventId: row.event_id,
  eventType: row.event_type,
  loanId: row.loan_id,
  channel: row.channel,
  facts: row.facts,
});
