import type { Refusal } from '@tenor/contracts';
import { type App, commandContext, isRefusal } from '@tenor/service-kit';
import { loanJson, outstandingJson, scheduleJson } from '../loans/loan-json.ts';
import type { LoansDependencies } from '../loans/loans.routes.ts';
import { IdParamsSchema } from '../loans/loans.schemas.ts';
import { changeRequests } from './change-requests.commands.ts';
import type { DecideChange } from './changes.commands.ts';
import { type SimulatedJson, SimulatedSchema, type SimulationBody, SimulationSchema } from './changes.schemas.ts';
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
      const decide = requested(request.body);
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

function requested(simulation: SimulationBody): DecideChange | Refusal {
  const { command, body } = simulation;
  // The table pairs each command with its own body, which TypeScript cannot follow through a union of keys.
  return (changeRequests[command] as (given: typeof body) => DecideChange | Refusal)(body);
}
