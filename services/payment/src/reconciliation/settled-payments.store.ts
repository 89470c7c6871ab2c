import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement } from '@tenor/service-kit';
import type { ReversalKind } from '../payments/payment.ts';
import type { PaymentKey } from '../payments/payments.store.ts';
import type { Dates } from './billing-books.ts';
import { BEFORE_ALL, type Seen } from './own-look.store.ts';
import type { Part, SettledPayment } from './reconciliation.ts';
import type { Position, Stretch } from './stretch.ts';

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

/** The payments of these value dates that settled, in order, behind a position. */
export async function listSettled(
  sql: Sql,
  { from, to }: Dates,
  after: Position | undefined,
  limit: number,
): Promise<Stretch<SettledPayment>> {
  const { date, id } = after ?? BEFORE_ALL;
  const rows = await sql.query<Row>(listOfDates, [from, to, date, id, limit + 1]);
  return { items: rows.slice(0, limit).map(toSettled), hasMore: rows.length > limit };
}

/** Those of the payments that settled. */
export async function seeSettled(sql: Sql, ids: readonly string[]): Promise<Seen<SettledPayment>[]> {
  const rows = await sql.query<SightRow>(byIds, [ids]);
  return rows.map((row) => ({ entry: toSettled(row), version: row.version }));
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
    id: row.id,
    date: row.value_date,
    customerId: row.customer_id,
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
