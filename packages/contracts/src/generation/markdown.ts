export const GENERATED_NOTE =
  '<!-- Generated from packages/contracts by `npm run generate`; a test holds it equal to the code. -->';

interface FieldSchema {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly description?: unknown;
}

/** Text that cannot end a table's cell. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A table of an object's fields, those of nested objects and of lists of objects under their path. */
export function describeFields(schema: object): string {
  return `| field | type | meaning |\n|---|---|---|\n${rowsOf(schema as FieldSchema, '').join('\n')}\n`;
}

function rowsOf(schema: FieldSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required?.includes(name) ? '' : ', optional';
    const meaning = typeof field.description === 'string' ? field.description : '';
    const row = `| \`${path}${name}\` | ${cell(typeOf(field))}${optional} | ${cell(meaning)} |`;
    const inner = field.items ? rowsOf(field.items, `${path}${name}[].`) : rowsOf(field, `${path}${name}.`);
    return [row, ...inner];
  });
}

function typeOf(field: FieldSchema): string {
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.items) return `list of ${typeOf(field.items)}`;
  return typeof field.format === 'string' ? field.format : String(field.type);
}
