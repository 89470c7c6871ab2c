import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { LoanKey } from './journal.store.ts';

interface KeyRow {
  loan_id: string;
  customer_id: string;
}

const nextOfAll = statement(
  'loans_to_republish',
  'select loan_id, customer_id from loan_directory where loan_id > $1 order by loan_id limit $2',
);
const nextOfCustomer = statement(
  'loans_to_republish_of_customer',
  'select id as loan_id, customer_id from loans where id > $1 and customer_id = $3 order by id limit $2',
);

const saveSequences = statement(
  'loans_save_sequences',
  `update loans set event_sequence = new.event_sequence
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as new(customer_id, id, event_sequence)
    where loans.customer_id = new.customer_id and loans.id = new.id`,
);

/** Below every id. */
const START = '00000000-0000-0000-0000-000000000000';

/** The next loans by id, of one customer or of all. */
export async function loansAfter(
  sql: Sql,
  { after = START, limit, customerId }: { after?: string; limit: number; customerId?: string },
): Promise<LoanKey[]> {
  const rows =
    customerId === undefined
      ? await sql.query<KeyRow>(nextOfAll, [after, limit])
      : await sql.query<KeyRow>(nextOfCustomer, [after, limit, customerId]);
  return rows.map((row) => ({ loanId: row.loan_id, customerId: row.customer_id }));
}

/** Keeps how many events each loan has published, and nothing else of it. */
export function saveLoanSequences(
  sql: Transaction,
  loans: readonly (LoanKey & { readonly eventSequence: bigint })[],
): void {
  if (loans.length === 0) return;
  sql.write(saveSequences, [
    loans.map(({ customerId }) => customerId),
    loans.map(({ loanId }) => loanId),
    loans.map(({ eventSequence }) => eventSequence),
  ]);
}
