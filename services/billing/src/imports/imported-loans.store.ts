import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';

/** A loan that came by a file; `loanNumber` is unique within its customer. */
export interface StoredImport {
  readonly customerId: string;
  readonly loanNumber: bigint;
  readonly loanId: string;
  /** The day whose state the file told. */
  readonly asOf: LocalDate;
  readonly currency: string;
  /** Instalments that the file counted as paid on time, and those of them that had not fallen due by its day. */
  readonly paidOnTime: number;
  readonly surplusOnTime: number;
  /** How many payments it brought along, and their sum in minor units. */
  readonly payments: number;
  readonly paid: bigint;
}

const selectCustomers = statement(
  'imported_loans_customers',
  'select external_ref, customer_id from customer_external_refs where external_ref = any($1::text[])',
);
const selectNumbers = statement(
  'imported_loans_numbers',
  'select customer_id, loan_number from imported_loans where customer_id = any($1::uuid[])',
);
const selectSums = statement(
  'imported_loans_sums',
  `select currency, sum(payments)::integer as count, sum(paid)::bigint as paid from imported_loans
    where as_of between $1 and $2 group by currency order by currency`,
);
const insert = statement(
  'imported_loans_insert',
  `insert into imported_loans (customer_id, loan_number, loan_id, as_of, currency, paid_on_time, surplus_on_time, payments,
                               paid)
     select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::date[], $5::text[], $6::integer[], $7::integer[],
                          $8::integer[], $9::bigint[])`,
);

/** The ids of the known ones among these customers, by what stands for their external ids. */
export async function customersByRef(sql: Sql, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ external_ref: string; customer_id: string }>(selectCustomers, [[...new Set(refs)]]);
  return new Map(rows.map((row) => [row.external_ref, row.customer_id]));
}

/** A customer's loan by the number that it has in files. */
export const importKey = (customerId: string, loanNumber: bigint): string => `${customerId} ${loanNumber}`;

/** The keys of all loans that came by files for these customers, who must be locked. */
export async function importedNumbers(sql: Sql, customerIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ customer_id: string; loan_number: bigint }>(selectNumbers, [customerIds]);
  return new Set(rows.map((row) => importKey(row.customer_id, row.loan_number)));
}

export function insertImports(sql: Transaction, imports: readonly StoredImport[]): void {
  if (imports.length === 0) return;
  sql.write(insert, [
    imports.map(({ customerId }) => customerId),
    imports.map(({ loanNumber }) => loanNumber),
    imports.map(({ loanId }) => loanId),
    imports.map(({ asOf }) => asOf),
    imports.map(({ currency }) => currency),
    imports.map(({ paidOnTime }) => paidOnTime),
    imports.map(({ surplusOnTime }) => surplusOnTime),
    imports.map(({ payments }) => payments),
    imports.map(({ paid }) => paid),
  ]);
}

/** What loans had been paid before they came by files of these days, by currency; minor units. */
export function importedSums(
  sql: Sql,
  from: string,
  to: string,
): Promise<{ currency: string; count: number; paid: bigint }[]> {
  return sql.query(selectSums, [from, to]);
}
