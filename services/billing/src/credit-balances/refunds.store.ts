import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { RefundStatus } from './refund.ts';

/** What billing decided about a refund; amount in minor units. */
export interface Refund {
  readonly customerId: string;
  readonly id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly status: RefundStatus;
  /** The day on which the credit was taken. */
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
}

/** A row of refunds as the database gives it. */
export interface RefundRow {
  customer_id: string;
  id: string;
  currency: string;
  amount: bigint;
  status: Refund['status'];
  value_date: LocalDate;
  recorded_at: string;
}

const select = statement('refunds_select', 'select * from refunds where customer_id = $1 and id = $2');
const insert = statement(
  'refunds_insert',
  `insert into refunds (customer_id, id, currency, amount, status, value_date, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
);
const update = statement('refunds_update', 'update refunds set status = $3 where customer_id = $1 and id = $2');

export async function findRefund(sql: Sql, customerId: string, id: string): Promise<Refund | undefined> {
  const [row] = await sql.query<RefundRow>(select, [customerId, id]);
  if (row === undefined) return undefined;
  const { customer_id, value_date, recorded_at, ...same } = row;
  return { ...same, customerId: customer_id, valueDate: value_date, recordedAt: recorded_at };
}

export function insertRefund(sql: Transaction, refund: Refund): void {
  const { customerId, id, currency, amount, status, valueDate, recordedAt } = refund;
  sql.write(insert, [customerId, id, currency, amount, status, valueDate, recordedAt]);
}

export function saveRefundStatus(sql: Transaction, { customerId, id, status }: Refund): void {
  sql.write(update, [customerId, id, status]);
}
