import { createHash } from 'node:crypto';
import { canonicalJson, type Origin, type Sql, statement, type Transaction } from '@tenor/service-kit';
import { type JournalEvent, loanEventsOf } from './imported-payments.ts';
import type { LoanEvent } from './loan-event.ts';
import { payloadOf, storedPayload } from './stored-payload.ts';

/** The end of a loan's chain: what the next event is chained to. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly recordedAt: string;
}

/** Before the first event. */
export const NO_HEAD: Head = { seq: 0, hash: '0'.repeat(64), recordedAt: '' };

export interface JournalRow {
  customer_id: string;
  loan_id: string;
  seq: number;
  id: string;
  type: JournalEvent['type'];
  value_date: LoanEvent['valueDate'];
  recorded_at: string;
  actor: string;
  payload: string;
  prev_hash: string;
  hash: string;
}

const insert = statement(
  'journal_insert',
  `insert into loan_events (customer_id, loan_id, seq, id, type, value_date, recorded_at, actor, payload, prev_hash, hash, origin)
     select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::uuid[], $5::text[], $6::date[], $7::timestamptz[],
                          $8::text[], $9::text[], $10::text[], $11::text[], $12::jsonb[])`,
);
const select = statement(
  'journal_select',
  `select customer_id, loan_id, seq, id, type, value_date, recorded_at, actor, payload, prev_hash, hash from loan_events
    where customer_id = any($1::uuid[]) and loan_id = any($2::uuid[]) order by loan_id, seq`,
);

export interface LoanKey {
  readonly customerId: string;
  readonly loanId: string;
}
export interface NewEvents extends LoanKey {
  readonly head: Head;
  readonly events: readonly JournalEvent[];
}

/** Chains the loan's new events to its head; the last row's hash is the new head's. */
export function chain({ customerId, loanId, head, events }: NewEvents): { rows: JournalRow[]; head: Head } {
  const rows: JournalRow[] = [];
  let { hash } = head;
  for (const event of events) {
    const row: JournalRow = {
      customer_id: customerId,
      loan_id: loanId,
      seq: event.seq,
      id: event.id,
      type: event.type,
      value_date: event.valueDate,
      recorded_at: event.recordedAt,
      actor: event.actor,
      payload: canonicalJson(storedPayload(event.payload)),
      prev_hash: hash,
      hash: '',
    };
    hash = hashOf(row);
    rows.push({ ...row, hash });
  }
  const last = events.at(-1);
  return { rows, head: last === undefined ? head : { seq: last.seq, hash, recordedAt: last.recordedAt } };
}

/** SHA-256 in hex over the previous hash and the RFC 8785 text of the event, whose payload is taken as it is stored. */
export function hashOf(row: JournalRow): string {
  const text = (value: string): string => canonicalJson(value);
  const event =
    `{"actor":${text(row.actor)},"customer_id":${text(row.customer_id)},"id":${text(row.id)},` +
    `"loan_id":${text(row.loan_id)},"payload":${row.payload},"recorded_at":${text(row.recorded_at)},` +
    `"seq":${row.seq},"type":${text(row.type)},"value_date":${text(row.value_date)}}`;
  return createHash('sha256').update(row.prev_hash, 'utf8').update(event, 'utf8').digest('hex');
}

/** Rows with the request that they are recorded in, which stands beside the chain and not in it. */
export interface AskedRows {
  readonly rows: readonly JournalRow[];
  readonly origin: Origin | null;
}

export function insertEvents(sql: Transaction, asked: readonly AskedRows[]): void {
  const rows = asked.flatMap((each) => each.rows);
  if (rows.length === 0) return;
  sql.write(insert, [
    rows.map((row) => row.customer_id),
    rows.map((row) => row.loan_id),
    rows.map((row) => row.seq),
    rows.map((row) => row.id),
    rows.map((row) => row.type),
    rows.map((row) => row.value_date),
    rows.map((row) => row.recorded_at),
    rows.map((row) => row.actor),
    rows.map((row) => row.payload),
    rows.map((row) => row.prev_hash),
    rows.map((row) => row.hash),
    asked.flatMap(originsOf),
  ]);
}

function originsOf({ rows, origin }: AskedRows): (string | null)[] {
  const text = origin && JSON.stringify(origin);
  return rows.map(() => text);
}

/** The stored rows of these loans, each loan's in the order of recording. */
export async function journalRows(sql: Sql, loans: readonly LoanKey[]): Promise<JournalRow[]> {
  if (loans.length === 0) return [];
  const customerIds = [...new Set(loans.map(({ customerId }) => customerId))];
  return sql.query<JournalRow>(select, [customerIds, loans.map(({ loanId }) => loanId)]);
}

/** The events of these loans by loan id, each loan's in the order of recording. */
export async function loadEvents(sql: Sql, loans: readonly LoanKey[]): Promise<Map<string, LoanEvent[]>> {
  const events = new Map<string, LoanEvent[]>(loans.map(({ loanId }) => [loanId, []]));
  for (const row of await journalRows(sql, loans)) events.get(row.loan_id)?.push(...toEvents(row));
  return events;
}

/** What the fold takes for this row. */
export function toEvents(row: JournalRow): readonly LoanEvent[] {
  return loanEventsOf({
    id: row.id,
    seq: row.seq,
    type: row.type,
    valueDate: row.value_date,
    recordedAt: row.recorded_at,
    actor: row.actor,
    payload: payloadOf(row.type, JSON.parse(row.payload)),
  } as JournalEvent);
}
