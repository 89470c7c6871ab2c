import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { numberOf, profileContext, type Registered, readFields } from '@tenor/profile-kit';
import { confinedTo, idempotencyKeyOf, isRefusal } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import type { LoanAccount } from '../../loan-accounts/loan-account.ts';
import { NewPaymentSchema, PaymentSchema, paymentFields } from './lending.schemas.ts';
import { type LoanFinding, loanFinder, noSuchLoan } from './loan-finder.commands.ts';
import { type LendingService, weekPayer } from './payments.commands.ts';

const payments = { profile: 'lending', kind: 'payment' };

export function lendingPaymentsRoutes({ route }: Registered, service: LendingService & LoanFinding): void {
  const find = loanFinder(service);
  const pay = weekPayer(service);

  const loanOf = async (request: FastifyRequest): Promise<{ said: string; account: LoanAccount } | Refusal> => {
    const given = readFields(request.body, paymentFields);
    if (isRefusal(given)) return given;
    const account = await find(given.loan, confinedTo(request));
    return isRefusal(account) ? account : { said: given.loan, account };
  };

  route({
    method: 'POST',
    paths: ['/payments', '/billing/payments'],
    permission: 'payments:record',
    summary: 'Pay the oldest unpaid week of a loan; without an Idempotency-Key none beyond the current one',
    body: NewPaymentSchema,
    responses: { 201: PaymentSchema },
    refusals: [
      'not_found',
      'nothing_owed',
      'state_conflict',
      'projection_behind',
      'billing_unavailable',
      'idempotency_mismatch',
    ],
    config: {
      async own(request: FastifyRequest) {
        const loan = await loanOf(request);
        if (isRefusal(loan)) return { customerId: undefined, unknown: loan };
        return { customerId: loan.account.customerId, unknown: noSuchLoan };
      },
    },
    async handler(request, reply) {
      const loan = await loanOf(request);
      if (isRefusal(loan)) return loan;
      const { said, account } = loan;
      const payment = await pay({
        loan: account,
        caller: request.caller.id,
        keyed: idempotencyKeyOf(request) === undefined ? undefined : profileContext(request, 'lending'),
        contextOf: (week, use) =>
          profileContext(request, 'lending', [account.loanId, String(week), String(use)], account.loanId),
      });
      if (isRefusal(payment)) return payment;
      return reply.code(201).send({
        id: await numberOf(service.database, payments, payment.id),
        loan: said,
        amount: formatAmount(payment.amount, payment.currency),
        payment_date: payment.recordedAt,
      });
    },
  });
}
