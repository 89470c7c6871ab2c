import { date } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { type App, isRefusal } from '@tenor/service-kit';
import { invalid } from '../customers/money-input.ts';
import type { LoanView, ViewLoan } from '../loans/loan-views.store.ts';
import { IdParamsSchema } from '../loans/loans.schemas.ts';
import { type PayoffStrategy, payoff } from '../loans/payoff.ts';
import { PayoffQuerySchema, PayoffQuoteSchema } from './payoff-quotes.schemas.ts';

export function payoffQuotesRoutes(app: App, { viewLoan }: { readonly viewLoan: ViewLoan }): void {
  app.get(
    '/v1/loans/:id/payoff-quote',
    {
      config: {
        permission: 'loans:read',
        own: { loan: 'params.id' },
        refusals: ['known_at_too_recent', 'state_conflict'],
      },
      schema: {
        summary: 'What it takes to end the loan on a day',
        tags: ['changes'],
        params: IdParamsSchema,
        querystring: PayoffQuerySchema,
        response: { 200: PayoffQuoteSchema },
      },
    },
    async ({ params: { id }, query: { on, as_of, known_at: knownAt, strategy } }) => {
      if (on !== undefined && as_of !== undefined) return invalid('/query/on', 'ambiguous', 'is as_of by another name');
      const day = on ?? as_of;
      const view = await viewLoan(id, { asOf: day === undefined ? undefined : date(day), knownAt });
      if (isRefusal(view)) return view;
      const { status, policy, disbursedOn } = view.state;
      if (disbursedOn === null) {
        const allowed = ['active', 'paid', 'written_off'];
        const detail = `The loan is ${status} on ${view.asOf}: nothing was paid out.`;
        return { refused: 'state_conflict', detail, meta: { status, allowed } } as const;
      }
      return payoffJson(view, strategy ?? policy.settlement.payoff);
    },
  );
}

function payoffJson({ state, asOf, knownAt }: LoanView, asked: PayoffStrategy | null) {
  const text = (minor: bigint): string => formatAmount(minor, state.currency);
  const { on, strategy, principal, interest, fee, penalty, rebate, total } = payoff(state, asOf, asked);
  return {
    loan_id: state.loanId,
    on,
    as_of: on,
    known_at: knownAt,
    strategy,
    principal: text(principal),
    interest: text(interest),
    fee: text(fee),
    penalty: text(penalty),
    rebate: text(rebate),
    total: text(total),
    currency: state.currency,
  };
}
