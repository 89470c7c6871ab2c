import { asyncApiDocument } from './asyncapi.ts';
import { errorsDocument } from './errors-doc.ts';
import { eventsDocument } from './events-doc.ts';
import { jsonSchemaFiles } from './json-schemas.ts';

export const GENERATED_FOLDER = 'packages/contracts/generated';

/** Every file that is derived from the contracts, by its path from the root of the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    [`${GENERATED_FOLDER}/asyncapi.json`, json(asyncApiDocument())],
    ['docs/events.md', eventsDocument()],
    ['docs/errors.md', errorsDocument()],
  ]);
  for (const [name, schema] of jsonSchemaFiles()) files.set(`${GENERATED_FOLDER}/schemas/${name}`, json(schema));
  return files;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
