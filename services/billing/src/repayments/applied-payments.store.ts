import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';

/** What a payment, or its reversal, did to one loan. Amounts in minor units, as they stand after later refolds. */
export interface AppliedPayment {
  readonly customerId: string;
  readonly paymentId: string;
  /** NO_LOAN for the part that no loan took. */
  readonly loanId: string;
  readonly kind: 'payment' | 'reversal';
  readonly currency: string;
  readonly applied: bigint;
  readonly credited: bigint;
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
  /** Brought along by an imported loan; stored only once it does something else than it came with. */
  readonly isImported: boolean;
}

/** A row of applied_payments as the database gives it. */
export interface AppliedRow {
  customer_id: string;
  payment_id: string;
  loan_id: string;
  kind: AppliedPayment['kind'];
  currency: string;
  applied: bigint;
  credited: bigint;
  value_date: LocalDate;
  recorded_at: string;
  imported: boolean;
}

const select = statement(
  'applied_payments_select',
  'select * from applied_payments where customer_id = any($1::uuid[]) and payment_id = any($2::uuid[])',
);
const upsert = statement(
  'applied_payments_save',
  `insert into applied_payments (customer_id, payment_id, loan_id, kind, currency, applied, credited, value_date, recorded_at,
                                 imported)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                          $8::date[], $9::timestamptz[], $10::boolean[])
     on conflict (customer_id, payment_id, loan_id, kind) do update
       set applied = excluded.applied, credited = excluded.credited`,
);

/** What these payments of these customers have done so far. */
export async function loadApplied(
  sql: Sql,
  customerIds: readonly string[],
  paymentIds: readonly string[],
): Promise<AppliedPayment[]> {
  if (paymentIds.length === 0) return [];
  return (await sql.query<AppliedRow>(select, [customerIds, paymentIds])).map(toApplied);
}

export function toApplied(row: AppliedRow): AppliedPayment {
  return {
    customerId: row.customer_id,
    paymentId: row.payment_id,
    loanId: row.loan_id,
    kind: row.kind,
    currency: row.currency,
    applied: row.applied,
    credited: row.credited,
    valueDate: row.value_date,
    recordedAt: row.recorded_at,
    isImported: row.imported,
  };
}

/** Stores new rows, and of known ones the amounts that a refold changed. */
export function saveApplied(sql: Transaction, rows: readonly AppliedPayment[]): void {
  if (rows.length === 0) return;
  sql.write(upsert, [
    rows.map((row) => row.customerId),
    rows.map((row) => row.paymentId),
    rows.map((row) => row.loanId),
    rows.map((row) => row.kind),
    rows.map((row) => row.currency),
    rows.map((row) => row.applied),
    rows.map((row) => row.credited),
    rows.map((row) => row.valueDate),
    rows.map((row) => row.recordedAt),
    rows.map((row) => row.isImported),
  ]);
}
