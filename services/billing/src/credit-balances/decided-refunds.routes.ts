import { DecidedRefundsSchema } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { App, Database } from '@tenor/service-kit';
import { bookRoute } from '../repayments/books.routes.ts';
import { decidedRefunds } from './decided-refunds.store.ts';
import type { RefundRow } from './refunds.store.ts';

export function decidedRefundsRoutes(app: App, database: Database, group: string): void {
  bookRoute(
    app,
    { database, group },
    {
      path: '/internal/v1/decided-refunds',
      summary: 'What was decided about refunds, by the day of it, and how far billing has come',
      schema: DecidedRefundsSchema,
      book: decidedRefunds,
      present: ({ date, id }, rows) => ({ refund_id: id, value_date: date, decisions: rows.map(presentDecision) }),
    },
  );
}

/** The one reason for which billing refuses a refund; see `spend`. */
const REFUSED_FOR = 'credit_exceeded';

function presentDecision({ customer_id, currency, amount, status }: RefundRow) {
  const reason = status === 'refused' ? REFUSED_FOR : null;
  return { customer_id, currency, amount: formatAmount(amount, currency), status, reason };
}
