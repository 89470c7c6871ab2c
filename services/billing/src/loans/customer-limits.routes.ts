import { UuidSchema } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { type App, type Database, decodeCursor, isRefusal, pageOfRows } from '@tenor/service-kit';
import { Type } from 'typebox';
import { noCustomer } from '../customers/customers.commands.ts';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import type { CustomersStore, FullCustomer } from '../customers/customers.store.ts';
import { balanceJson } from './balance-json.ts';
import { customersOnPage } from './balance-page.ts';
import { type CustomerBalance, customerBalance, customerBalances } from './customer-balance.store.ts';
import {
  CustomerBalancePageSchema,
  CustomerBalancesQuerySchema,
  LimitQuerySchema,
  LimitSchema,
} from './customer-limits.schemas.ts';
import { toAt } from './loan-reads.routes.ts';
import { loanCounts } from './loan-reads.store.ts';
import type { Viewing } from './loan-views.store.ts';

const CursorSchema = Type.Object({ id: UuidSchema }, { additionalProperties: false });
interface Dependencies extends Viewing {
  readonly database: Database;
  readonly customers: CustomersStore;
}

export function customerLimitsRoutes(app: App, dependencies: Dependencies): void {
  limitRoute(app, dependencies);
  balancesRoute(app, dependencies);
}

function limitRoute(app: App, dependencies: Dependencies): void {
  const { database, customers } = dependencies;

  app.get(
    '/v1/customers/:id/limit',
    {
      config: { permission: 'customers:read', own: { customer: 'params.id' }, refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'The credit limit, how it came about, and what of it is taken',
        tags: ['customers'],
        params: IdParamsSchema,
        querystring: LimitQuerySchema,
        response: { 200: LimitSchema },
      },
    },
    async ({ params: { id }, query }) => {
      const found = await customers.find(database, id);
      if (found === undefined) return noCustomer(id);
      const at = { ...toAt(query), currency: query.currency };
      const balance = await customerBalance(database, dependencies, found.customer, at);
      return isRefusal(balance) ? balance : limitJson(found, balance);
    },
  );
}

function limitJson({ customer, personal }: FullCustomer, balance: CustomerBalance) {
  const { limit, exposure, available, currency, as_of, known_at } = balanceJson(balance);
  return {
    customer_id: customer.id,
    limit,
    limit_policy: limit === null ? null : customer.limitPolicy,
    monthly_income: personal.monthlyIncome,
    exposure,
    pending: formatAmount(balance.pending, currency),
    active: formatAmount(balance.active, currency),
    available,
    currency,
    as_of,
    known_at,
  };
}

function balancesRoute(app: App, dependencies: Dependencies): void {
  const { database, customers } = dependencies;

  app.get(
    '/v1/customer-balances',
    {
      config: {
        permission: 'customers:read',
        own: { customer: 'query.customer_id' },
        refusals: ['known_at_too_recent'],
      },
      schema: {
        summary: 'The balances of all customers, the newest customer first',
        tags: ['customers'],
        querystring: CustomerBalancesQuerySchema,
        response: { 200: CustomerBalancePageSchema },
      },
    },
    async ({ query: { limit, cursor, currency, customer_id: id, ...at } }) => {
      const position = decodeCursor(cursor, CursorSchema);
      if (isRefusal(position)) return position;
      const found = await customers.page(database, { id, before: position?.id, limit: limit + 1 });
      const ids = found.map(({ customer }) => customer.id);
      const counts = await loanCounts(database, ids);
      const size = Math.min(customersOnPage(ids.map((id) => counts.get(id) ?? 0)), limit);
      const shown = found.slice(0, size).map(({ customer }) => customer);
      const balances = await customerBalances(database, dependencies, shown, { ...toAt(at), currency });
      if (isRefusal(balances)) return balances;
      return pageOfRows(found, size, {
        item: (row) => customerBalanceJson(row, balances.get(row.customer.id)),
        position: ({ customer }) => ({ id: customer.id }),
      });
    },
  );
}

function customerBalanceJson({ customer, personal }: FullCustomer, balance: CustomerBalance | undefined) {
  const balanceOrNulls =
    balance === undefined
      ? {
          as_of: null,
          known_at: null,
          limit: null,
          exposure: null,
          available: null,
          outstanding: null,
          credit: null,
          shortfall: null,
          currency: null,
        }
      : balanceJson(balance);
  return { customer_id: customer.id, external_id: personal.externalId, ...balanceOrNulls };
}
