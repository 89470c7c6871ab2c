import type { LocalDate } from '@tenor/calendar';
import { statement, type Transaction } from '@tenor/service-kit';

/** Money that came in of a loan that was written off. Amounts in minor units. */
export interface StoredRecovery {
  readonly customerId: string;
  readonly id: string;
  readonly loanId: string;
  readonly currency: string;
  readonly amount: bigint;
  /** What of it the loan does not take, as it stands after later refolds: credit. */
  readonly credited: bigint;
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
}

const upsert = statement(
  'recoveries_save',
  `insert into recoveries (customer_id, id, loan_id, currency, amount, credited, value_date, recorded_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::date[],
                          $8::timestamptz[])
     on conflict (customer_id, id) do update set credited = excluded.credited`,
);

/** Stores new recoveries, and of known ones the credit that a refold changed. */
export function saveRecoveries(sql: Transaction, recoveries: readonly StoredRecovery[]): void {
  if (recoveries.length === 0) return;
  sql.write(upsert, [
    recoveries.map(({ customerId }) => customerId),
    recoveries.map(({ id }) => id),
    recoveries.map(({ loanId }) => loanId),
    recoveries.map(({ currency }) => currency),
    recoveries.map(({ amount }) => amount),
    recoveries.map(({ credited }) => credited),
    recoveries.map(({ valueDate }) => valueDate),
    recoveries.map(({ recordedAt }) => recordedAt),
  ]);
}
