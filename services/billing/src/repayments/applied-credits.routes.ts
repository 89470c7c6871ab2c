import { date } from '@tenor/calendar';
import { type AppliedCredits, AppliedCreditsSchema, type FieldError, type Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { type App, type Database, isRefusal, validationFailed } from '@tenor/service-kit';
import type { Static } from 'typebox';
import { NO_LOAN } from '../loans/no-loan.ts';
import { AppliedCreditsQuerySchema } from './applied-credits.schemas.ts';
import { type AppliedCreditsAtOnce, type AppliedQuery, readAppliedCredits } from './applied-credits.store.ts';
import type { AppliedPayment } from './applied-payments.store.ts';

/** For payment's reconciliation alone; `group` is the consumer whose progress is told. The gateway never routes it. */
export function appliedCreditsRoutes(app: App, database: Database, group: string): void {
  app.get(
    '/internal/v1/applied-credits',
    {
      config: { permission: 'internal:read' },
      schema: {
        tags: ['internal'],
        summary: 'What payments did, by value date, and how far billing has come',
        querystring: AppliedCreditsQuerySchema,
        response: { 200: AppliedCreditsSchema },
      },
    },
    async ({ query }) => {
      const asked = toQuery(query);
      if (isRefusal(asked)) return asked;
      return present(
        await readAppliedCredits(database, group, asked),
        'paymentIds' in asked ? asked.paymentIds.length : query.limit,
      );
    },
  );
}

function toQuery(query: Static<typeof AppliedCreditsQuerySchema>): AppliedQuery | Refusal {
  const { payment_ids: paymentIds, date: day, from = day, to = day, cursor, limit } = query;
  if (paymentIds !== undefined) return { paymentIds: paymentIds.toLowerCase().split(',') };
  if (from === undefined || to === undefined) return validationFailed([noDates]);
  const [valueDate, paymentId] = cursor?.split('/') ?? [];
  const after = valueDate && paymentId ? { valueDate: date(valueDate), paymentId } : undefined;
  return { from, to, after, limit: limit + 1 };
}

const noDates: FieldError = {
  pointer: '/query/date',
  code: 'required',
  message: 'is needed: a date, both from and to, or payment_ids',
};

function present(found: AppliedCreditsAtOnce, limit: number): AppliedCredits {
  const credits = Map.groupBy(found.credits, ({ paymentId }) => paymentId);
  const shown = found.keys.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(({ paymentId, valueDate }) => ({
      payment_id: paymentId,
      value_date: valueDate,
      credits: (credits.get(paymentId) ?? []).map(presentCredit),
    })),
    next_cursor: last !== undefined && found.keys.length > limit ? `${last.valueDate}/${last.paymentId}` : null,
    progress: [...found.progress].map(([partition, offset]) => ({ partition, next_offset: String(offset) })),
    put_aside: [...found.putAside],
    unpublished: [...found.unpublished],
  };
}

function presentCredit({ customerId, loanId, kind, currency, applied, credited }: AppliedPayment) {
  return {
    customer_id: customerId,
    loan_id: loanId === NO_LOAN ? null : loanId,
    kind,
    currency,
    applied: formatAmount(applied, currency),
    credited: formatAmount(credited, currency),
  };
}
