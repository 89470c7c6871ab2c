import type { LocalDate } from '@tenor/calendar';
import { type Database, readTopicProgress, type Sql, statement, unpublishedCustomers } from '@tenor/service-kit';
import type { ReversalKind } from '../payments/payment.ts';
import type { PaymentKey } from '../payments/payments.store.ts';
import { withDeadLetters } from '../payments/projection.store.ts';
import type { Dates } from './billing-books.ts';
import type { Part, Position, SettledPayment, Stretch } from './reconciliation.ts';
import type { OwnSight } from './watermark.ts';

interface Row {
  customer_id: string;
  id: string;
  value_date: LocalDate;
  currency: string;
  amount: bigint;
  recorded_at: string;
  status: string;
  answered: boolean;
  reversal_unanswered: boolean;
  parts: { loan_id: string | null; applied: string; credited: string }[] | null;
}
type SightRow = Row & { version: string };

// Amounts inside JSON are text: a JSON number would pass through a float.
const columns = `
  p.customer_id, p.id, p.value_date, p.currency, p.amount, p.recorded_at, p.status, p.answered, p.reversal_unanswered,
  (select jsonb_agg(jsonb_build_object('applied', applied::text, 'credited', credited::text,
            'loan_id', nullif(loan_id, '00000000-0000-0000-0000-000000000000')) order by loan_id)
     from payment_allocations a
    where a.customer_id = p.customer_id and a.payment_id = p.id and applied + credited > 0) as parts`;

const listOfDates = statement(
  'reconciliation_list',
  `select ${columns} from payments p
    where p.settled_event_id is not null and p.value_date between $1 and $2 and (p.value_date, p.id) > ($3, $4)
    order by p.value_date, p.id limit $5`,
);
const byIds = statement(
  'reconciliation_look',
  `select ${columns}, concat_ws('/', c.last_sequence, p.event_sequence, p.answered, p.reversal_unanswered,
            (select sum(l.last_sequence) from loan_accounts l where l.customer_id = p.customer_id)) as version
     from payments p join customers c on c.id = p.customer_id
    where p.settled_event_id is not null and p.id = any($1::uuid[])`,
);
const published = statement(
  'reconciliation_published',
  `select customer_id, id, settled_event_id, settled_sequence, reversed_event_id, event_sequence, reversal_kind,
          reversal_reason
     from payments
    where (customer_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))`,
);
const oneSnapshot = statement('reconciliation_snapshot', 'set transaction isolation level repeatable read, read only');

const BEFORE_ALL = { valueDate: '0001-01-01', paymentId: '00000000-0000-0000-0000-000000000000' };

/** The payments of these value dates that settled, in order, behind a position. */
export async function listSettled(
  sql: Sql,
  { from, to }: Dates,
  after: Position | undefined,
  limit: number,
): Promise<Stretch<SettledPayment>> {
  const { valueDate, paymentId } = after ?? BEFORE_ALL;
  const rows = await sql.query<Row>(listOfDates, [from, to, valueDate, paymentId, limit + 1]);
  return { items: rows.slice(0, limit).map(toSettled), hasMore: rows.length > limit };
}

/** This service's books of some payments, and how far it has read billing's topics, all of one moment. */
export interface OwnLook {
  readonly payments: ReadonlyMap<string, OwnSight>;
  /** The next offset that the projection reads, by topic and partition. */
  readonly progress: ReadonlyMap<string, ReadonlyMap<number, bigint>>;
}

/** `consumer` projects billing's `topics`. Payments that never settled are left out. */
export function lookAtOwn(
  database: Database,
  { consumer, topics }: { consumer: string; topics: readonly string[] },
  paymentIds: readonly string[],
): Promise<OwnLook> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const rows = await sql.query<SightRow>(byIds, [paymentIds]);
    const customerIds = [...new Set(rows.map((row) => row.customer_id))];
    const unpublished = await unpublishedCustomers(sql, customerIds);
    const putAside = await withDeadLetters(sql, consumer, customerIds);
    const progress = new Map<string, ReadonlyMap<number, bigint>>();
    for (const topic of topics) progress.set(topic, await readTopicProgress(sql, { consumer, topic }));
    const sights = rows.map((row): [string, OwnSight] => [
      row.id,
      {
        payment: toSettled(row),
        version: row.version,
        isUnpublished: unpublished.has(row.customer_id),
        isPutAside: putAside.has(row.customer_id),
      },
    ]);
    return { payments: new Map(sights), progress };
  });
}

/** The versions of these payments as they are now, by id; see `OwnSight`. */
export async function versionsOf(sql: Sql, paymentIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<SightRow>(byIds, [paymentIds]);
  return new Map(rows.map((row) => [row.id, row.version]));
}

/** Under which ids and numbers a payment's events were published, and what only its reversal's event knew. */
export interface PublishedEvents {
  readonly settled: { readonly id: string; readonly sequence: bigint };
  readonly reversed:
    | { readonly id: string; readonly sequence: bigint; readonly kind: ReversalKind; readonly reason: string | null }
    | undefined;
}

interface PublishedRow {
  id: string;
  settled_event_id: string;
  settled_sequence: bigint;
  reversed_event_id: string | null;
  event_sequence: bigint;
  reversal_kind: ReversalKind | null;
  reversal_reason: string | null;
}

/** By payment id. */
export async function publishedEvents(sql: Sql, keys: readonly PaymentKey[]): Promise<Map<string, PublishedEvents>> {
  const rows = await sql.query<PublishedRow>(published, [
    keys.map(({ customerId }) => customerId),
    keys.map(({ id }) => id),
  ]);
  return new Map(rows.map((row) => [row.id, toPublished(row)]));
}

/** A reversal is the last that happens to a payment, so its number is the payment's. */
function toPublished(row: PublishedRow): PublishedEvents {
  const { reversed_event_id: id, reversal_kind: kind, reversal_reason: reason, event_sequence: sequence } = row;
  return {
    settled: { id: row.settled_event_id, sequence: row.settled_sequence },
    reversed: id === null || kind === null ? undefined : { id, sequence, kind, reason },
  };
}

function toSettled(row: Row): SettledPayment {
  return {
    paymentId: row.id,
    customerId: row.customer_id,
    valueDate: row.value_date,
    currency: row.currency,
    amount: row.amount,
    recordedAt: row.recorded_at,
    isReversed: row.status === 'reversed',
    isAnswered: row.answered,
    reversalUnanswered: row.reversal_unanswered,
    parts: (row.parts ?? []).map(toPart),
  };
}

function toPart({ loan_id: loanId, applied, credited }: NonNullable<Row['parts']>[number]): Part {
  return { loanId, applied: BigInt(applied), credited: BigInt(credited) };
}
