import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, isRefusal } from '@tenor/service-kit';
import { loanJson, outstandingJson, scheduleJson } from '../loans/loan-json.ts';
import type { LoanView } from '../loans/loan-views.store.ts';
import { type LoansDependencies, openingRefusals } from '../loans/loans.routes.ts';
import { IdParamsSchema } from '../loans/loans.schemas.ts';
import { type SimulatedJson, SimulatedSchema, SimulationSchema } from './changes.schemas.ts';
import { simulate } from './simulations.commands.ts';

export function simulationsRoutes(app: App, dependencies: LoansDependencies): void {
  app.post(
    '/v1/loans/:id/simulate',
    {
      config: {
        permission: 'loans:write',
        refusals: [
          ...openingRefusals,
          'kyc_required',
          'payoff_not_covered',
          'state_conflict',
          'value_date_before_disbursement',
          'amount_exceeds_outstanding',
          'nothing_owed',
          'payment_not_exact',
        ],
      },
      schema: {
        summary: 'What a change would make of the loan, without making it',
        tags: ['changes'],
        params: IdParamsSchema,
        body: SimulationSchema,
        response: { 200: SimulatedSchema },
      },
    },
    async (request): Promise<SimulatedJson | Refusal> => {
      const context = commandContext(request);
      const views = await simulate(dependencies.database, context, dependencies, request.params.id, request.body);
      if (isRefusal(views)) return views;
      const [loan, settled] = views.map(faceOf);
      return { ...loan, ...(settled && { settled }) } as SimulatedJson;
    },
  );
}

function faceOf(view: LoanView) {
  return { loan: loanJson(view), outstanding: outstandingJson(view), schedule: scheduleJson(view) };
}
