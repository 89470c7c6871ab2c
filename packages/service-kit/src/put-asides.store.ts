import { writeAuditLog } from './audit-log.store.ts';
import type { Asking } from './data-change.ts';
import type { Sql, Transaction } from './database.ts';
import type { Place } from './inbox.store.ts';
import { statement } from './statement.ts';

/** A message that an operator wants to be put aside when it next fails. */
export interface PutAside extends Place {
  readonly message_offset: bigint;
  readonly reason: string;
  readonly ordered_by: string;
  readonly ordered_at: string;
}

// Given again, the last reason counts.
const upsertOrder = statement(
  'put_asides_upsert',
  `insert into put_asides (consumer, topic, partition, message_offset, reason, ordered_by) values ($1, $2, $3, $4, $5, $6)
   on conflict (consumer, topic, partition, message_offset) do update
   set reason = excluded.reason, ordered_by = excluded.ordered_by, ordered_at = excluded.ordered_at
   returning *`,
);
const selectOrders = statement(
  'put_asides_select',
  `select * from put_asides where consumer = $1 and topic = $2 and partition = $3 and message_offset = any($4::bigint[])
   order by message_offset`,
);
const deleteOrder = statement(
  'put_asides_delete',
  'delete from put_asides where consumer = $1 and topic = $2 and partition = $3 and message_offset = $4',
);

export async function orderPutAside(
  sql: Transaction,
  { consumer, topic, partition }: Place,
  { offset, reason, by }: { offset: bigint; reason: string; by: Asking },
): Promise<PutAside> {
  const values = [consumer, topic, partition, offset, reason, by.caller.id];
  const [stored] = await sql.query<PutAside>(upsertOrder, values);
  if (stored === undefined) throw new Error('An upsert returns its row');
  const id = `${topic}/${partition}/${offset}`;
  writeAuditLog(sql, [{ entity: 'put_aside', id, action: 'ordered', before: null, after: { consumer, reason }, by }]);
  return stored;
}

/** The orders for these messages, in the order of the messages. */
export function putAsidesAmong(
  sql: Sql,
  { consumer, topic, partition }: Place,
  offsets: readonly bigint[],
): Promise<PutAside[]> {
  return sql.query<PutAside>(selectOrders, [consumer, topic, partition, offsets]);
}

/** The order is carried out. */
export async function forgetPutAside(sql: Sql, order: PutAside): Promise<void> {
  await sql.query(deleteOrder, [order.consumer, order.topic, order.partition, order.message_offset]);
}
