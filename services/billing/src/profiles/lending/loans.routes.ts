import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { jsonNumber, profileContext, type Registered, readFields } from '@tenor/profile-kit';
import { confinedTo, idempotencyKeyOf, isRefusal, refuse, validationFailed } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { delinquency } from '../../delinquency/delinquency.ts';
import { isSettled } from '../../delinquency/instalment.ts';
import { loadEvents } from '../../loans/journal.store.ts';
import { outstanding } from '../../loans/loan.ts';
import type { LoanView, ViewLoan } from '../../loans/loan-views.store.ts';
import { openingRefusals } from '../../loans/loans.routes.ts';
import { statedInstalment } from '../../loans/stated-instalment.ts';
import {
  LoanParamsSchema,
  LoanSchema,
  loanFields,
  NewLoanSchema,
  OutstandingSchema,
  type ScheduleJson,
  ScheduleSchema,
  StatusSchema,
} from './lending.schemas.ts';
import { completionDates, lendingLoanJson } from './loan-answers.ts';
import { type LendingLoans, lendingOpening, loanCalled } from './loans.commands.ts';

export interface LendingBilling extends LendingLoans {
  readonly viewLoan: ViewLoan;
}

const noSuchLoan = refuse('not_found', 'There is no such loan.');

/** What a path could not say, however it is written. */
const isUnreachable = (loanId: string): boolean => /[/\\]/.test(loanId) || loanId === '.' || loanId === '..';
const unreachable = validationFailed([
  { pointer: '/loan_id', code: 'pattern', message: 'Slashes are not allowed, nor dots alone.' },
]);

export function lendingLoansRoutes(registered: Registered, service: LendingBilling): void {
  creation(registered, service);
  reading(registered, service, 'schedule', 'What is due each week, and what is paid', ScheduleSchema, (view) =>
    scheduleJson(service, view),
  );
  reading(registered, service, 'outstanding', 'What is still to be paid', OutstandingSchema, ({ state, asOf }) => ({
    outstanding_balance: jsonNumber(formatAmount(outstanding(state, asOf).total, state.currency)),
  }));
  reading(registered, service, 'status', 'Whether two weeks running were missed', StatusSchema, (view) => ({
    is_delinquent: delinquency(view.state, view.asOf).isDelinquent,
    last_updated: view.knownAt,
  }));
}

function creation({ route }: Registered, service: LendingBilling): void {
  const open = lendingOpening(service);
  route({
    method: 'POST',
    paths: ['/loans', '/billing/loans'],
    permission: 'loans:open',
    summary: 'Open a loan of fifty weeks at ten per cent flat',
    body: NewLoanSchema,
    responses: { 201: LoanSchema },
    refusals: openingRefusals,
    // It is the caller's own, or that of a customer who is only there for it.
    config: { own: 'nobody' },
    async handler(request, reply) {
      const given = readFields(request.body, loanFields);
      if (isRefusal(given)) return given;
      const { loan_id: loanId, principal_amount: principal } = given;
      if (isUnreachable(loanId)) return unreachable;
      const natural = idempotencyKeyOf(request) === undefined ? undefined : [loanId];
      const context = profileContext(request, 'lending', natural);
      const outcome = await open(context, { loanId, principal, customerId: confinedTo(request) });
      if (isRefusal(outcome)) return outcome;
      const { loan_id: id, known_at: knownAt, as_of: asOf } = outcome.result;
      const view = await service.viewLoan(id, { asOf, knownAt });
      return isRefusal(view) ? view : reply.code(201).send(lendingLoanJson(view.state));
    },
  });
}

function reading(
  { route }: Registered,
  { database, viewLoan }: LendingBilling,
  what: string,
  summary: string,
  answer: TSchema,
  present: (view: LoanView) => unknown,
): void {
  const keyOf = ({ params }: FastifyRequest) => loanCalled(database, (params as { loan_id: string }).loan_id);
  route({
    method: 'GET',
    paths: [`/loans/:loan_id/${what}`, `/billing/loans/:loan_id/${what}`],
    permission: 'loans:read',
    summary,
    params: LoanParamsSchema,
    responses: { 200: answer },
    refusals: ['not_found'],
    config: {
      own: async (request: FastifyRequest) => ({
        customerId: (await keyOf(request))?.customerId,
        unknown: noSuchLoan satisfies Refusal,
      }),
    },
    async handler(request) {
      const key = await keyOf(request);
      if (key === undefined) return noSuchLoan;
      const view = await viewLoan(key.loanId, {});
      return isRefusal(view) ? view : present(view);
    },
  });
}

async function scheduleJson({ database }: LendingBilling, { state, asOf }: LoanView): Promise<ScheduleJson> {
  const { currency, loanId, externalId } = state;
  const events = (await loadEvents(database, [state])).get(loanId) ?? [];
  const paidOn = completionDates(events, asOf);
  const weeks = state.instalments.map((instalment) => {
    const { total } = statedInstalment(instalment);
    const week = {
      due_amount: jsonNumber(formatAmount(total, currency)),
      paid: isSettled(instalment),
      payment_date: paidOn.get(instalment.number) ?? null,
    };
    return [`W${instalment.number}`, week] as const;
  });
  return { loan_id: externalId ?? loanId, schedule: Object.fromEntries(weeks) };
}
