import type { LocalDate } from '@tenor/calendar';
import { topics } from '@tenor/contracts';
import {
  type Database,
  readTopicProgress,
  type Sql,
  statement,
  subjectsPutAside,
  unpublishedCustomers,
} from '@tenor/service-kit';
import { type AppliedPayment, type AppliedRow, toApplied } from './applied-payments.store.ts';

/** A payment by the value date under which billing keeps it; the order of the list. */
export interface AppliedKey {
  readonly valueDate: LocalDate;
  readonly paymentId: string;
}

/** Which payments are asked for: those of some value dates in order, or these, whatever their date. */
export type AppliedQuery =
  | { readonly from: string; readonly to: string; readonly after: AppliedKey | undefined; readonly limit: number }
  | { readonly paymentIds: readonly string[] };

export interface AppliedCreditsAtOnce {
  readonly keys: readonly AppliedKey[];
  readonly credits: readonly AppliedPayment[];
  readonly progress: ReadonlyMap<number, bigint>;
  /** Payments with a message among the dead letters. */
  readonly putAside: readonly string[];
  /** Customers with events that wait in the outbox. */
  readonly unpublished: ReadonlySet<string>;
}

const oneSnapshot = statement('applied_credits_snapshot', 'set transaction isolation level repeatable read, read only');
const keysOfDates = statement(
  'applied_credits_keys',
  `select distinct value_date, payment_id from applied_payments
    where value_date between $1 and $2 and (value_date, payment_id) > ($3, $4)
    order by value_date, payment_id limit $5`,
);
const byPayment = statement(
  'applied_credits_by_payment',
  'select * from applied_payments where payment_id = any($1::uuid[]) order by value_date, payment_id, kind, loan_id',
);

const BEFORE_ALL: AppliedKey = {
  valueDate: '0001-01-01' as LocalDate,
  paymentId: '00000000-0000-0000-0000-000000000000',
};

/** What these payments did, and how far the consumer `group` and the relay have come, all of one moment. */
export function readAppliedCredits(
  database: Database,
  group: string,
  query: AppliedQuery,
): Promise<AppliedCreditsAtOnce> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const named = 'paymentIds' in query ? query.paymentIds : [];
    const listed = 'paymentIds' in query ? undefined : await keysBetween(sql, query);
    const ids = listed?.map(({ paymentId }) => paymentId) ?? named;
    const rows = await sql.query<AppliedRow>(byPayment, [ids]);
    const place = { consumer: group, topic: topics.payments };
    return {
      keys: listed ?? keysOf(rows),
      credits: rows.map(toApplied),
      progress: await readTopicProgress(sql, place),
      putAside: await subjectsPutAside(sql, place, ids),
      unpublished: await unpublishedCustomers(sql, [...new Set(rows.map((row) => row.customer_id))]),
    };
  });
}

async function keysBetween(sql: Sql, query: Extract<AppliedQuery, { limit: number }>): Promise<AppliedKey[]> {
  const { valueDate, paymentId } = query.after ?? BEFORE_ALL;
  const values = [query.from, query.to, valueDate, paymentId, query.limit];
  const rows = await sql.query<{ value_date: LocalDate; payment_id: string }>(keysOfDates, values);
  return rows.map((row) => ({ valueDate: row.value_date, paymentId: row.payment_id }));
}

/** Each payment once, under the date of its first row. */
function keysOf(rows: readonly AppliedRow[]): AppliedKey[] {
  const payments = Map.groupBy(rows, ({ payment_id }) => payment_id);
  return [...payments].flatMap(([paymentId, [first]]) => (first ? [{ valueDate: first.value_date, paymentId }] : []));
}
