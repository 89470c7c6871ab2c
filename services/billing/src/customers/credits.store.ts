import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Credits } from './credit.ts';

const select = statement(
  'credits_select',
  'select customer_id, currency, balance from customer_credits where customer_id = any($1::uuid[])',
);
const upsert = statement(
  'credits_save',
  `insert into customer_credits (customer_id, currency, balance)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[])
     on conflict (customer_id, currency) do update set balance = excluded.balance`,
);

export async function loadCredits(sql: Sql, customerIds: readonly string[]): Promise<Map<string, Credits>> {
  const rows = await sql.query<{ customer_id: string; currency: string; balance: bigint }>(select, [customerIds]);
  const credits = new Map<string, Credits>(customerIds.map((id) => [id, new Map()]));
  for (const { customer_id, currency, balance } of rows) credits.get(customer_id)?.set(currency, balance);
  return credits;
}

/** Stores balances as they are now; the customers must be locked. */
export function saveCredits(
  sql: Transaction,
  balances: readonly { customerId: string; currency: string; balance: bigint }[],
): void {
  if (balances.length === 0) return;
  sql.write(upsert, [
    balances.map(({ customerId }) => customerId),
    balances.map(({ currency }) => currency),
    balances.map(({ balance }) => balance),
  ]);
}
