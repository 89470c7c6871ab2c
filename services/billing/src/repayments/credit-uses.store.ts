import type { LocalDate } from '@tenor/calendar';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';

/** Credit that paid a loan. Amounts in minor units; `applied` and `credited` as they stand after later refolds. */
export interface CreditUse {
  readonly customerId: string;
  readonly id: string;
  readonly loanId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly applied: bigint;
  /** amount − applied: credit again. */
  readonly credited: bigint;
  readonly valueDate: LocalDate;
  readonly recordedAt: string;
}

interface Row {
  customer_id: string;
  id: string;
  loan_id: string;
  currency: string;
  amount: bigint;
  applied: bigint;
  credited: bigint;
  value_date: LocalDate;
  recorded_at: string;
}

const insert = statement(
  'credit_uses_insert',
  `insert into credit_uses (customer_id, id, loan_id, currency, amount, applied, credited, value_date, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const move = statement(
  'credit_uses_move',
  `update credit_uses set applied = moved.applied, credited = moved.credited
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as moved(customer_id, id, applied, credited)
    where credit_uses.customer_id = moved.customer_id and credit_uses.id = moved.id`,
);
const selectOne = statement('credit_uses_select', 'select * from credit_uses where customer_id = $1 and id = $2');
const selectPage = statement(
  'credit_uses_page',
  `select * from credit_uses where customer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
);

export function insertUse(sql: Transaction, use: CreditUse): void {
  const { customerId, id, loanId, currency, amount, applied, credited, valueDate, recordedAt } = use;
  sql.write(insert, [customerId, id, loanId, currency, amount, applied, credited, valueDate, recordedAt]);
}

/** Stores the amounts that a refold changed. */
export function saveMovedUses(
  sql: Transaction,
  uses: readonly Pick<CreditUse, 'customerId' | 'id' | 'applied' | 'credited'>[],
): void {
  if (uses.length === 0) return;
  sql.write(move, [
    uses.map(({ customerId }) => customerId),
    uses.map(({ id }) => id),
    uses.map(({ applied }) => applied),
    uses.map(({ credited }) => credited),
  ]);
}

export async function findUse(sql: Sql, customerId: string, id: string): Promise<CreditUse | undefined> {
  const [row] = await sql.query<Row>(selectOne, [customerId, id]);
  return row && toUse(row);
}

/** A customer's uses of credit, newest first, below the id `before`. */
export async function pageOfUses(
  sql: Sql,
  { customerId, before, limit }: { customerId: string; before: string | undefined; limit: number },
): Promise<CreditUse[]> {
  return (await sql.query<Row>(selectPage, [customerId, before ?? null, limit])).map(toUse);
}

function toUse({ customer_id, loan_id, value_date, recorded_at, ...row }: Row): CreditUse {
  return { ...row, customerId: customer_id, loanId: loan_id, valueDate: value_date, recordedAt: recorded_at };
}
