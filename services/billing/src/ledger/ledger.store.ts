import { newId, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Posting } from './posting.ts';

/** A posting and whose books it belongs to. */
export interface LedgerEntry extends Posting {
  readonly customerId: string;
  readonly loanId: string;
  readonly recordedAt: string;
}

// In a closed month an entry is booked on the first day of the first open one.
const insert = statement(
  'ledger_insert',
  `with open as materialized (select books_open_from() as since)
   insert into ledger_entries (customer_id, loan_id, id, event_id, value_date, booked_on, debit, credit, amount, currency,
                               instalment, component, recorded_at)
     select customer_id, loan_id, id, event_id, value_date, greatest(value_date, open.since), debit, credit, amount,
            currency, instalment, component, recorded_at
       from open,
            unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::text[], $7::text[], $8::bigint[],
                   $9::text[], $10::integer[], $11::text[], $12::timestamptz[])
         as new(customer_id, loan_id, id, event_id, value_date, debit, credit, amount, currency, instalment, component,
                recorded_at)`,
);
const select = statement(
  'ledger_of_loan',
  `select event_id, value_date, debit, credit, amount, currency, instalment, component
     from ledger_entries where customer_id = $1 and loan_id = $2`,
);

export function insertEntries(sql: Transaction, entries: readonly LedgerEntry[]): void {
  if (entries.length === 0) return;
  sql.write(insert, [
    entries.map((entry) => entry.customerId),
    entries.map((entry) => entry.loanId),
    entries.map(() => newId()),
    entries.map((entry) => entry.eventId),
    entries.map((entry) => entry.valueDate),
    entries.map((entry) => entry.debit),
    entries.map((entry) => entry.credit),
    entries.map((entry) => entry.amount),
    entries.map((entry) => entry.currency),
    entries.map((entry) => entry.instalment),
    entries.map((entry) => entry.component),
    entries.map((entry) => entry.recordedAt),
  ]);
}

interface Row {
  event_id: string | null;
  value_date: Posting['valueDate'];
  debit: Posting['debit'];
  credit: Posting['credit'];
  amount: bigint;
  currency: string;
  instalment: number | null;
  component: Posting['component'];
}

/** Everything booked for one loan, in no order. */
export async function postingsOfLoan(sql: Sql, customerId: string, loanId: string): Promise<Posting[]> {
  const rows = await sql.query<Row>(select, [customerId, loanId]);
  return rows.map(({ event_id: eventId, value_date: valueDate, ...rest }) => ({ eventId, valueDate, ...rest }));
}
