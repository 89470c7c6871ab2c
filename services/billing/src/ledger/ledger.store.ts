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
// Arrays differ in length from run to run, which unnest cannot take: they travel as array literals.
const insertAllRuns = statement(
  'ledger_runs_insert',
  `with open as materialized (select books_open_from() as since)
   insert into ledger_runs (customer_id, loan_id, debit, credit, component, currency, event_ids, value_dates, instalments,
                            amounts, booked_from, recorded_at)
     select customer_id, loan_id, debit, credit, component, currency, event_ids::uuid[], value_dates::date[],
            instalments::integer[], amounts::bigint[], open.since, recorded_at
       from open,
            unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::text[], $11::timestamptz[])
         as new(customer_id, loan_id, debit, credit, component, currency, event_ids, value_dates, instalments, amounts,
                recorded_at)`,
);
const select = statement(
  'ledger_of_loan',
  `select event_id, value_date, debit, credit, amount, currency, instalment, component
     from ledger_postings where customer_id = $1 and loan_id = $2`,
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

/**
 * Stores all postings of loans that come with their past, each pair of accounts and component of a loan as one row: once
 * per loan. They are recorded at one instant.
 */
export function insertRuns(sql: Transaction, entries: readonly LedgerEntry[]): void {
  const keyOf = ({ loanId, debit, credit, component }: LedgerEntry): string =>
    `${loanId} ${debit} ${credit} ${component}`;
  const runs = [...Map.groupBy(entries, keyOf).values()].flatMap((run) => {
    const [first] = run;
    return first === undefined ? [] : [{ ...first, run }];
  });
  if (runs.length === 0) return;
  const arrays = (of: (entry: LedgerEntry) => string | number | bigint | null): string[] =>
    runs.map(({ run }) => `{${run.map((entry) => of(entry) ?? 'null').join(',')}}`);
  sql.write(insertAllRuns, [
    runs.map((run) => run.customerId),
    runs.map((run) => run.loanId),
    runs.map((run) => run.debit),
    runs.map((run) => run.credit),
    runs.map((run) => run.component),
    runs.map((run) => run.currency),
    arrays((entry) => entry.eventId),
    arrays((entry) => entry.valueDate),
    arrays((entry) => entry.instalment),
    arrays((entry) => entry.amount),
    runs.map((run) => run.recordedAt),
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
