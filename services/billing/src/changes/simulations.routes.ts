import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, isRefusal } from '@tenor/service-kit';
import { loanJson, outstandingJson, scheduleJson } from '../loans/loan-json.ts';
import type { LoansDependencies } from '../loans/loans.routes.ts';
import { IdParamsSchema } from '../loans/loans.schemas.ts';
import { type SimulatedJson, SimulatedSchema, SimulationSchema } from './changes.schemas.ts';
import { simulatedRequest } from './simulated-requests.commands.ts';
import { simulateChange } from './simulations.commands.ts';

export function simulationsRoutes(app: App, { database, today }: LoansDependencies): void {
  app.post(
    '/v1/loans/:id/simulate',
    {
      config: {
        permission: 'loans:write',
        refusals: [
          'state_conflict',
          'value_date_in_future',
          'value_date_before_disbursement',
          'currency_mismatch',
          'amount_exceeds_outstanding',
          'nothing_owed',
          'payment_not_exact',
          'already_exists',
          'terms_invalid',
          'principal_out_of_bounds',
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
      const decide = simulatedRequest(request.body);
      if (isRefusal(decide)) return decide;
      const actor = commandContext(request).caller.id;
      const view = await simulateChange(database, { today, actor }, request.params.id, decide);
      if (isRefusal(view)) return view;
      return {
        loan: loanJson(view),
        outstanding: outstandingJson(view),
        schedule: scheduleJson(view),
      } as SimulatedJson;
    },
  );
}
