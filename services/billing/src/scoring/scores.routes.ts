import { type App, type Database, refuse } from '@tenor/service-kit';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import { findLoanKey } from '../loans/loan-reads.store.ts';
import { noLoan } from '../loans/loan-views.store.ts';
import { findScoreQuery, type ScoreQuery } from './score-queries.store.ts';
import { type LoanScoreJson, LoanScoreSchema } from './scores.schemas.ts';

export function scoresRoutes(app: App, { database }: { readonly database: Database }): void {
  app.get(
    '/v1/loans/:id/score',
    {
      config: { permission: 'scores:read' },
      schema: {
        summary: 'Where the outside score of a loan stands, and what it said',
        tags: ['scoring'],
        params: IdParamsSchema,
        response: { 200: LoanScoreSchema },
      },
    },
    async ({ params: { id } }) => {
      const key = await findLoanKey(database, id);
      if (key === undefined) return noLoan(id);
      const query = await findScoreQuery(database, key);
      return query === undefined ? refuse('not_found', `Loan ${id} asks for no score.`) : present(id, query);
    },
  );
}

function present(loanId: string, { score, ...query }: ScoreQuery): LoanScoreJson {
  return {
    loan_id: loanId,
    state: query.state,
    initiations: query.initiations,
    attempts: query.attempts,
    next_at: query.nextAt,
    score: score?.score ?? null,
    limit_amount: score?.limitAmount ?? null,
    exclusion: score?.exclusion ?? null,
    exclusion_reason: score?.exclusionReason ?? null,
    requested_at: query.requestedAt,
    ended_at: query.endedAt,
  };
}
