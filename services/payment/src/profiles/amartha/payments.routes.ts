import { formatAmount, parseAmount } from '@tenor/money';
import {
  inEnvelope,
  instalmentWithId,
  jsonNumber,
  profileContext,
  type Registered,
  readFields,
} from '@tenor/profile-kit';
import { idempotencyKeyOf, isRefusal, refuse, type Waiter } from '@tenor/service-kit';
import { holderOf } from '../../loan-accounts/loan-accounts.store.ts';
import type { PayInstalment } from '../../payments/instalment-payment.ts';
import { MANUAL } from '../../payments/payment.ts';
import type { PaymentService } from '../../payments/payments.commands.ts';
import { loadPayment, waitKeyOf } from '../../payments/payments.store.ts';
import { type RecordOrder, recordOnce } from '../once.commands.ts';
import { AMARTHA_CURRENCY, NewPaymentSchema, PaymentSchema, paymentFields } from './amartha.schemas.ts';

export interface AmarthaService extends PaymentService {
  /** Waits for payments to be answered by billing, by `waitKeyOf`. */
  readonly applied: Waiter;
  readonly record: RecordOrder;
}

/** How long an answer waits for billing to have applied the payment. */
const WAIT_MS = 5_000;
/** More instalments no loan has. */
const INSTALMENTS_MAX = 600;
const CREATED = 201;

const noSuchLoan = refuse('not_found', 'The customer has no such loan.');
const noSuchSchedule = refuse('not_found', 'The loan has no such schedule.');

export function amarthaPaymentsRoutes({ route }: Registered, service: AmarthaService): void {
  const { database, record, applied } = service;

  route({
    method: 'POST',
    paths: ['/payment'],
    permission: 'profiles:write',
    summary: "Pay a loan's oldest unpaid instalment; sent again it is the same payment",
    body: NewPaymentSchema,
    responses: { 201: PaymentSchema },
    refusals: ['not_found', 'nothing_owed', 'payment_not_exact', 'state_conflict', 'projection_behind'],
    async handler(request, reply) {
      const given = readFields(request.body, paymentFields);
      if (isRefusal(given)) return given;
      const { loan_id: loanId, schedule_id: scheduleId, customer_id: customerId } = given;
      const number = instalmentWithId(loanId, scheduleId, INSTALMENTS_MAX);
      if (number === undefined) return noSuchSchedule;
      const holder = await holderOf(database, loanId);
      if (holder !== undefined && holder !== customerId) return noSuchLoan;
      const amount = parseAmount(given.amount, AMARTHA_CURRENCY);
      if (typeof amount !== 'bigint') return refuse('payment_not_exact', 'The amount is none of the currency.');
      const order: PayInstalment = {
        customerId,
        loanId,
        number,
        expected: { amount, currency: AMARTHA_CURRENCY },
        isInAdvance: true,
        valueDate: null,
        method: MANUAL,
        externalId: null,
      };
      const meant = { customer_id: customerId, amount: String(amount) };
      const contextOf = (use: number) => profileContext(request, 'amartha', [loanId, scheduleId, String(use)], meant);
      const outcome =
        idempotencyKeyOf(request) === undefined
          ? await recordOnce(database, record, contextOf, order)
          : await record(contextOf(0), order);
      if (isRefusal(outcome)) return outcome;
      const key = { customerId: outcome.result.customer_id, id: outcome.result.payment_id };
      await applied.wait(waitKeyOf(key), WAIT_MS);
      const payment = await loadPayment(database, key);
      return reply.code(CREATED).send(
        inEnvelope(CREATED, {
          payment_id: payment.id,
          amount_paid: jsonNumber(formatAmount(payment.amount, payment.currency)),
          payment_status: 'PAID',
          payment_date: payment.recordedAt,
          payment_method: 'Virtual Account',
          loan_id: loanId,
          schedule_id: scheduleId,
        }),
      );
    },
  });
}
