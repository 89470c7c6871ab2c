/** What a JSON Schema may say; as far as it is looked at here. */
export interface JsonSchema {
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
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A field of an object, at any depth. */
export interface Field {
  /** As a JSON pointer, with `*` for an item of an array. */
  readonly path: string;
  /** As it is found, with what it says of itself. */
  readonly schema: JsonSchema;
  readonly isOptional: boolean;
}

export const withoutNull = (schema: JsonSchema): JsonSchema =>
  schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;

/** Every field at any depth, those of an array's items included. */
export function fieldsOf(schema: JsonSchema, path = ''): Field[] {
  const { properties = {}, required = [], items } = withoutNull(schema);
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const at = `${path}/${name}`;
    return [{ path: at, schema: field, isOptional: !required.includes(name) }, ...fieldsOf(field, at)];
  });
  return items === undefined ? own : [...own, ...fieldsOf(items, `${path}/*`)];
}
