import { statement } from '@tenor/service-kit';
import type { Book } from '../repayments/books.store.ts';
import type { RefundRow } from './refunds.store.ts';

/** What was decided about refunds and what became of them, by the day of the decision. */
export const decidedRefunds: Book<RefundRow> = {
  keysOfDates: statement(
    'decided_refunds_keys',
    `select distinct value_date as date, id from refunds
      where value_date between $1 and $2 and (value_date, id) > ($3, $4)
      order by value_date, id limit $5`,
  ),
  byIds: statement(
    'decided_refunds_by_id',
    'select * from refunds where id = any($1::uuid[]) order by value_date, id, customer_id',
  ),
  keyOf: ({ value_date: date, id }) => ({ date, id }),
};
