import { type Origin, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Payment } from './payment.ts';
import { noLoan } from './payments.store.ts';

const knownExternalIds = statement(
  'payment_external_ids_known',
  'select external_id from payment_external_ids where external_id = any($1::text[])',
);
const claimIds = statement(
  'payment_external_ids_claim',
  `insert into payment_external_ids (external_id, customer_id, payment_id)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[]) on conflict (external_id) do nothing returning payment_id`,
);
const insertPayments = statement(
  'payments_insert',
  `insert into payments (customer_id, id, external_id, external_ref, amount, currency, value_date, method, status,
                         allocation, event_sequence, reject_code, caller, settled_event_id, origin, settled_sequence)
   select *, case when settled_event_id is not null then event_sequence end
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::date[], $8::text[],
                 $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::uuid[], $15::jsonb[])
       as new(customer_id, id, external_id, external_ref, amount, currency, value_date, method, status, allocation,
              event_sequence, reject_code, caller, settled_event_id, origin)`,
);
const insertKeys = statement(
  'payment_directory_insert',
  'insert into payment_directory (customer_id, payment_id) select * from unnest($1::uuid[], $2::uuid[])',
);
const insertPieces = statement(
  'payment_allocations_insert',
  `insert into payment_allocations (customer_id, payment_id, loan_id, position, asked, in_flight, held_until)
   select customer_id, payment_id, loan_id, position, asked, true, clock_timestamp() + hold_minutes * interval '1 minute'
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::integer[])
       as new(customer_id, payment_id, loan_id, position, asked, hold_minutes)`,
);
/** Those of the external ids that a recorded payment has. */
export async function takenExternalIds(sql: Sql, externalIds: readonly string[]): Promise<Set<string>> {
  if (externalIds.length === 0) return new Set();
  const rows = await sql.query<{ external_id: string }>(knownExternalIds, [externalIds]);
  return new Set(rows.map((row) => row.external_id));
}

/** Takes the payments' external ids; returns the ids of the payments that got theirs, or have none. */
export async function claimExternalIds(sql: Sql, added: readonly Pick<NewPayment, 'payment'>[]): Promise<Set<string>> {
  const payments = added.map(({ payment }) => payment);
  const named = payments.filter(({ externalId }) => externalId !== null);
  const nameless = payments.filter(({ externalId }) => externalId === null);
  const claimed = new Set(nameless.map(({ id }) => id));
  if (named.length === 0) return claimed;
  const rows = await sql.query<{ payment_id: string }>(claimIds, [
    named.map(({ externalId }) => externalId),
    named.map(({ customerId }) => customerId),
    named.map(({ id }) => id),
  ]);
  return new Set([...claimed, ...rows.map((row) => row.payment_id)]);
}

export interface NewPayment {
  readonly payment: Omit<Payment, 'recordedAt'>;
  readonly caller: string;
  readonly origin: Origin | null;
  /** How long its pieces reserve what they ask for; null until billing has answered. */
  readonly holdMinutes: number | null;
  /** Id of the event that settles it, whose sequence is the payment's; null when none does. */
  readonly settledAs: string | null;
}

/** Stores new payments with their pieces and their directory entries; the database's clock says when. */
export function addPayments(sql: Transaction, added: readonly NewPayment[]): void {
  if (added.length === 0) return;
  const payments = added.map(({ payment }) => payment);
  const keys = [payments.map(({ customerId }) => customerId), payments.map(({ id }) => id)];
  sql.write(insertPayments, [
    ...keys,
    payments.map(({ externalId }) => externalId),
    payments.map(({ externalRef }) => externalRef),
    payments.map(({ amount }) => amount),
    payments.map(({ currency }) => currency),
    payments.map(({ valueDate }) => valueDate),
    payments.map(({ method }) => method),
    payments.map(({ status }) => status),
    payments.map(({ allocation }) => allocation),
    payments.map(({ eventSequence }) => eventSequence),
    payments.map(({ rejectCode }) => rejectCode),
    added.map(({ caller }) => caller),
    added.map(({ settledAs }) => settledAs),
    added.map(({ origin }) => origin && JSON.stringify(origin)),
  ]);
  sql.write(insertKeys, keys);
  const pieces = added.flatMap(({ payment, holdMinutes }) =>
    payment.pieces.map((piece, index) => ({ payment, piece, position: index + 1, holdMinutes })),
  );
  if (pieces.length === 0) return;
  sql.write(insertPieces, [
    pieces.map(({ payment }) => payment.customerId),
    pieces.map(({ payment }) => payment.id),
    pieces.map(({ piece }) => piece.loanId ?? noLoan),
    pieces.map(({ position }) => position),
    pieces.map(({ piece }) => piece.asked),
    pieces.map(({ holdMinutes }) => holdMinutes),
  ]);
}
