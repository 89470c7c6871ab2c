import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { type App, type Database, isRefusal } from '@tenor/service-kit';
import { noCustomer } from '../customers/customers.commands.ts';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import { findCustomer } from '../customers/customers.store.ts';
import { delinquency } from '../delinquency/delinquency.ts';
import { balanceJson } from './balance-json.ts';
import { customerBalance } from './customer-balance.store.ts';
import { BalanceQuerySchema, BalanceSchema } from './customer-limits.schemas.ts';
import { delinquencyJson } from './loan-json.ts';
import { toAt } from './loan-reads.routes.ts';
import { loansOfCustomer } from './loan-reads.store.ts';
import { type LoanView, latestKnown, type Viewing, viewLoans } from './loan-views.store.ts';
import { listLoans } from './loans.routes.ts';
import {
  AtQuerySchema,
  type CustomerDelinquencyJson,
  CustomerDelinquencySchema,
  CustomerLoansQuerySchema,
  LoanPageSchema,
} from './loans.schemas.ts';

const tags = ['customers'];

interface Dependencies extends Viewing {
  readonly database: Database;
}

export function customerLoansRoutes(app: App, dependencies: Dependencies): void {
  balanceRoute(app, dependencies);
  loanRoutes(app, dependencies);
}

function balanceRoute(app: App, dependencies: Dependencies): void {
  const { database } = dependencies;

  app.get(
    '/v1/customers/:id/balance',
    {
      config: { permission: 'customers:read', own: { customer: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'Limit, exposure, what is available, outstanding and credit in one currency',
        tags,
        params: IdParamsSchema,
        querystring: BalanceQuerySchema,
        response: { 200: BalanceSchema },
      },
    },
    async ({ params: { id }, query }) => {
      const customer = await findCustomer(database, id);
      if (customer === undefined) return noCustomer(id);
      const balance = await customerBalance(database, dependencies, customer, {
        ...toAt(query),
        currency: query.currency,
      });
      if (isRefusal(balance)) return balance;
      return balanceJson(balance);
    },
  );
}

function loanRoutes(app: App, dependencies: Dependencies): void {
  const { database, today } = dependencies;

  app.get(
    '/v1/customers/:id/loans',
    {
      config: { permission: 'loans:read', own: { customer: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: "The customer's loans, newest first",
        tags,
        params: IdParamsSchema,
        querystring: CustomerLoansQuerySchema,
        response: { 200: LoanPageSchema },
      },
    },
    async ({ params: { id }, query }) => {
      if ((await findCustomer(database, id)) === undefined) return noCustomer(id);
      const { cursor, as_of, known_at, ...filter } = query;
      return listLoans(dependencies, { ...filter, customerId: id }, cursor, toAt({ as_of, known_at }));
    },
  );

  app.get(
    '/v1/customers/:id/delinquency',
    {
      config: { permission: 'loans:read', own: { customer: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: "The worst of the customer's loans",
        tags,
        params: IdParamsSchema,
        querystring: AtQuerySchema,
        response: { 200: CustomerDelinquencySchema },
      },
    },
    async ({ params: { id }, query }) => {
      if ((await findCustomer(database, id)) === undefined) return noCustomer(id);
      const at = toAt(query);
      const list = () => loansOfCustomer(database, id, null);
      const views = await viewLoans(database, dependencies, { list, isOfOneCustomer: true }, at);
      return Array.isArray(views)
        ? worstOf(id, views, { asOf: at.asOf ?? today(null), knownAt: at.knownAt })
        : (views satisfies Refusal);
    },
  );
}

/** Which loan is the worst: a delinquent one before others, then the one that is late for longest. */
function worstOf(
  customerId: string,
  views: readonly LoanView[],
  { asOf, knownAt }: { asOf: LocalDate; knownAt: string | undefined },
): CustomerDelinquencyJson {
  const loans = views
    .filter(({ state }) => state.status === 'active')
    .map(({ state, asOf: on }) => ({ state, standing: delinquency(state, on) }))
    .sort(({ standing: a }, { standing: b }) => compareLate(b, a));
  const worst = loans[0]?.standing;
  const arrears = new Map<string, bigint>();
  for (const { state, standing } of loans) {
    arrears.set(state.currency, (arrears.get(state.currency) ?? 0n) + standing.arrears);
  }
  return {
    customer_id: customerId,
    as_of: asOf,
    known_at: knownAt ?? latestKnown(views),
    is_delinquent: worst?.isDelinquent ?? false,
    consecutive_missed: worst?.consecutiveMissed ?? 0,
    days_past_due: worst?.daysPastDue ?? 0,
    bucket: worst?.bucket ?? 'current',
    arrears: [...arrears].map(([currency, minor]) => ({ amount: formatAmount(minor, currency), currency })),
    loans: loans.map(({ state, standing }) => ({
      loan_id: state.loanId,
      ...delinquencyJson(standing, state.currency),
    })),
  };
}

function compareLate(a: ReturnType<typeof delinquency>, b: ReturnType<typeof delinquency>): number {
  return Number(a.isDelinquent) - Number(b.isDelinquent) || a.daysPastDue - b.daysPastDue;
}
