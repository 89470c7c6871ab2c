import { EnvelopeSchema } from '../cloud-event.ts';
import { events } from '../registry.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** JSON Schema files by name: the envelope, and the data of each event under the URN that its messages carry. */
export function jsonSchemaFiles(): ReadonlyMap<string, object> {
  const files = new Map<string, object>([
    ['cloud-event.schema.json', { $schema: DRAFT, $id: 'urn:tenor:event:envelope:v1', ...EnvelopeSchema }],
  ]);
  for (const { type, title, description, dataschema, data } of events) {
    files.set(`${type}.schema.json`, { $schema: DRAFT, $id: dataschema, title, description, ...data });
  }
  return files;
}
