import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import { hasBegunOn, isValidOn, notValid, type Product, storedProduct } from './product.ts';

/** A version as it is stored, and by whom: null for those that came with the installation. */
export interface StoredProduct {
  readonly product: Product;
  readonly createdAt: string;
  readonly createdBy: string | null;
}

interface ProductRow {
  definition: Parameters<typeof storedProduct>[0];
}
interface StoredRow extends ProductRow {
  created_at: string;
  created_by: string | null;
}

const insertProducts = statement(
  'products_insert',
  `insert into products (code, version, currency, definition, valid_from, valid_to, created_by)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::jsonb[], $5::date[], $6::date[], $7::text[])
       on conflict (code, version) do nothing returning created_at`,
);
const lockCode = statement('products_lock', 'select from products where code = $1 and version = 1 for no key update');
const selectLastVersion = statement(
  'products_last_version',
  'select max(version) as version from products where code = $1',
);
const selectLatest = statement(
  'products_latest',
  `select p.definition from unnest($1::text[]) as c (code)
   cross join lateral (select definition from products where code = c.code order by version desc limit 1) p`,
);
const selectBegun = statement(
  'products_begun',
  `select p.definition, c.on_date from unnest($1::text[], $2::date[]) as c (code, on_date)
   cross join lateral (
     select definition from products
      where code = c.code and (valid_from is null or valid_from <= c.on_date)
      order by version desc limit 1) p`,
);
const selectPage = statement(
  'products_page',
  `select distinct on (code) definition, created_at, created_by from products where ($1::text is null or code > $1)
    order by code, version desc limit $2`,
);
const selectVersion = statement(
  'products_version',
  `select definition, created_at, created_by from products where code = $1 and ($2::integer is null or version = $2)
    order by version desc limit 1`,
);

/** Stores versions that are not there yet; a stored version never changes, since loans point at it. */
export async function saveProducts(
  sql: Sql,
  products: readonly Product[],
  createdBy: string | null = null,
): Promise<number> {
  const rows = await sql.query(insertProducts, [
    products.map(({ code }) => code),
    products.map(({ version }) => version),
    products.map(({ currency }) => currency),
    products.map((product) => JSON.stringify(product)),
    products.map(({ validFrom }) => validFrom),
    products.map(({ validTo }) => validTo),
    products.map(() => createdBy),
  ]);
  return rows.length;
}

/**
 * Stores the next version of a code, the first when there is none. Versions of one code are made one after the other:
 * each holds the lock of the first.
 */
export async function saveNextVersion(
  sql: Transaction,
  product: Omit<Product, 'version'>,
  createdBy: string,
): Promise<number> {
  const first = { ...product, version: 1 };
  if (!(await isKnown(sql, product.code)) && (await saveProducts(sql, [first], createdBy)) === 1) return first.version;
  // Whoever was first to store it has committed by now, so that its row can be locked.
  await isKnown(sql, product.code);
  const [last] = await sql.query<{ version: number }>(selectLastVersion, [product.code]);
  const version = (last?.version ?? 0) + 1;
  await saveProducts(sql, [{ ...product, version }], createdBy);
  return version;
}

async function isKnown(sql: Transaction, code: string): Promise<boolean> {
  return (await sql.query(lockCode, [code])).length > 0;
}

/** One version of a product, the newest unless one is named. */
export async function findProduct(sql: Sql, code: string, version?: number): Promise<StoredProduct | undefined> {
  const [row] = await sql.query<StoredRow>(selectVersion, [code, version ?? null]);
  return row && toStored(row);
}

/** A product that a loan or quote asks for; without a date it is for today. */
export interface AskedProduct {
  readonly code: string;
  readonly on: LocalDate | null;
}

/**
 * The newest version of each that has begun on its date, in the order asked: it supersedes those before it, after its
 * last day too. Today is a day in the time zone of the code's newest version. Refuses `not_found`, and
 * `product_not_valid` where no version has begun on the date or that one has ended.
 */
export async function productsFor(
  sql: Sql,
  asked: readonly AskedProduct[],
  today: (timeZone: string | null) => LocalDate,
): Promise<(Product | Refusal)[]> {
  const newest = await newestOf(sql, [...new Set(asked.map(({ code }) => code))]);
  const dated = asked.map(({ code, on }) => {
    const product = newest.get(code);
    return { code, product, on: on ?? today(product?.policy.timeZone ?? null) };
  });
  const coming = dated.filter(({ product, on }) => product !== undefined && !hasBegunOn(product, on));
  const older = await begunOf(sql, coming);
  return dated.map(({ code, product, on }) => {
    if (product === undefined) return noProduct(code);
    const deciding = older.get(keyOf(code, on)) ?? product;
    return isValidOn(deciding, on) ? deciding : notValid(product, on);
  });
}

/** Refuses `not_found`: a product, or this version of one. */
export function noProduct(code: string, version?: number): Refusal {
  const which = version === undefined ? '' : `version ${version} of the `;
  return { refused: 'not_found', detail: `There is no ${which}product ${code}.` };
}

async function newestOf(sql: Sql, codes: readonly string[]): Promise<Map<string, Product>> {
  const rows = await sql.query<ProductRow>(selectLatest, [codes]);
  return new Map(rows.map(({ definition }) => [definition.code, storedProduct(definition)]));
}

async function begunOf(
  sql: Sql,
  asked: readonly { readonly code: string; readonly on: LocalDate }[],
): Promise<Map<string, Product>> {
  if (asked.length === 0) return new Map();
  const values = [asked.map(({ code }) => code), asked.map(({ on }) => on)];
  const rows = await sql.query<ProductRow & { on_date: LocalDate }>(selectBegun, values);
  return new Map(rows.map((row) => [keyOf(row.definition.code, row.on_date), storedProduct(row.definition)]));
}

const keyOf = (code: string, on: LocalDate): string => `${code} ${on}`;

/** The newest version of each product, by code, after the given one. */
export async function listProducts(sql: Sql, after: string | null, limit: number): Promise<StoredProduct[]> {
  return (await sql.query<StoredRow>(selectPage, [after, limit])).map(toStored);
}

function toStored({ definition, created_at: createdAt, created_by: createdBy }: StoredRow): StoredProduct {
  return { product: storedProduct(definition), createdAt, createdBy };
}
