interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The same schema with `additionalProperties: false` on every object that lists properties. Contracts themselves
 * stay open, since consumers must accept fields that were added later; producers are held to the closed form, so
 * that no undeclared field, personal data above all, travels by accident.
 */
export function closed(schema: object): JsonSchema {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) result[keyword] = closedValue(keyword, value);
  if (isSchema(result['properties']) && !('additionalProperties' in result)) result['additionalProperties'] = false;
  return result;
}

function closedValue(keyword: string, value: unknown): unknown {
  if (keyword === 'properties' && isSchema(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, isSchema(each) ? closed(each) : each]),
    );
  }
  if (keyword === 'anyOf' && Array.isArray(value)) return value.map((each) => (isSchema(each) ? closed(each) : each));
  if (keyword === 'items' && isSchema(value)) return closed(value);
  return value;
}
