import type { FieldError, Refusal } from '@tenor/contracts';
import { parseAmount } from '@tenor/money';
import {
  alias,
  type Given,
  numbersOf,
  profileContext,
  profilePage,
  type Registered,
  readFields,
  taken,
} from '@tenor/profile-kit';
import { isRefusal, readPage, refuse, validationFailed, type Waiter } from '@tenor/service-kit';
import { paymentRecorder } from '../../payments/new-payments.commands.ts';
import type { Payment } from '../../payments/payment.ts';
import { listPayments } from '../../payments/payment-lists.store.ts';
import type { RecordPayment } from '../../payments/payment-request.ts';
import { type PaymentView, viewApplied, viewFirst, viewPayment } from '../../payments/payment-view.ts';
import type { PaymentReference, PaymentService } from '../../payments/payments.commands.ts';
import { PaymentCursorSchema } from '../../payments/payments.schemas.ts';
import { paymentReader, waitKeyOf } from '../../payments/payments.store.ts';
import type { AskReferences } from '../references.client.ts';
import { CustomerParamsSchema, NewPaymentSchema, PaymentSchema, PaymentsSchema, paymentFields } from './mo.schemas.ts';
import { MO_CURRENCY, moPaymentJson, toCents } from './mo-payments.ts';

export interface MoPayments extends PaymentService {
  /** Of payments that billing has answered. */
  readonly applied: Waiter;
  readonly askReferences: AskReferences;
}

const WAIT_MS = 5_000;
const moPayments = { profile: 'mo', kind: 'payment' };
const noSuchCustomer = refuse('not_found', 'There is no such customer.');

type NewPayment = Given<typeof paymentFields>;
type PageRequest = Parameters<typeof profilePage>[0];

export function moPaymentsRoutes(registered: Registered, service: MoPayments): void {
  payRoute(registered, service);
  const { route } = registered;
  route({
    method: 'GET',
    paths: ['/api/payments'],
    permission: 'profiles:read',
    summary: 'List payments, newest first',
    responses: { 200: PaymentsSchema },
    refusals: ['billing_unavailable'],
    handler: (request) => pageOfPayments(service, request, undefined),
  });
  route({
    method: 'GET',
    paths: ['/api/customers/:customer_id/payments'],
    permission: 'profiles:read',
    summary: "List a customer's payments, newest first",
    params: CustomerParamsSchema,
    responses: { 200: PaymentsSchema },
    refusals: ['billing_unavailable'],
    async handler(request) {
      const { customer_id: said } = request.params as { customer_id: string };
      const found = await service.askReferences({ profile: 'mo', customers: [said] });
      if (isRefusal(found)) return found;
      const [customer] = found.customers;
      return customer === undefined ? noSuchCustomer : pageOfPayments(service, request, customer.id);
    },
  });
}

function payRoute({ route }: Registered, service: MoPayments): void {
  const recordPayment = paymentRecorder(service);
  const viewRecorded = recordedViewer(service);
  route({
    method: 'POST',
    paths: ['/api/payments'],
    permission: 'profiles:write',
    summary: 'Pay loans; above what is owed it is stored as rejected',
    body: NewPaymentSchema,
    responses: { 201: PaymentSchema },
    refusals: [
      'already_exists',
      'amount_exceeds_outstanding',
      'loan_closed',
      'projection_behind',
      'billing_unavailable',
    ],
    async handler(request, reply) {
      const given = readFields(alias(request.body, 'customer', ['customer_external_id', 'customer_id']), paymentFields);
      if (isRefusal(given)) return given;
      const command = await commandOf(service, given);
      if (isRefusal(command)) return command;
      const outcome = await recordPayment(profileContext(request, 'mo', ['payment', given.external_id]), command);
      if (isRefusal(outcome)) return atDetails(taken(outcome, 'payment'));
      const shown = await showPayments(service, [await viewRecorded(outcome.result)]);
      return isRefusal(shown) ? shown : reply.code(201).send(shown[0]);
    },
  });
}

/** What the body asks for, of the customer and the loans that it names. */
async function commandOf({ askReferences }: MoPayments, given: NewPayment): Promise<RecordPayment | Refusal> {
  const { customer: said, payment_details: details } = given;
  const names = [...new Set(details.map(({ loan }) => loan))];
  const found = await askReferences({ profile: 'mo', customers: [said], loans: names });
  if (isRefusal(found)) return found;
  const [customer] = found.customers;
  if (customer === undefined) return validationFailed([unknown('/customer', said)]);
  const own = new Map(
    found.loans.filter((loan) => loan.customer_id === customer.id).map((loan) => [loan.name, loan.id]),
  );
  const faults: FieldError[] = [];
  const parts = details.map(({ loan, amount }, index) => {
    const loanId = own.get(loan);
    if (loanId === undefined) faults.push(unknown(`/payment_details/${index}/loan`, loan));
    return { loanId: loanId ?? '', amount: minorUnits(amount, `/payment_details/${index}/amount`, faults) };
  });
  const amount = minorUnits(given.total_amount, '/total_amount', faults);
  if (faults.length > 0) return validationFailed(faults);
  return {
    customerId: customer.id,
    amount,
    currency: MO_CURRENCY,
    valueDate: null,
    method: 'manual',
    externalId: given.external_id,
    allocations: parts.length > 0 ? parts : null,
    // A payment that names its loans is wrong where one of them owes less; any other may be too much.
    manner: { excess: parts.length > 0 ? 'refuse' : 'reject', order: 'oldest_loan' },
  };
}

const unknown = (pointer: string, name: string): FieldError => ({
  pointer,
  code: 'does_not_exist',
  message: `Object with external_id=${name} does not exist.`,
});

function minorUnits(plain: string, pointer: string, faults: FieldError[]): bigint {
  const minor = parseAmount(toCents(plain), MO_CURRENCY);
  if (typeof minor === 'bigint') return minor;
  const message = 'Ensure that there are no more than 2 decimal places.';
  faults.push({ pointer, code: minor, message });
  return 0n;
}

/** The refusal with its errors at the fields of this API's body. */
function atDetails(refusal: Refusal): Refusal {
  const errors = refusal.meta?.['errors'] as readonly FieldError[] | undefined;
  if (errors === undefined) return refusal;
  return validationFailed(
    errors.map((error) => ({
      ...error,
      pointer: error.pointer.replace(/^\/allocations/, '/payment_details').replace(/loan_id$/, 'loan'),
    })),
  );
}

/** A payment once billing has applied it, or as it was recorded when that takes too long. */
function recordedViewer({ database, applied }: MoPayments) {
  const readPayment = paymentReader(database);
  return async ({ customer_id: customerId, payment_id: id, outcome }: PaymentReference): Promise<PaymentView> => {
    const key = { customerId, id };
    const isApplied = outcome !== 'rejected' && (await applied.wait(waitKeyOf(key), WAIT_MS));
    const payment = await readPayment(key);
    return isApplied ? viewApplied(payment) : viewFirst(payment);
  };
}

/** One page of the payments that this API can count. */
function pageOfPayments(service: MoPayments, request: PageRequest, customerId: string | undefined) {
  return profilePage(
    request,
    (page) =>
      readPage(
        page,
        PaymentCursorSchema,
        (after, limit) =>
          listPayments(service.database, { customerId, currency: MO_CURRENCY, after: after?.id }, limit),
        { item: (payment: Payment) => payment, position: ({ id }) => ({ id }) },
      ),
    (payments) => showPayments(service, payments.map(viewPayment)),
  );
}

async function showPayments({ database, askReferences }: MoPayments, payments: readonly PaymentView[]) {
  const ids = payments.map(({ id }) => id);
  const loanIds = payments.flatMap(({ allocations }) => allocations.map(({ loan_id: id }) => id));
  const references = await askReferences({
    profile: 'mo',
    customer_ids: [...new Set(payments.map(({ customer_id: id }) => id))],
    loan_ids: [...new Set(loanIds)],
  });
  if (isRefusal(references)) return references;
  const numbers = await numbersOf(database, moPayments, ids);
  return payments.map((payment) => moPaymentJson(payment, numbers.get(payment.id) ?? 0, references));
}
