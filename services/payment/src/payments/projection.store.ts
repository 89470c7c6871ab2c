import { type Sql, statement } from '@tenor/service-kit';

const progress = statement(
  'projection_progress',
  'select topic, partition, next_offset from consumer_progress where consumer = $1',
);
const unanswered = statement(
  'projection_unanswered_reversals',
  'select distinct customer_id from payments where customer_id = any($1::uuid[]) and reversal_unanswered',
);
const putAside = statement(
  'projection_dead_letters',
  `select distinct message_key from dead_letters
    where consumer = $1 and status in ('dead', 'parked') and message_key = any($2::text[])`,
);
const disbursed = statement(
  'projection_disbursed_loans',
  `select customer_id, loan_id from loan_accounts
    where customer_id = any($1::uuid[]) and status not in ('pending', 'approved')`,
);

const unknown = statement(
  'projection_unknown_ids',
  `select named.id from unnest($2::uuid[]) as named(id)
    where not exists (select from loan_accounts l where l.customer_id = $1 and l.loan_id = named.id)
   union all
   select $1::uuid where not exists (select from customers c where c.id = $1)`,
);
// Ids of events grow with the time at which they were made.
const youngest = statement(
  'projection_youngest_event',
  'select event_id from inbox where consumer = $1 order by event_id desc limit 1',
);

/** The next offset that the consumer will read, by topic and partition (`topic/partition`). */
export async function readProgress(sql: Sql, consumer: string): Promise<Map<string, bigint>> {
  const rows = await sql.query<{ topic: string; partition: number; next_offset: bigint }>(progress, [consumer]);
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, row.next_offset]));
}

/** Those of the customers who have a reversal that billing has not answered. */
export async function withUnansweredReversals(sql: Sql, customerIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ customer_id: string }>(unanswered, [customerIds]);
  return new Set(rows.map((row) => row.customer_id));
}

/** Those of the customers of whom a message could not be taken in: what is projected of them is not all. */
export async function withDeadLetters(
  sql: Sql,
  consumer: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.query<{ message_key: string }>(putAside, [consumer, customerIds]);
  return new Set(rows.map((row) => row.message_key));
}

/** The ids of the customers' loans that were disbursed once, and of the customers that have one. */
export async function disbursedLoans(sql: Sql, customerIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ customer_id: string; loan_id: string }>(disbursed, [customerIds]);
  return new Set(rows.flatMap((row) => [row.customer_id, row.loan_id]));
}

/** The customer's id if nothing is known of them, and those of the loans' ids that no loan of theirs has. */
export async function unknownIds(
  sql: Sql,
  { customerId, loanIds }: { readonly customerId: string; readonly loanIds: readonly string[] },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(unknown, [customerId, loanIds]);
  return rows.map(({ id }) => id);
}

/** The id of the event that was made last of those that the consumer has taken in. */
export async function youngestEvent(sql: Sql, consumer: string): Promise<string | undefined> {
  const [row] = await sql.query<{ event_id: string }>(youngest, [consumer]);
  return row?.event_id;
}
