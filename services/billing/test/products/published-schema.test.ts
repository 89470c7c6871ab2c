import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { NewProductSchema, ProductSchema } from '../../src/products/products.schemas.ts';

// TypeBox schemas are JSON Schemas, whose types TypeBox does not tell.
const requested: JsonSchema = JSON.parse(JSON.stringify(NewProductSchema));
const answered: JsonSchema = JSON.parse(JSON.stringify(ProductSchema));

/** What a JSON Schema may say; as far as it is looked at here. */
interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

interface Field {
  readonly path: string;
  /** As it is found, with what it says of itself. */
  readonly schema: JsonSchema;
  /** Without null. */
  readonly value: JsonSchema;
  readonly isOptional: boolean;
}

/** Every field at any depth, an item of an array included. */
function fieldsOf(schema: JsonSchema, path = ''): Field[] {
  const value = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
  const inner = Object.entries(value.properties ?? {}).flatMap(([name, field]) => {
    const isOptional = !(value.required ?? []).includes(name);
    const at = `${path}/${name}`;
    return [{ path: at, schema: field, value: withoutNull(field), isOptional }, ...fieldsOf(field, at)];
  });
  return value.items === undefined ? inner : [...inner, ...fieldsOf(value.items, `${path}/*`)];
}

const withoutNull = (schema: JsonSchema): JsonSchema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;

function boundsOf({ type, ...value }: JsonSchema): string | undefined {
  if (value.enum !== undefined || type === 'boolean') return 'a few values';
  if (type === 'integer' && value.minimum !== undefined && value.maximum !== undefined) return 'a range';
  if (type === 'string' && (value.pattern !== undefined || value.maxLength !== undefined)) return 'a form';
  if (type === 'array' && value.maxItems !== undefined) return 'a length';
  if (type === 'object' && value.additionalProperties === false) return 'its fields';
  return undefined;
}

/** The three that a product cannot do without, and what has no value to start from. */
const WITHOUT_DEFAULT = ['/terms/interest_method', '/terms/frequency', '/terms/number_of_instalments'];
const GROUPS = [
  '/terms',
  '/terms/frequency',
  '/terms/index_rate',
  '/terms/tax',
  '/terms/fees',
  '/terms/index_rate/values',
];

describe('the schema of a new product, from which a form can be built', () => {
  const request = fieldsOf(requested);
  const optional = request.filter(({ isOptional }) => isOptional);

  test('has the terms and the policy at every depth', () => {
    const paths = request.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['/code', '/terms/fees/*/percent', '/terms/index_rate/values/*/from', '/penalty/cap']),
    );
    expect(paths.length).toBeGreaterThan(80);
  });

  test.each(request.map((field) => [field.path, field] as const))(
    '%s is titled, described and bounded',
    (_path, { schema, value }) => {
      expect(schema.title).toEqual(expect.any(String));
      expect(schema.description?.length).toBeGreaterThan(3);
      expect(boundsOf(value)).toBeDefined();
    },
  );

  test.each(optional.map((field) => [field.path, field] as const))(
    '%s says what it is when it is left out, with a value that it would take',
    (path, { schema }) => {
      if (WITHOUT_DEFAULT.includes(path)) return expect(schema).not.toHaveProperty('default');
      expect(schema).toHaveProperty('default');
      return expect(accepts(schema, schema.default)).toBe(true);
    },
  );

  test.each(request.map((field) => [field.path, field] as const))(
    '%s shows an example that it would take',
    (path, { schema, value }) => {
      const examples = schema.examples ?? value.examples ?? [];
      const isShown = schema.default !== undefined && schema.default !== null;
      if (!GROUPS.includes(path) && !isShown && value.type !== 'object') expect(examples).not.toEqual([]);
      expect(examples.filter((example) => !accepts(schema, example))).toEqual([]);
    },
  );

  const accepts = (schema: JsonSchema, value: unknown): boolean => Compile(Type.Unsafe(schema as TSchema)).Check(value);
});

test('the answer describes what the request describes', () => {
  const described = (fields: readonly Field[]) =>
    new Map(fields.map(({ path, schema: { title, description } }) => [path, { title, description }]));
  const answer = described(fieldsOf(answered));
  for (const [path, told] of described(fieldsOf(requested))) {
    if (path !== '/terms') expect([path, answer.get(path)]).toEqual([path, told]);
  }
});
