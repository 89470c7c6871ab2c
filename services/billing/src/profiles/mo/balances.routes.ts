import type { Refusal } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { profilePage, type Registered } from '@tenor/profile-kit';
import { decodeCursor, isRefusal, pageOfRows, refuse } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import type { FullCustomer } from '../../customers/customers.store.ts';
import { customersOnPage } from '../../loans/balance-page.ts';
import { type CustomerBalance, customerBalances } from '../../loans/customer-balance.store.ts';
import { loanCounts } from '../../loans/loan-reads.store.ts';
import type { Viewing } from '../../loans/loan-views.store.ts';
import { type MoCustomers, PositionSchema } from './customers.routes.ts';
import {
  type BalanceJson,
  BalanceQuerySchema,
  BalanceSchema,
  BalancesSchema,
  CustomerParamsSchema,
} from './mo.schemas.ts';
import { findMoCustomer } from './mo-customers.store.ts';
import { MO_CURRENCY } from './mo-statuses.ts';

export type MoBalances = MoCustomers & Viewing;

export const noSuchCustomer = refuse('not_found', 'There is no such customer.');

export function moBalancesRoutes({ route }: Registered, service: MoBalances): void {
  route({
    method: 'GET',
    paths: ['/api/customers/balance'],
    permission: 'profiles:read',
    summary: "One customer's balance, or those of all, page by page",
    querystring: BalanceQuerySchema,
    responses: { 200: BalancesSchema },
    handler(request) {
      const { external_id: externalId, customer_id: customerId } = request.query as Record<string, string | undefined>;
      const said = externalId ?? customerId;
      return said === undefined ? balances(service, request) : balanceOf(service, said);
    },
  });

  route({
    method: 'GET',
    paths: ['/api/customers/:customer_id/balance'],
    permission: 'profiles:read',
    summary: "One customer's balance",
    params: CustomerParamsSchema,
    responses: { 200: BalanceSchema },
    handler: ({ params }) => balanceOf(service, (params as { customer_id: string }).customer_id),
  });
}

async function balanceOf(service: MoBalances, said: string): Promise<BalanceJson | Refusal> {
  const found = await findMoCustomer(service.database, service.customers, said);
  if (found === undefined) return noSuchCustomer;
  const shown = await showBalances(service, [found]);
  if (isRefusal(shown)) return shown;
  return shown[0] ?? noSuchCustomer;
}

/** The newest customer first; a page ends early rather than rest on too many loans. */
function balances(service: MoBalances, request: FastifyRequest) {
  const { database, customers } = service;
  return profilePage(
    request,
    async ({ limit, cursor }) => {
      const position = decodeCursor(cursor, PositionSchema);
      if (isRefusal(position)) return position;
      const found = await customers.page(database, { limit: limit + 1, ...(position && { before: position.id }) });
      const ids = found.map(({ customer }) => customer.id);
      const counts = await loanCounts(database, ids);
      const size = Math.min(customersOnPage(ids.map((id) => counts.get(id) ?? 0)), limit);
      return pageOfRows(found, size, { item: (row) => row, position: ({ customer }) => ({ id: customer.id }) });
    },
    (rows) => showBalances(service, rows),
  );
}

async function showBalances(
  { database, today }: MoBalances,
  rows: readonly FullCustomer[],
): Promise<BalanceJson[] | Refusal> {
  const customers = rows.map(({ customer }) => customer);
  const found = await customerBalances(database, { today }, customers, { currency: MO_CURRENCY });
  if (isRefusal(found)) return found;
  return rows.flatMap(({ customer, personal }) => {
    const balance = found.get(customer.id);
    return balance === undefined ? [] : [balanceJson(personal.externalId, balance)];
  });
}

function balanceJson(externalId: string, { limit, pending, outstanding }: CustomerBalance): BalanceJson {
  const text = (minor: bigint): string => formatAmount(minor, MO_CURRENCY);
  const debt = pending + outstanding;
  return {
    external_id: externalId,
    score: limit === null ? null : text(limit),
    available_amount: limit === null ? null : text(limit - debt),
    total_debt: text(debt),
  };
}
