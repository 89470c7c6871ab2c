import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from './journal.store.ts';

const insert = statement(
  'score_queries_insert',
  'insert into score_queries (customer_id, loan_id) select * from unnest($1::uuid[], $2::uuid[])',
);
// Who else has decided such a loan has ended the application, whatever its query still waits for.
const selectPending = statement(
  'score_queries_pending',
  `select q.customer_id, q.loan_id from score_queries q
     join loans l on l.customer_id = q.customer_id and l.id = q.loan_id
    where q.customer_id = any($1::uuid[]) and l.status = 'pending'`,
);

/** Has a score asked for of each of these new loans, once their transaction is committed. */
export function requestScores(sql: Transaction, loans: readonly LoanKey[]): void {
  if (loans.length === 0) return;
  sql.write(insert, [loans.map(({ customerId }) => customerId), loans.map(({ loanId }) => loanId)]);
}

/** The loan by which each of these customers has applied and which is not decided; by customer. */
export async function pendingApplications(sql: Sql, customerIds: readonly string[]): Promise<Map<string, string>> {
  if (customerIds.length === 0) return new Map();
  const rows = await sql.query<{ customer_id: string; loan_id: string }>(selectPending, [customerIds]);
  return new Map(rows.map((row) => [row.customer_id, row.loan_id]));
}
