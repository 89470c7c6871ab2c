import { AppliedCreditsSchema } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { App, Database } from '@tenor/service-kit';
import { NO_LOAN } from '../loans/no-loan.ts';
import { appliedCredits } from './applied-credits.store.ts';
import type { AppliedRow } from './applied-payments.store.ts';
import { bookRoute } from './books.routes.ts';

export function appliedCreditsRoutes(app: App, database: Database, group: string): void {
  bookRoute(
    app,
    { database, group },
    {
      path: '/internal/v1/applied-credits',
      summary: 'What payments did, by value date, and how far billing has come',
      schema: AppliedCreditsSchema,
      book: appliedCredits,
      present: ({ date, id }, rows) => ({ payment_id: id, value_date: date, credits: rows.map(presentCredit) }),
    },
  );
}

function presentCredit({ customer_id, loan_id, kind, currency, applied, credited }: AppliedRow) {
  return {
    customer_id,
    loan_id: loan_id === NO_LOAN ? null : loan_id,
    kind,
    currency,
    applied: formatAmount(applied, currency),
    credited: formatAmount(credited, currency),
  };
}
