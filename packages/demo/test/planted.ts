import type { SqlConnection } from '@tenor/testing';

/** Events that are to be lost: deleted from the outbox in the transaction that writes them, and kept here; or spoiled. */
const prepared = [
  'create schema planted',
  'create table planted.targets (customer_id uuid, type text)',
  'create table planted.lost (type text, payload text)',
  `create function planted.lose() returns trigger language plpgsql security definer as $$
   begin
     if exists (select from planted.targets t where t.customer_id = new.customer_id and t.type = new.type) then
       insert into planted.lost values (new.type, new.payload);
       execute format('delete from %I.outbox where slot = $1 and customer_id = $2 and position = $3', tg_table_schema)
         using new.slot, new.customer_id, new.position;
     end if;
     return null;
   end $$`,
  'create table planted.spoiled (customer_id uuid, type text)',
  `create function planted.spoil() returns trigger language plpgsql security definer as $$
   begin
     if exists (select from planted.spoiled t where t.customer_id = new.customer_id and t.type = new.type) then
       new.payload := regexp_replace(new.payload, '"currency":"[A-Z]{3}"', '"currency":"?"');
     end if;
     return new;
   end $$`,
  'create trigger spoil before insert on payment.outbox for each row execute function planted.spoil()',
  'create trigger lose after insert on payment.outbox for each row execute function planted.lose()',
  'create trigger lose after insert on billing.outbox for each row execute function planted.lose()',
];

/** Lets a test lose events between commit and publication. */
export async function prepareLosses(sql: SqlConnection) {
  for (const text of prepared) await sql.rows(text);
  return {
    /** Runs `work` while every event of this type and customer is lost. */
    async losing<T>(customerId: string, type: string, work: () => Promise<T>): Promise<T> {
      await sql.rows('insert into planted.targets values ($1, $2)', [customerId, type]);
      try {
        return await work();
      } finally {
        await sql.rows('delete from planted.targets');
      }
    },
    /** Runs `work` while every event of payment's of this type and customer breaks its schema. */
    async spoiling<T>(customerId: string, type: string, work: () => Promise<T>): Promise<T> {
      await sql.rows('insert into planted.spoiled values ($1, $2)', [customerId, type]);
      try {
        return await work();
      } finally {
        await sql.rows('delete from planted.spoiled');
      }
    },
    /** What was lost of a type, as it was written. */
    async lost(type: string): Promise<Record<string, unknown>[]> {
      const rows = await sql.rows<{ payload: string }>('select payload from planted.lost where type = $1', [type]);
      return rows.map(({ payload }) => JSON.parse(payload));
    },
  };
}

/**
 * Ways to spoil billing's record of one applied payment, by the difference that reconciliation has to name. `$1` is the
 * payment, `$2` another customer or (for its parts) another loan of its customer.
 */
export const spoilings = {
  record_missing: 'delete from billing.applied_payments where payment_id = $1',
  applied_twice: `insert into billing.applied_payments
    select $2::uuid, payment_id, loan_id, kind, currency, applied, credited, value_date, recorded_at
      from billing.applied_payments where payment_id = $1`,
  customer_differs: 'update billing.applied_payments set customer_id = $2::uuid where payment_id = $1',
  currency_differs: "update billing.applied_payments set currency = 'USD' where payment_id = $1",
  amount_differs: 'update billing.applied_payments set applied = applied - 1 where payment_id = $1',
  value_date_differs: 'update billing.applied_payments set value_date = value_date - 1 where payment_id = $1',
  reversed_by_billing: `insert into billing.applied_payments
    select customer_id, payment_id, loan_id, 'reversal', currency, applied, credited, value_date, recorded_at
      from billing.applied_payments where payment_id = $1`,
  parts_differ: 'update billing.applied_payments set loan_id = $2::uuid where payment_id = $1',
  unknown_payment: `insert into billing.applied_payments
    select customer_id, gen_random_uuid(), loan_id, kind, currency, applied, credited, value_date, recorded_at
      from billing.applied_payments where payment_id = $1`,
} as const;
export type Spoiling = keyof typeof spoilings;
