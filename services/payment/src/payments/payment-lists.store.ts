import { type Sql, statement } from '@tenor/service-kit';
import type { Payment } from './payment.ts';
import { type PaymentRow, paymentColumns, toPayment } from './payments.store.ts';

export interface PaymentFilter {
  customerId?: string | undefined;
  loanId?: string | undefined;
  status?: string | undefined;
  currency?: string | undefined;
  /** First and last value date. */
  from?: string | undefined;
  to?: string | undefined;
  /** Only payments older than this one. */
  after?: string | undefined;
}

const conditions: Readonly<Record<keyof PaymentFilter, (parameter: string) => string>> = {
  customerId: (parameter) => `p.customer_id = ${parameter}`,
  loanId: (parameter) =>
    `(p.customer_id, p.id) in (select customer_id, payment_id from payment_allocations where loan_id = ${parameter})`,
  status: (parameter) => `p.status = ${parameter}`,
  currency: (parameter) => `p.currency = ${parameter}`,
  from: (parameter) => `p.value_date >= ${parameter}`,
  to: (parameter) => `p.value_date <= ${parameter}`,
  after: (parameter) => `p.id < ${parameter}`,
};

/** Payments that pass the filter, newest first. */
export async function listPayments(sql: Sql, filter: PaymentFilter, limit: number): Promise<Payment[]> {
  const given = (Object.keys(conditions) as (keyof PaymentFilter)[]).filter((key) => filter[key] !== undefined);
  const tests = given.map((key, index) => conditions[key](`$${index + 2}`));
  const where = tests.length > 0 ? `where ${tests.join(' and ')}` : '';
  const list = statement(
    `payments_list_${given.join('_')}`.toLowerCase(),
    `select ${paymentColumns} from payments p ${where} order by p.id desc limit $1`,
  );
  const rows = await sql.query<PaymentRow>(list, [limit, ...given.map((key) => filter[key])]);
  return rows.map(toPayment);
}
