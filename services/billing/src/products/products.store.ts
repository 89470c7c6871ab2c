import { type Sql, statement } from '@tenor/service-kit';
import type { Product } from './product.ts';

const insertProducts = statement(
  'products_insert',
  `insert into products (code, version, currency, definition)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::jsonb[]) on conflict (code, version) do nothing`,
);
const selectLatest = statement(
  'products_latest',
  `select p.definition from unnest($1::text[]) as c (code)
   cross join lateral (select definition from products where code = c.code order by version desc limit 1) p`,
);
const selectPage = statement(
  'products_page',
  `select distinct on (code) definition from products where ($1::text is null or code > $1)
    order by code, version desc limit $2`,
);

/** Stores versions that are not there yet; a stored version never changes, since loans point at it. */
export async function saveProducts(sql: Sql, products: readonly Product[]): Promise<void> {
  await sql.query(insertProducts, [
    products.map(({ code }) => code),
    products.map(({ version }) => version),
    products.map(({ currency }) => currency),
    products.map((product) => JSON.stringify(product)),
  ]);
}

/** The newest version of a product. */
export async function findProduct(sql: Sql, code: string): Promise<Product | undefined> {
  return (await findProducts(sql, [code])).get(code);
}

/** The newest version of each of these products, by code. */
export async function findProducts(sql: Sql, codes: readonly string[]): Promise<Map<string, Product>> {
  const rows = await sql.query<{ definition: Product }>(selectLatest, [[...new Set(codes)]]);
  return new Map(rows.map(({ definition }) => [definition.code, definition]));
}

/** The newest version of each product, by code, after the given one. */
export async function listProducts(sql: Sql, after: string | null, limit: number): Promise<Product[]> {
  const rows = await sql.query<{ definition: Product }>(selectPage, [after, limit]);
  return rows.map(({ definition }) => definition);
}
