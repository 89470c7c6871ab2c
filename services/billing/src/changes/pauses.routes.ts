import type { App } from '@tenor/service-kit';
import type { LoansDependencies } from '../loans/loans.routes.ts';
import { IdParamsSchema, LoanSchema } from '../loans/loans.schemas.ts';
import { changeRequests } from './change-requests.commands.ts';
import { changing } from './changes.routes.ts';
import { PauseSchema, ResumptionSchema } from './changes.schemas.ts';

const tags = ['changes'];
const params = IdParamsSchema;
const response = { 200: LoanSchema };
const refusals = ['state_conflict', 'value_date_in_future', 'value_date_before_disbursement'] as const;

/** Pauses of delinquency: days that do not count as late. */
export function pausesRoutes(app: App, dependencies: LoansDependencies): void {
  const change = changing(dependencies);
  app.post(
    '/v1/loans/:id/delinquency-pauses',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Let days not count as late', body: PauseSchema },
    },
    (request, reply) => change(request, reply, changeRequests['delinquency-pauses'](request.body)),
  );
  app.post(
    '/v1/loans/:id/delinquency-pauses/resume',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Let days count as late again', body: ResumptionSchema },
    },
    (request, reply) => change(request, reply, changeRequests['delinquency-pauses/resume'](request.body)),
  );
}
