import { statement } from '@tenor/service-kit';
import type { AppliedRow } from './applied-payments.store.ts';
import type { Book } from './books.store.ts';

/** What the payment service's payments and their reversals did, by value date: imported ones are none of those. */
export const appliedCredits: Book<AppliedRow> = {
  keysOfDates: statement(
    'applied_credits_keys',
    `select distinct value_date as date, payment_id as id from applied_payments
      where value_date between $1 and $2 and (value_date, payment_id) > ($3, $4) and not imported
      order by value_date, payment_id limit $5`,
  ),
  byIds: statement(
    'applied_credits_by_payment',
    'select * from applied_payments where payment_id = any($1::uuid[]) order by value_date, payment_id, kind, loan_id',
  ),
  keyOf: ({ value_date: date, payment_id: id }) => ({ date, id }),
};
