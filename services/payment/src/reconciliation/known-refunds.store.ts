import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement } from '@tenor/service-kit';
import type { Dates } from './billing-books.ts';
import { BEFORE_ALL, type Seen } from './own-look.store.ts';
import type { KnownRefund } from './refund-comparison.ts';
import type { Position, Stretch } from './stretch.ts';

interface Row {
  customer_id: string;
  id: string;
  requested_on: LocalDate;
  currency: string;
  amount: bigint;
  status: KnownRefund['status'];
  requested_at: string;
}
type SightRow = Row & { version: string };

const columns = 'r.customer_id, r.id, r.requested_on, r.currency, r.amount, r.status, r.requested_at';
const listOfDates = statement(
  'known_refunds_list',
  `select ${columns} from refunds r
    where r.requested_on between $1 and $2 and (r.requested_on, r.id) > ($3, $4)
    order by r.requested_on, r.id limit $5`,
);
const byIds = statement(
  'known_refunds_look',
  `select ${columns}, concat_ws('/', c.last_sequence, r.event_sequence, r.status) as version
     from refund_directory d
     join refunds r on r.customer_id = d.customer_id and r.id = d.refund_id
     join customers c on c.id = r.customer_id
    where d.refund_id = any($1::uuid[])`,
);

/** The refunds that were requested on these days, in order, behind a position. */
export async function listRequested(
  sql: Sql,
  { from, to }: Dates,
  after: Position | undefined,
  limit: number,
): Promise<Stretch<KnownRefund>> {
  const { date, id } = after ?? BEFORE_ALL;
  const rows = await sql.query<Row>(listOfDates, [from, to, date, id, limit + 1]);
  return { items: rows.slice(0, limit).map(toKnown), hasMore: rows.length > limit };
}

/** Those of the refunds that are known here. */
export async function seeRequested(sql: Sql, ids: readonly string[]): Promise<Seen<KnownRefund>[]> {
  const rows = await sql.query<SightRow>(byIds, [ids]);
  return rows.map((row) => ({ entry: toKnown(row), version: row.version }));
}

function toKnown({ id, requested_on: date, customer_id: customerId, currency, amount, status, ...row }: Row) {
  return { id, date, customerId, currency, amount, status, recordedAt: row.requested_at };
}
