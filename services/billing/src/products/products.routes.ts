import type { Refusal } from '@tenor/contracts';
import { type App, type Database, decodeCursor, isRefusal, pageOfRows } from '@tenor/service-kit';
import { Type } from 'typebox';
import type { Product } from './product.ts';
import {
  type ProductJson,
  ProductListQuerySchema,
  ProductPageSchema,
  ProductParamsSchema,
  ProductSchema,
} from './products.schemas.ts';
import { findProduct, listProducts } from './products.store.ts';
import { ProductCodeSchema } from './terms.schemas.ts';
import { termName } from './terms.ts';
import { givenTermsToJson } from './terms-json.ts';

const tags = ['products'];
const CursorSchema = Type.Object({ code: ProductCodeSchema }, { additionalProperties: false });

export function productsRoutes(app: App, { database }: { database: Database }): void {
  app.get(
    '/v1/products',
    {
      config: { permission: 'products:read' },
      schema: {
        summary: 'List products in their newest versions',
        tags,
        querystring: ProductListQuerySchema,
        response: { 200: ProductPageSchema },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const position = decodeCursor(cursor, CursorSchema);
      if (isRefusal(position)) return position;
      const products = await listProducts(database, position?.code ?? null, limit + 1);
      return pageOfRows(products, limit, { item: presentProduct, position: ({ code }) => ({ code }) });
    },
  );

  app.get(
    '/v1/products/:code',
    {
      config: { permission: 'products:read' },
      schema: {
        summary: 'Read the newest version of a product',
        tags,
        params: ProductParamsSchema,
        response: { 200: ProductSchema },
      },
    },
    async (request) => {
      const product = await findProduct(database, request.params.code);
      return product === undefined ? noProduct(request.params.code) : presentProduct(product);
    },
  );
}

export const noProduct = (code: string): Refusal => ({ refused: 'not_found', detail: `There is no product ${code}.` });

function presentProduct({ terms, policy, overridable, ...product }: Product): ProductJson {
  const { delinquency } = policy;
  return {
    code: product.code,
    version: product.version,
    name: product.name,
    currency: product.currency,
    terms: givenTermsToJson(terms) as ProductJson['terms'],
    overridable: overridable.map(termName),
    payment_policy: policy.paymentPolicy,
    overpayment: policy.overpayment,
    delinquency: {
      consecutive_missed: delinquency.consecutiveMissed,
      max_days_past_due: delinquency.maxDaysPastDue,
      tolerance: delinquency.tolerance,
      grace_days: delinquency.graceDays,
    },
    accrual: policy.accrual,
    auto_approve: policy.autoApprove,
    time_zone: policy.timeZone,
    requires_score: policy.requiresScore,
    principal_bounds: policy.principalBounds,
    tenor_bounds: policy.tenorBounds,
  };
}
