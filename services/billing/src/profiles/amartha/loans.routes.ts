import type { LocalDate } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { inEnvelope, instalmentId, jsonNumber, profileContext, type Registered, readFields } from '@tenor/profile-kit';
import { type Database, inBatches, isRefusal, refuse } from '@tenor/service-kit';
import { delinquency } from '../../delinquency/delinquency.ts';
import { isSettled } from '../../delinquency/instalment.ts';
import type { LoanState } from '../../loans/loan.ts';
import type { ViewLoan } from '../../loans/loan-views.store.ts';
import type { LoanService } from '../../loans/loans.commands.ts';
import { openingRefusals } from '../../loans/loans.routes.ts';
import { loanOpening } from '../../loans/new-loans.commands.ts';
import { statedInstalment, statedTotal } from '../../loans/stated-instalment.ts';
import { weeklyLoan } from '../weekly-loan.ts';
import {
  LoanSchema,
  loanFields,
  NewLoanSchema,
  type ScheduleJson,
  ScheduleQuerySchema,
  SchedulesSchema,
  scheduleFields,
} from './amartha.schemas.ts';

export interface AmarthaLoans extends LoanService {
  readonly database: Database;
  readonly viewLoan: ViewLoan;
}

const CREATED = 201;
const OK = 200;
const noSuchLoan = refuse('not_found', 'The customer has no such loan.');

export function amarthaLoansRoutes({ route }: Registered, service: AmarthaLoans): void {
  const { database, viewLoan } = service;
  const open = inBatches(database, loanOpening(service));

  route({
    method: 'POST',
    paths: ['/loan'],
    permission: 'profiles:write',
    summary: 'Open a loan of fifty weeks at ten per cent flat',
    body: NewLoanSchema,
    responses: { 201: LoanSchema },
    refusals: openingRefusals,
    async handler(request, reply) {
      const given = readFields(request.body, loanFields);
      if (isRefusal(given)) return given;
      const context = profileContext(request, 'amartha');
      const outcome = await open(context, weeklyLoan(given.customer_id, given.loan_amount, null));
      if (isRefusal(outcome)) return outcome;
      const { loan_id: id, known_at: knownAt, as_of: asOf } = outcome.result;
      const view = await viewLoan(id, { asOf, knownAt });
      if (isRefusal(view)) return view;
      const { state } = view;
      const loan = {
        loan_id: state.loanId,
        customer_id: state.customerId,
        loan_amount: jsonNumber(formatAmount(statedTotal(state.instalments), state.currency)),
        schedules: schedulesJson(state, view.asOf),
      };
      return reply.code(CREATED).send(inEnvelope(CREATED, loan));
    },
  });
  route({
    method: 'GET',
    paths: ['/loan/schedule'],
    permission: 'profiles:read',
    summary: "A loan's instalments",
    querystring: ScheduleQuerySchema,
    responses: { 200: SchedulesSchema },
    refusals: ['not_found'],
    async handler({ query }) {
      const asked = readFields(query, scheduleFields);
      if (isRefusal(asked)) return asked;
      const view = await viewLoan(asked.loan_id, {});
      if (isRefusal(view)) return view.refused === 'not_found' ? noSuchLoan : view;
      if (view.state.customerId !== asked.customer_id) return noSuchLoan;
      return inEnvelope(OK, schedulesJson(view.state, view.asOf));
    },
  });
}

function schedulesJson(state: LoanState, asOf: LocalDate): ScheduleJson[] {
  return state.instalments.map((instalment) => {
    const { total, dueDate } = statedInstalment(instalment);
    return {
      schedule_id: instalmentId(state.loanId, instalment.number),
      loan_id: state.loanId,
      payment_no: instalment.number,
      payment_due_date: `${dueDate}T00:00:00Z`,
      payment_amount: jsonNumber(formatAmount(total, state.currency)),
      payment_status: isSettled(instalment) ? 'PAID' : 'PENDING',
      is_miss_payment: delinquency({ ...state, instalments: [instalment] }, asOf).consecutiveMissed > 0,
    };
  });
}
