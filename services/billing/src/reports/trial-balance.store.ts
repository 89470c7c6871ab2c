import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement } from '@tenor/service-kit';
import type { AccountSums, DayKind } from './trial-balance.ts';

/** Which postings are summed. */
export interface Summed {
  readonly by: DayKind;
  readonly asOf: LocalDate;
  /** RFC 3339 in UTC with six decimals. */
  readonly knownAt: string;
  /** Null: all. */
  readonly currency: string | null;
}

const sums = (day: DayKind) =>
  statement(
    `ledger_sums_by_${day}`,
    `with seen as (
       select currency, debit, credit, sum(amount) as amount from ledger_postings
        where ${day} <= $1 and recorded_at <= $2 and ($3::text is null or currency = $3)
        group by currency, debit, credit)
     select currency, account, sum(debits)::text as debits, sum(credits)::text as credits
       from (select currency, debit as account, amount as debits, 0 as credits from seen
             union all select currency, credit, 0, amount from seen) sides
      group by currency, account order by currency, account`,
  );
const sumsBy: Readonly<Record<DayKind, ReturnType<typeof sums>>> = {
  value_date: sums('value_date'),
  booked_on: sums('booked_on'),
};
const selectEarned = statement(
  'ledger_earned_through',
  // Nothing is earned before a loan's next change, and nothing ever where it has none.
  `select coalesce(min(greatest(booked_through, next_change_on - 1)) filter (where next_change_on is not null),
                   max(booked_through)) as day
     from loans where status = 'active' and booked_through is not null`,
);

interface SumsRow {
  currency: string;
  account: AccountSums['account'];
  debits: string;
  credits: string;
}

/** In the order of currency and account; accounts without postings are left out. */
export async function ledgerSums(sql: Sql, { by, asOf, knownAt, currency }: Summed): Promise<AccountSums[]> {
  const rows = await sql.query<SumsRow>(sumsBy[by], [asOf, knownAt, currency]);
  return rows.map((row) => ({ ...row, debits: BigInt(row.debits), credits: BigInt(row.credits) }));
}

/** The last day through which all that passing days earn is booked, for every loan; null where no loan earns by days. */
export async function earnedThrough(sql: Sql): Promise<LocalDate | null> {
  const [row] = await sql.query<{ day: LocalDate | null }>(selectEarned);
  return row?.day ?? null;
}
