import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { BillingTest } from './harness.ts';
import { type Field, fieldsOf, type JsonSchema, withoutNull } from './json-schema.ts';
import { numbers, type Outside, startWithOutside } from './scoring/with-outside.ts';
import { notYet, wholeProducts } from './whole-products.ts';

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
}
interface Operation {
  readonly requestBody: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

function isBounded({ type, ...value }: JsonSchema): boolean {
  if (value.enum !== undefined || type === 'boolean') return true;
  if (type === 'integer') return value.minimum !== undefined && value.maximum !== undefined;
  if (type === 'string') return value.pattern !== undefined || value.maxLength !== undefined;
  return type === 'array' ? value.maxItems !== undefined : value.additionalProperties === false;
}

const accepts = (schema: JsonSchema, value: unknown): boolean => Compile(Type.Unsafe(schema as TSchema)).Check(value);

/** The three terms that have no value to start from: each product gives them or leaves them to the loan. */
const TERMS_WITHOUT_DEFAULT = ['/terms/interest_method', '/terms/frequency', '/terms/number_of_instalments'];
/** A quote is of a product, of terms, of both or of several offers, on a day that follows from the others. */
const QUOTE_WITHOUT_DEFAULT = ['/product', '/terms', '/principal', '/disbursed_on', '/disbursements', '/offers'];
const WITHOUT_DEFAULT = [...TERMS_WITHOUT_DEFAULT, ...QUOTE_WITHOUT_DEFAULT].flatMap((path) => [
  path,
  `/offers/*${path}`,
]);

/** What these say is of a request only. */
const SAID_OF_REQUESTS = ['/code', '/terms'];

/** Where a value has something, as `Field` names its place. */
function placesIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => placesIn(item, `${path}/*`));
  return Object.entries(value).flatMap(([name, inner]) => [`${path}/${name}`, ...placesIn(inner, `${path}/${name}`)]);
}

/** What a form needs of a field, and what is said of one that lacks it. */
const demands: Readonly<Record<string, (field: Field) => boolean>> = {
  'has a title': ({ schema }) => (schema.title ?? '') !== '',
  'is described': ({ schema }) => (schema.description ?? '').length > 3,
  'is bounded': ({ schema }) => isBounded(withoutNull(schema)),
  'says what it is when it is left out': ({ path, schema, isOptional }) =>
    'default' in schema === (isOptional && !WITHOUT_DEFAULT.includes(path)),
  'has a default that it would take': ({ schema }) => !('default' in schema) || accepts(schema, schema.default),
  'shows an example': ({ schema }) => (schema.examples ?? []).length > 0,
  'shows only examples that it would take': ({ schema }) =>
    (schema.examples ?? []).every((example) => accepts(schema, example)),
};

describe('what the OpenAPI document says of a request, from which a form can be built', () => {
  let billing: BillingTest;
  let outside: Outside;
  let customerId: string;
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  beforeAll(async () => {
    // Loans that an outside score decides ask core banking; without an engine people decide.
    outside = await startWithOutside('published', { SCORING_URL: '', TRANSACTIONS_URL: '' });
    billing = outside.billing;
    customerId = await billing.customer({ external_id: numbers[0] });
    paths = JSON.parse((await billing.service.app.inject('/openapi.json')).payload).paths;
  });
  afterAll(() => outside.stop());

  const operation = (method: string, path: string): Operation => {
    const found = paths[path]?.[method];
    if (found === undefined) throw new Error(`${method} ${path} is in no document`);
    return found;
  };
  const schemaIn = ({ content }: Content): JsonSchema => content['application/json'].schema;
  const request = (method: string, path: string): JsonSchema => schemaIn(operation(method, path).requestBody);

  test.each([
    ['post', '/v1/products', 80],
    ['put', '/v1/calendars/{name}', 4],
    ['post', '/v1/quotes', 80],
  ])('every field of %s %s has what a form needs', (method, path, count) => {
    const fields = fieldsOf(request(method, path));
    expect(fields.length).toBeGreaterThanOrEqual(count);
    for (const [demand, isMet] of Object.entries(demands)) {
      expect([demand, fields.filter((field) => !isMet(field)).map((field) => field.path)]).toEqual([demand, []]);
    }
  });

  test('every field of the answer to a quote, and to offers, has a title and is described', () => {
    const { anyOf: [one, several] = [] } = schemaIn(operation('post', '/v1/quotes').responses['200'] as Content);
    const answered = [one, several].map((schema) => fieldsOf(schema as JsonSchema));
    const places = ['/product_version', '/instalments/*/balance_after', '/apr/reason', '/terms/tax/fee_percent'];
    expect(places.filter((place) => !answered[0]?.some(({ path }) => path === place))).toEqual([]);
    expect(answered[1]?.map(({ path }) => path)).toEqual(expect.arrayContaining(['/cheapest', '/offers/*/terms']));
    for (const demand of ['has a title', 'is described']) {
      const silent = answered.flat().filter((field) => demands[demand]?.(field) !== true);
      expect([demand, silent.map(({ path }) => path)]).toEqual([demand, []]);
    }
  });

  test('a product has the terms and the policy at every depth, described in the answer as in the request', () => {
    const answered = schemaIn(operation('post', '/v1/products').responses['201'] as Content);
    const described = (schema: JsonSchema) =>
      new Map(fieldsOf(schema).map((field) => [field.path, [field.schema.title, field.schema.description]]));
    const asked = described(request('post', '/v1/products'));
    const depths = ['/code', '/terms/fees/*/percent', '/terms/index_rate/values/*/from', '/penalty/cap'];
    expect(depths.filter((path) => !asked.has(path))).toEqual([]);
    const answer = described(answered);
    for (const path of SAID_OF_REQUESTS) asked.delete(path);
    for (const [path, told] of asked) expect([path, answer.get(path)]).toEqual([path, told]);
  });

  test.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      '/terms/annual_rate_percent',
      ['0', '12', '10000', '10000.00', '0.0000000001', null],
      ['-0.01', '12%', '10000.1', '1.00000000001', '', 12],
    ],
    ['/terms/down_payment_percent', ['0.1', '99.9', null], ['0', '0.0', '100', 'some']],
    ['/terms/fees/*/percent', ['1.5', null], ['0', '100']],
    ['/terms/tax/interest_percent', ['0', '99.99'], ['100', '-1', '']],
    ['/terms/index_rate/margin_percent', ['-2.5', '2'], ['two']],
    ['/terms/index_rate/values', [[{ from: '2026-01-01', percent: '-0.5' }]], [[], [{ from: '2026-01-01' }]]],
    ['/terms/number_of_instalments', [1, 600], [0, 1.5, 601]],
    ['/terms/frequency', [{ every: 1, unit: 'quarter' }], [{ every: 0, unit: 'month' }, { every: 1 }]],
    ['/terms/instalment_multiple', ['500', null], ['0', '-1']],
    ['/terms/minimum_days_to_first_due', [0, 366], [-1, 367]],
    ['/terms/maximum_disbursements', [1, 100], [0, 101]],
    ['/terms/principal_grace', [0, 599], [-1, 0.5, 600]],
    [
      '/rate_bounds',
      [{ min: '0', max: '10000' }, null],
      [
        { min: '-1', max: '5' },
        { min: '1', max: '10000.1' },
      ],
    ],
    ['/penalty/percent_per_day', ['0.1', null], ['0', '100']],
    [
      '/allocation_order/components',
      [['principal', 'interest', 'fee', 'penalty']],
      [['fee', 'fee', 'interest', 'principal'], ['fee']],
    ],
    ['/max_open_loans', [1, null], [0]],
  ])('%s is bounded by its schema', (path, taken, refused) => {
    const field = fieldsOf(request('post', '/v1/products')).find((each) => each.path === path);
    if (field === undefined) throw new Error(`${path} is no field of a product`);
    expect(taken.filter((value) => !accepts(field.schema, value))).toEqual([]);
    expect(refused.filter((value) => accepts(field.schema, value))).toEqual([]);
  });

  test('the products that follow give every field, but those that nothing acts on yet', () => {
    const given = new Set(wholeProducts.flatMap((product) => placesIn(product)));
    const all = fieldsOf(request('post', '/v1/products')).map(({ path }) => path);
    expect([...given, ...notYet].toSorted()).toEqual(all.toSorted());
  });

  test.each(wholeProducts.map((product) => [product.code, product] as const))(
    'what %s gives is stored, shown, quoted and kept by a loan',
    async (code, product) => {
      const admin = { role: 'admin' };
      await billing.put('/v1/calendars/jakarta', { weekend: [7], holidays: [{ date: '2026-08-17' }] }, admin);
      const made = await billing.post('/v1/products', product, admin);
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject(product);
      expect((await billing.get(`/v1/products/${code}`)).body).toEqual(made.body);
      const asked = { product: code, principal: { amount: '1200', currency: 'USD' } };
      const quote = await billing.post('/v1/quotes', asked);
      expect([quote.status, quote.body]).toMatchObject([200, { terms: product.terms, product_version: 1 }]);
      const loan = await billing.post('/v1/loans', { ...asked, customer_id: customerId });
      expect([loan.status, loan.body]).toMatchObject([201, { terms: product.terms, status: 'pending' }]);
      const active = await billing.post(`/v1/loans/${loan.body.id}/approve`, {});
      expect(active.body).toMatchObject({ status: 'active', terms: product.terms });
      expect(await billing.isProven(loan.body.id)).toBe(true);
    },
  );
});
