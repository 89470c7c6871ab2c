import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { productFromJson, productToJson } from './product-json.ts';
import { storeProduct } from './products.commands.ts';
import {
  NewProductSchema,
  type ProductJson,
  ProductListQuerySchema,
  ProductPageSchema,
  ProductParamsSchema,
  ProductSchema,
  ProductVersionQuerySchema,
} from './products.schemas.ts';
import { findProduct, listProducts, noProduct, type StoredProduct } from './products.store.ts';
import { ProductCodeSchema } from './terms.schemas.ts';

const tags = ['products'];
const CursorSchema = Type.Object({ code: ProductCodeSchema }, { additionalProperties: false });

export function productsRoutes(app: App, { database }: { database: Database }): void {
  app.post(
    '/v1/products',
    {
      config: {
        permission: 'products:write',
        refusals: ['terms_invalid', 'idempotency_mismatch', 'idempotency_in_flight'],
      },
      schema: {
        summary: 'Make a product, or the next version of one; a version never changes once it is stored',
        tags,
        body: NewProductSchema,
        response: { 201: ProductSchema },
      },
    },
    async (request, reply) => {
      const product = productFromJson(request.body);
      const outcome = await execute(database, commandContext(request), (uow) => storeProduct(uow, product));
      if (isRefusal(outcome)) return outcome;
      const { code, version } = outcome.result;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      reply.code(201).header('Location', `/v1/products/${code}?version=${version}`);
      const stored = await findProduct(database, code, version);
      return stored === undefined ? noProduct(code) : presentProduct(stored);
    },
  );

  app.get(
    '/v1/products',
    {
      config: { permission: 'products:read', own: 'nobody' },
      schema: {
        summary: 'List products in their newest versions',
        tags,
        querystring: ProductListQuerySchema,
        response: { 200: ProductPageSchema },
      },
    },
    ({ query }) =>
      readPage(query, CursorSchema, (after, limit) => listProducts(database, after?.code ?? null, limit), {
        item: presentProduct,
        position: ({ product: { code } }) => ({ code }),
      }),
  );

  app.get(
    '/v1/products/:code',
    {
      config: { permission: 'products:read', own: 'nobody' },
      schema: {
        summary: 'Read a version of a product, the newest unless one is named',
        tags,
        params: ProductParamsSchema,
        querystring: ProductVersionQuerySchema,
        response: { 200: ProductSchema },
      },
    },
    async ({ params, query }) => {
      const stored = await findProduct(database, params.code, query.version);
      return stored === undefined ? noProduct(params.code, query.version) : presentProduct(stored);
    },
  );
}

function presentProduct({ product, createdAt, createdBy }: StoredProduct): ProductJson {
  return { ...productToJson(product), created_at: createdAt, created_by: createdBy } as ProductJson;
}
