import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { SpendingKind } from '../loans/loan-event.ts';
import { NO_LOAN } from '../loans/no-loan.ts';
import type { Lot } from './credit-balance.ts';

/** What one spending took of one lot, in minor units. */
export interface SpentCredit {
  readonly customerId: string;
  readonly spendingId: string;
  readonly lotId: string;
  readonly loanId: string;
  readonly kind: SpendingKind;
  readonly currency: string;
  readonly amount: bigint;
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
}

interface LotRow {
  lot_id: string;
  loan_id: string;
  value_date: LocalDate;
  recorded_at: string;
  unspent: bigint;
}
interface SpentRow {
  customer_id: string;
  spending_id: string;
  lot_id: string;
  loan_id: string;
  kind: SpendingKind;
  currency: string;
  amount: bigint;
  value_date: LocalDate;
  recorded_at: string;
}

const selectLots = statement(
  'credit_lots',
  `select lot_id, loan_id, value_date, recorded_at, unspent
     from (select payment_id as lot_id, loan_id, value_date, recorded_at, credited from applied_payments p
            where customer_id = $1 and currency = $2 and kind = 'payment' and credited > 0
              and not exists (select from applied_payments r
                               where r.customer_id = p.customer_id and r.payment_id = p.payment_id
                                 and r.loan_id = p.loan_id and r.kind = 'reversal')
           union all
           select id, loan_id, value_date, recorded_at, credited from credit_uses
            where customer_id = $1 and currency = $2 and credited > 0
           union all
           select id, loan_id, value_date, recorded_at, credited from recoveries
            where customer_id = $1 and currency = $2 and credited > 0) l
     cross join lateral (
       select (l.credited - coalesce(sum(s.amount), 0))::bigint as unspent from spent_credits s
        where s.customer_id = $1 and s.lot_id = l.lot_id and s.loan_id = l.loan_id and s.returned_at is null) left_over
    where unspent > 0`,
);
const insert = statement(
  'spent_credits_insert',
  `insert into spent_credits (customer_id, spending_id, lot_id, loan_id, kind, currency, amount, value_date, recorded_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[],
                          $8::date[], $9::timestamptz[])`,
);
const selectSpent = statement(
  'spent_credits_of_spending',
  'select * from spent_credits where customer_id = $1 and spending_id = $2 order by value_date, lot_id, loan_id',
);
const giveBack = statement(
  'spent_credits_return',
  'update spent_credits set returned_at = $3 where customer_id = $1 and spending_id = $2',
);

/** What is unspent of the customer's credit, lot by lot; the customer must be locked. */
export async function loadLots(sql: Sql, customerId: string, currency: string): Promise<Lot[]> {
  return (await sql.query<LotRow>(selectLots, [customerId, currency])).map((row) => ({
    lotId: row.lot_id,
    loanId: row.loan_id,
    valueDate: row.value_date,
    recordedAt: row.recorded_at,
    unspent: row.unspent,
  }));
}

export function insertSpent(sql: Transaction, rows: readonly SpentCredit[]): void {
  sql.write(insert, [
    rows.map(({ customerId }) => customerId),
    rows.map(({ spendingId }) => spendingId),
    rows.map(({ lotId }) => lotId),
    rows.map(({ loanId }) => loanId),
    rows.map(({ kind }) => kind),
    rows.map(({ currency }) => currency),
    rows.map(({ amount }) => amount),
    rows.map(({ valueDate }) => valueDate),
    rows.map(({ recordedAt }) => recordedAt),
  ]);
}

export async function loadSpent(sql: Sql, customerId: string, spendingId: string): Promise<SpentCredit[]> {
  return (await sql.query<SpentRow>(selectSpent, [customerId, spendingId])).map(
    ({ customer_id, spending_id, lot_id, loan_id, value_date, recorded_at, ...row }) => ({
      ...row,
      customerId: customer_id,
      spendingId: spending_id,
      lotId: lot_id,
      loanId: loan_id,
      valueDate: value_date,
      recordedAt: recorded_at,
    }),
  );
}

/** All that the spending took counts as unspent from this instant on. */
export function returnSpent(sql: Transaction, customerId: string, spendingId: string, now: string): void {
  sql.write(giveBack, [customerId, spendingId, now]);
}

/** The loans among these, each once. */
export const loansOf = (parts: readonly { readonly loanId: string }[]): string[] =>
  [...new Set(parts.map(({ loanId }) => loanId))].filter((loanId) => loanId !== NO_LOAN);
