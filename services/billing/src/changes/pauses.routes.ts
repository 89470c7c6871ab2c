import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type App, validationFailed } from '@tenor/service-kit';
import type { LoansDependencies } from '../loans/loans.routes.ts';
import { IdParamsSchema, LoanSchema } from '../loans/loans.schemas.ts';
import { onDay } from './change-requests.commands.ts';
import type { DecideChange } from './changes.commands.ts';
import { changing } from './changes.routes.ts';
import { type PauseBody, PauseSchema, ResumptionSchema } from './changes.schemas.ts';
import { decidePause, decideResume } from './pause.ts';

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
    (request, reply) => change(request, reply, pausing(request.body)),
  );
  app.post(
    '/v1/loans/:id/delinquency-pauses/resume',
    {
      config: { permission: 'loans:write', refusals, optionalBody: true },
      schema: { tags, params, response, summary: 'Let days count as late again', body: ResumptionSchema },
    },
    (request, reply) => {
      const valueDate = onDay(request.body.value_date);
      return change(request, reply, (state, today) => decideResume(state, { ...today, valueDate }));
    },
  );
}

function pausing({ value_date: on, until, reason }: PauseBody): DecideChange | Refusal {
  const pause = { until: until === undefined ? null : date(until), reason: reason ?? null };
  return (state, today) => {
    const from = onDay(on) ?? today.businessDate;
    if (pause.until !== null && pause.until < from) {
      return validationFailed([{ pointer: '/until', code: 'minimum', message: `must be ${from} or later` }]);
    }
    return decidePause(state, pause, { ...today, valueDate: from });
  };
}
