import type { Refusal } from '@tenor/contracts';
import { jsonNumber, numbersOf, type Registered, readFields, wholeNumber, withNumber } from '@tenor/profile-kit';
import { isRefusal, refuse } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { noCustomer } from '../../customers/customers.commands.ts';
import { fileCustomers, fileLoans } from '../../imports/file-numbers.store.ts';
import { isCurrent } from '../../loans/credit-facts.ts';
import { loansOfCustomer } from '../../loans/loan-reads.store.ts';
import { type LoanView, type Viewing, type ViewLoan, viewLoans } from '../../loans/loan-views.store.ts';
import {
  CustomerParamsSchema,
  currentFields,
  ListedLoansSchema,
  type LoanJson,
  LoanParamsSchema,
  LoanQuerySchema,
  LoanSchema,
  LoansQuerySchema,
  SharedNumberSchema,
} from './alemeno.schemas.ts';
import { ALEMENO_CURRENCY, type AlemenoCustomers } from './customers.routes.ts';
import { loanFacts } from './loan-answers.ts';

export interface AlemenoLoans extends AlemenoCustomers, Viewing {
  readonly viewLoan: ViewLoan;
}

const noSuchLoan = refuse('not_found', 'There is no loan with this id.');
const noSuchCustomer = refuse('not_found', 'There is no customer with this id.');

export function alemenoLoansRoutes(registered: Registered, service: AlemenoLoans): void {
  loanRoute(registered, service);
  customerLoansRoute(registered, service);
}

function loanRoute({ route }: Registered, service: AlemenoLoans): void {
  route({
    method: 'GET',
    paths: ['/api/view-loan/:loan_id', '/view-loan/:loan_id'],
    permission: 'profiles:read',
    summary: 'A loan with its customer; two customers of a file may have loans of one id, which is then 409',
    params: LoanParamsSchema,
    querystring: LoanQuerySchema,
    responses: { 200: LoanSchema, 409: SharedNumberSchema },
    async handler(request, reply) {
      const number = pathNumber(request, 'loan_id');
      if (number === undefined) return noSuchLoan;
      const candidates = await loansWithNumber(service, number);
      const customerId = queryOf(request)['customer_id'];
      const chosen =
        customerId === undefined ? candidates : candidates.filter(({ customer }) => String(customer) === customerId);
      const [loan, another] = chosen;
      if (loan === undefined) return noSuchLoan;
      if (another !== undefined) {
        const customers = chosen.map(({ customer }) => customer);
        const detail = `Loans of the customers ${customers.join(' and ')} have this id: say which with ?customer_id=.`;
        return reply.code(409).send({ detail, customers });
      }
      return loanJson(service, number, loan);
    },
  });
}

function customerLoansRoute({ route }: Registered, service: AlemenoLoans): void {
  const { database, today } = service;
  route({
    method: 'GET',
    paths: ['/api/view-loans/:customer_id', '/view-loans/:customer_id'],
    permission: 'profiles:read',
    summary: "A customer's current loans, or all of them",
    params: CustomerParamsSchema,
    querystring: LoansQuerySchema,
    responses: { 200: ListedLoansSchema },
    async handler(request) {
      const number = pathNumber(request, 'customer_id');
      const [customer] = number === undefined ? [] : await withNumber(database, fileCustomers, number);
      if (customer === undefined) return noSuchCustomer;
      const asked = readFields(request.query, currentFields);
      if (isRefusal(asked)) return asked;
      const list = () => loansOfCustomer(database, customer.id, ALEMENO_CURRENCY);
      const views = await viewLoans(database, { today }, { list, isOfOneCustomer: true }, {});
      if (!Array.isArray(views)) return views;
      const shown = views.filter(({ state, asOf }) =>
        asked.all ? state.disbursedOn !== null : isCurrent(state, asOf),
      );
      return listedJson(service, shown);
    },
  });
}

interface NumberedLoan {
  readonly view: LoanView;
  readonly customer: number;
}

/** The loans that bear the number: several only where a file gave it to several customers. */
async function loansWithNumber({ database, viewLoan }: AlemenoLoans, number: number): Promise<NumberedLoan[]> {
  const found = await withNumber(database, fileLoans, number);
  const views = (await Promise.all(found.map(({ id }) => viewLoan(id, {})))).flatMap((view) =>
    isRefusal(view) || view.state.currency !== ALEMENO_CURRENCY ? [] : [view],
  );
  const ids = views.map(({ state }) => state.customerId);
  const numbers = await numbersOf(database, fileCustomers, ids);
  return views
    .map((view) => ({ view, customer: numbers.get(view.state.customerId) ?? 0 }))
    .sort((one, other) => one.customer - other.customer);
}

async function loanJson(
  { database, customers }: AlemenoLoans,
  number: number,
  { view: { state }, customer }: NumberedLoan,
): Promise<LoanJson | Refusal> {
  const found = await customers.find(database, state.customerId);
  if (found === undefined) return noCustomer(state.customerId);
  const { firstName, lastName, phone, age } = found.personal;
  return {
    loan_id: number,
    customer: {
      id: customer,
      first_name: firstName,
      last_name: lastName,
      phone_number: (phone === null ? undefined : wholeNumber(phone)) ?? phone,
      age: age ?? null,
    },
    ...termsJson(loanFacts(state)),
    tenure: loanFacts(state).tenure,
  };
}

/** In the order of their numbers. */
async function listedJson({ database }: AlemenoLoans, views: readonly LoanView[]) {
  const ids = views.map(({ state }) => state.loanId);
  const numbers = await numbersOf(database, fileLoans, ids);
  return views
    .map(({ state }) => {
      const facts = loanFacts(state);
      return { loan_id: numbers.get(state.loanId) ?? 0, ...termsJson(facts), repayments_left: facts.repaymentsLeft };
    })
    .sort((one, other) => one.loan_id - other.loan_id);
}

function termsJson({ amount, ratePercent, instalment }: ReturnType<typeof loanFacts>) {
  return {
    loan_amount: jsonNumber(amount),
    interest_rate: ratePercent === null ? null : jsonNumber(ratePercent),
    monthly_installment: jsonNumber(instalment),
  };
}

function pathNumber({ params }: FastifyRequest, name: string): number | undefined {
  return wholeNumber((params as Readonly<Record<string, string>>)[name] ?? '');
}

const queryOf = ({ query }: FastifyRequest) => query as Readonly<Record<string, string | undefined>>;
