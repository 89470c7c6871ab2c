import { date } from '@tenor/calendar';
import { createReader, type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Payment, Piece, ReversalKind } from './payment.ts';

/** The loan id of the piece that goes to no loan: a primary key holds no null. */
export const noLoan = '00000000-0000-0000-0000-000000000000';

export interface PaymentRow {
  customer_id: string;
  id: string;
  external_id: string | null;
  external_ref: string | null;
  amount: bigint;
  currency: string;
  value_date: string;
  recorded_at: string;
  method: string;
  status: Payment['status'];
  allocation: Payment['allocation'];
  answered: boolean;
  reversal_unanswered: boolean;
  event_sequence: bigint;
  reject_code: Payment['rejectCode'];
  failure_code: string | null;
  pieces: PieceRow[] | null;
}

interface PieceRow {
  loan_id: string;
  asked: string;
  applied: string;
  credited: string;
  in_flight: boolean;
  reversed: boolean;
}

/** Rows of `payments p` with their pieces. Amounts inside JSON are text: a JSON number would pass through a float. */
export const paymentColumns = `p.customer_id, p.id, p.external_id, p.external_ref, p.amount, p.currency, p.value_date,
  p.recorded_at, p.method, p.status, p.allocation, p.answered, p.reversal_unanswered, p.event_sequence, p.reject_code,
  p.failure_code, (
    select jsonb_agg(jsonb_build_object('loan_id', loan_id, 'asked', asked::text, 'applied', applied::text,
             'credited', credited::text, 'in_flight', in_flight, 'reversed', reversed) order by position)
      from payment_allocations where customer_id = p.customer_id and payment_id = p.id) as pieces`;

// Each by its key: a join would be answered with a look at every payment while the statistics are young.
const byKeys = statement(
  'payments_by_keys',
  `select ${paymentColumns} from unnest($1::uuid[], $2::uuid[]) as k (customer_id, id)
   cross join lateral (select * from payments where customer_id = k.customer_id and id = k.id limit 1) p`,
);
const customerOfPayment = statement(
  'payment_directory_find',
  'select customer_id, payment_id from payment_directory where payment_id = $1',
);
const reserved = statement(
  'payments_reserved',
  `select r.* from unnest($1::uuid[]) as c (id)
   cross join lateral (
     select c.id as customer_id, held.loan_id, held.currency, sum(held.asked)::bigint as asked
       from (select a.loan_id, a.asked, case when a.loan_id = '${noLoan}' then (
                      select currency from payments where customer_id = a.customer_id and id = a.payment_id) end as currency
               from payment_allocations a
              where a.customer_id = c.id and a.in_flight and (a.held_until is null or a.held_until > clock_timestamp())
            ) held
      group by held.loan_id, held.currency) r`,
);
const answered = statement(
  'payments_answered',
  `select customer_id, id from payments
    where customer_id = any($1::uuid[]) and id = any($2::uuid[]) and answered`,
);
const keepSettlementAs = statement(
  'payments_keep_settlement',
  'update payments set settled_event_id = $3, settled_sequence = $4 where customer_id = $1 and id = $2',
);
const keepReversalAs = statement(
  'payments_keep_reversal',
  `update payments set reversed_event_id = $3, reversal_kind = $4, reversal_reason = $5
    where customer_id = $1 and id = $2`,
);
const savePayments = statement(
  'payments_save',
  `update payments set status = new.status, applied = new.applied, credited = new.credited, answered = new.answered,
          reversal_unanswered = new.reversal_unanswered, event_sequence = new.event_sequence,
          failure_code = new.failure_code
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[], $7::boolean[],
                 $8::bigint[], $9::text[])
       as new(customer_id, id, status, applied, credited, answered, reversal_unanswered, event_sequence, failure_code)
    where payments.customer_id = new.customer_id and payments.id = new.id`,
);
const savePieces = statement(
  'payment_allocations_save',
  `insert into payment_allocations (customer_id, payment_id, loan_id, position, asked, applied, credited, in_flight,
                                    reversed)
   select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[],
                        $8::boolean[], $9::boolean[])
   on conflict (customer_id, payment_id, loan_id) do update
      set applied = excluded.applied, credited = excluded.credited, in_flight = excluded.in_flight,
          reversed = excluded.reversed, held_until = null`,
);

export interface PaymentKey {
  customerId: string;
  id: string;
}

export async function findPaymentKey(sql: Sql, id: string): Promise<PaymentKey | undefined> {
  const [row] = await sql.query<{ customer_id: string; payment_id: string }>(customerOfPayment, [id]);
  return row && { customerId: row.customer_id, id: row.payment_id };
}

/** The known ones among the named payments, with their pieces, by payment id. */
export async function loadPayments(sql: Sql, keys: readonly PaymentKey[]): Promise<Map<string, Payment>> {
  if (keys.length === 0) return new Map();
  const rows = await sql.query<PaymentRow>(byKeys, [
    keys.map(({ customerId }) => customerId),
    keys.map(({ id }) => id),
  ]);
  return new Map(rows.map((row) => [row.id, toPayment(row)]));
}

/** @throws when the payment does not exist */
export async function loadPayment(sql: Sql, key: PaymentKey): Promise<Payment> {
  const payment = (await loadPayments(sql, [key])).get(key.id);
  if (!payment) throw new Error(`payment ${key.id} is not there`);
  return payment;
}

/** Reads payments, those that are asked for at the same time together. The reader throws when there is no such payment. */
export function paymentReader(sql: Sql): (key: PaymentKey) => Promise<Payment> {
  const read = createReader<PaymentKey, Payment | undefined>(async (keys) => {
    const payments = await loadPayments(sql, keys);
    return keys.map(({ id }) => payments.get(id));
  });
  return async (key) => {
    const payment = await read(key);
    if (!payment) throw new Error(`payment ${key.id} is not there`);
    return payment;
  };
}

/** The id under which a request waits for a payment to be answered. */
export function waitKeyOf({ customerId, id }: PaymentKey): string {
  return `${customerId}/${id}`;
}

/** Those of the wait keys whose payments billing has answered in full. */
export async function answeredPayments(sql: Sql, waitKeys: readonly string[]): Promise<Set<string>> {
  const keys = waitKeys.map((key) => key.split('/'));
  const rows = await sql.query<{ customer_id: string; id: string }>(answered, [
    keys.map(([customerId]) => customerId),
    keys.map(([, id]) => id),
  ]);
  return new Set(rows.map((row) => waitKeyOf({ customerId: row.customer_id, id: row.id })));
}

/** Minor units that payments in flight hold. */
export interface Reserved {
  readonly byLoan: ReadonlyMap<string, bigint>;
  /** What is meant for no loan but for what the customer is short of. */
  readonly forShortfalls: readonly { customerId: string; currency: string; amount: bigint }[];
}

/** What the customers' payments in flight hold; a hold that has run out holds nothing. */
export async function reservedOf(sql: Sql, customerIds: readonly string[]): Promise<Reserved> {
  const rows = await sql.query<{ customer_id: string; loan_id: string; currency: string | null; asked: bigint }>(
    reserved,
    [customerIds],
  );
  return {
    byLoan: new Map(rows.map((row) => [row.loan_id, row.asked])),
    forShortfalls: rows.flatMap(({ customer_id: customerId, currency, asked: amount }) =>
      currency === null ? [] : [{ customerId, currency, amount }],
    ),
  };
}

const underWay = statement(
  'payments_under_way',
  `select p.id from payments p
     join payment_allocations a on a.customer_id = p.customer_id and a.payment_id = p.id
    where p.customer_id = $1 and a.loan_id = $2 and a.in_flight and p.caller = $3
      and p.recorded_at > clock_timestamp() - $4::integer * interval '1 ms'
    order by p.recorded_at, p.id limit 1`,
);

/** A payment of the loan, by this caller and no older than that, which billing has not answered yet. */
export async function paymentUnderWay(
  sql: Sql,
  {
    customerId,
    loanId,
    caller,
    youngerThanMs,
  }: { customerId: string; loanId: string; caller: string; youngerThanMs: number },
): Promise<PaymentKey | undefined> {
  const [row] = await sql.query<{ id: string }>(underWay, [customerId, loanId, caller, youngerThanMs]);
  return row && { customerId, id: row.id };
}

/** Keeps what the event of a reversal said; before the payment becomes `reversed`. */
export function keepReversal(
  sql: Transaction,
  { customerId, id }: PaymentKey,
  { eventId, kind, reason }: { eventId: string; kind: ReversalKind; reason: string | null },
): void {
  sql.write(keepReversalAs, [customerId, id, eventId, kind, reason]);
}

/** Keeps under which id and number the event of a later settlement was published; before the payment is settled. */
export function keepSettlement(
  sql: Transaction,
  { customerId, id }: PaymentKey,
  { eventId, sequence }: { eventId: string; sequence: bigint },
): void {
  sql.write(keepSettlementAs, [customerId, id, eventId, sequence]);
}

/** Stores what changed of payments and of their pieces, each in one statement; a hold for a time ends with it. */
export function savePaymentChanges(sql: Transaction, payments: readonly Payment[]): void {
  if (payments.length === 0) return;
  sql.write(savePayments, [
    payments.map(({ customerId }) => customerId),
    payments.map(({ id }) => id),
    payments.map(({ status }) => status),
    payments.map(({ pieces }) => pieces.reduce((sum, { applied }) => sum + applied, 0n)),
    payments.map(({ pieces }) => pieces.reduce((sum, { credited }) => sum + credited, 0n)),
    payments.map(({ answered }) => answered),
    payments.map(({ reversalUnanswered }) => reversalUnanswered),
    payments.map(({ eventSequence }) => eventSequence),
    payments.map(({ failureCode }) => failureCode),
  ]);
  const pieces = payments.flatMap((payment) =>
    payment.pieces.map((piece, index) => ({ payment, piece, position: index + 1 })),
  );
  if (pieces.length === 0) return;
  sql.write(savePieces, [
    pieces.map(({ payment }) => payment.customerId),
    pieces.map(({ payment }) => payment.id),
    pieces.map(({ piece }) => piece.loanId ?? noLoan),
    pieces.map(({ position }) => position),
    pieces.map(({ piece }) => piece.asked),
    pieces.map(({ piece }) => piece.applied),
    pieces.map(({ piece }) => piece.credited),
    pieces.map(({ piece }) => piece.inFlight),
    pieces.map(({ piece }) => piece.reversed),
  ]);
}

export function toPayment(row: PaymentRow): Payment {
  return {
    customerId: row.customer_id,
    id: row.id,
    externalId: row.external_id,
    externalRef: row.external_ref,
    amount: row.amount,
    currency: row.currency,
    valueDate: date(row.value_date),
    recordedAt: row.recorded_at,
    method: row.method,
    status: row.status,
    allocation: row.allocation,
    pieces: (row.pieces ?? []).map(toPiece),
    answered: row.answered,
    reversalUnanswered: row.reversal_unanswered,
    eventSequence: row.event_sequence,
    rejectCode: row.reject_code,
    failureCode: row.failure_code,
  };
}

function toPiece(row: PieceRow): Piece {
  return {
    loanId: row.loan_id === noLoan ? null : row.loan_id,
    asked: BigInt(row.asked),
    applied: BigInt(row.applied),
    credited: BigInt(row.credited),
    inFlight: row.in_flight,
    reversed: row.reversed,
  };
}
