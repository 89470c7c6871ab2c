import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Refund, RefundNews } from './refund.ts';

/** A refund as it is kept: with the instants of its steps, by the database's clock. */
export interface StoredRefund extends Refund {
  readonly requestedAt: string;
  readonly decidedAt: string | null;
  readonly closedAt: string | null;
}

export interface RefundKey {
  readonly customerId: string;
  readonly id: string;
}

interface Row {
  customer_id: string;
  id: string;
  external_id: string | null;
  amount: bigint;
  currency: string;
  method: string;
  status: Refund['status'];
  reason: string | null;
  requested_at: string;
  decided_at: string | null;
  closed_at: string | null;
  event_sequence: bigint;
}

interface NewsRow {
  refund_id: string;
  sequence: bigint;
  kind: RefundNews['kind'];
  event_id: string;
}

const columns = `customer_id, id, external_id, amount, currency, method, status, reason,
  requested_at, decided_at, closed_at, event_sequence`;
const insert = statement(
  'refunds_insert',
  `with directory as (insert into refund_directory (refund_id, customer_id) values ($2, $1))
   insert into refunds (customer_id, id, external_id, amount, currency, method, status, event_sequence, caller)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const claim = statement(
  'refund_external_ids_claim',
  `insert into refund_external_ids (external_id, customer_id, refund_id) values ($1, $2, $3)
     on conflict (external_id) do nothing returning refund_id`,
);
const byKeys = statement(
  'refunds_by_keys',
  `select ${columns} from refunds where (customer_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))`,
);
const customerOf = statement(
  'refund_directory_find',
  'select customer_id, refund_id from refund_directory where refund_id = $1',
);
const save = statement(
  'refunds_save',
  `update refunds set status = new.status, reason = new.reason, event_sequence = new.event_sequence,
          decided_at = coalesce(decided_at, clock_timestamp()),
          closed_at = case when new.status <> 'authorised' then coalesce(closed_at, clock_timestamp()) end
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[])
       as new(customer_id, id, status, reason, event_sequence)
    where refunds.customer_id = new.customer_id and refunds.id = new.id`,
);
const insertNews = statement(
  'refund_events_insert',
  'insert into refund_events (customer_id, refund_id, sequence, kind, event_id) values ($1, $2, $3, $4, $5)',
);
const newsOf = statement(
  'refund_events_of',
  `select refund_id, sequence, kind, event_id from refund_events
    where (customer_id, refund_id) in (select * from unnest($1::uuid[], $2::uuid[])) order by refund_id, sequence`,
);
const decided = statement(
  'refunds_decided',
  `select customer_id, id from refunds
    where (customer_id, id) in (select * from unnest($1::uuid[], $2::uuid[])) and status <> 'requested'`,
);
const page = statement(
  'refunds_page',
  `select ${columns} from refunds
    where customer_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or id < $3)
    order by id desc limit $4`,
);

/** Keeps under which id and number an event told of a refund. */
export function keepRefundNews(sql: Transaction, { customerId, id }: RefundKey, news: RefundNews): void {
  sql.write(insertNews, [customerId, id, news.sequence, news.kind, news.eventId]);
}

/** What events have told of these refunds, in order, by refund. */
export async function refundNews(sql: Sql, keys: readonly RefundKey[]): Promise<Map<string, RefundNews[]>> {
  if (keys.length === 0) return new Map();
  const values = [keys.map(({ customerId }) => customerId), keys.map(({ id }) => id)];
  const rows = await sql.query<NewsRow>(newsOf, values);
  const byRefund = Map.groupBy(rows, ({ refund_id }) => refund_id);
  return new Map([...byRefund].map(([id, own]) => [id, own.map(toNews)]));
}

function toNews({ kind, event_id: eventId, sequence }: NewsRow): RefundNews {
  return { kind, eventId, sequence };
}

/** Stores a new refund and its directory entry. */
export function addRefund(sql: Transaction, refund: Refund, caller: string): void {
  const { customerId, id, externalId, amount, currency, method, status, eventSequence } = refund;
  sql.write(insert, [customerId, id, externalId, amount, currency, method, status, eventSequence, caller]);
}

/** Whether the external id was free, and is now this refund's. */
export async function claimRefundExternalId(sql: Sql, externalId: string, key: RefundKey): Promise<boolean> {
  return (await sql.query(claim, [externalId, key.customerId, key.id])).length > 0;
}

export async function findRefundKey(sql: Sql, id: string): Promise<RefundKey | undefined> {
  const [row] = await sql.query<{ customer_id: string; refund_id: string }>(customerOf, [id]);
  return row && { customerId: row.customer_id, id: row.refund_id };
}

/** The known ones among the named refunds, by id. */
export async function loadRefunds(sql: Sql, keys: readonly RefundKey[]): Promise<Map<string, StoredRefund>> {
  if (keys.length === 0) return new Map();
  const rows = await sql.query<Row>(byKeys, [keys.map(({ customerId }) => customerId), keys.map(({ id }) => id)]);
  return new Map(rows.map((row) => [row.id, toRefund(row)]));
}

/** Stores the steps that refunds took, and when; one that is returned stays closed at the time of its payout. */
export function saveRefunds(sql: Transaction, refunds: readonly Refund[]): void {
  if (refunds.length === 0) return;
  sql.write(save, [
    refunds.map(({ customerId }) => customerId),
    refunds.map(({ id }) => id),
    refunds.map(({ status }) => status),
    refunds.map(({ reason }) => reason),
    refunds.map(({ eventSequence }) => eventSequence),
  ]);
}

/** The id under which a request waits for a refund to be decided. */
export const refundWaitKeyOf = ({ customerId, id }: RefundKey): string => `${customerId}/${id}`;

/** Those of the wait keys whose refunds billing has authorised or refused. */
export async function decidedRefunds(sql: Sql, waitKeys: readonly string[]): Promise<Set<string>> {
  const keys = waitKeys.map((key) => key.split('/'));
  const values = [keys.map(([customerId]) => customerId), keys.map(([, id]) => id)];
  const rows = await sql.query<{ customer_id: string; id: string }>(decided, values);
  return new Set(rows.map((row) => refundWaitKeyOf({ customerId: row.customer_id, id: row.id })));
}

/** A customer's refunds, newest first, below the id `after`. */
export async function listRefunds(
  sql: Sql,
  filter: { customerId: string; status: string | undefined; after: string | undefined },
  limit: number,
): Promise<StoredRefund[]> {
  const values = [filter.customerId, filter.status ?? null, filter.after ?? null, limit];
  return (await sql.query<Row>(page, values)).map(toRefund);
}

function toRefund(row: Row): StoredRefund {
  return {
    id: row.id,
    customerId: row.customer_id,
    externalId: row.external_id,
    amount: row.amount,
    currency: row.currency,
    method: row.method,
    status: row.status,
    reason: row.reason,
    eventSequence: row.event_sequence,
    requestedAt: row.requested_at,
    decidedAt: row.decided_at,
    closedAt: row.closed_at,
  };
}
