import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';
import { generatedFiles } from '../src/generation/generated-files.ts';
import { asyncApiDocument, events, problemCodes } from '../src/index.ts';

const root = join(import.meta.dirname, '../../..');
const files = generatedFiles();
const textOf = (path: string): string => files.get(path) ?? '';
const newAjv = (options: Options = {}) => addFormats.default(new Ajv({ strict: false, allErrors: true, ...options }));

describe('generated files', () => {
  test.each([...files.keys()])('%s equals the code; if not: npm run generate', async (path) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(files.get(path));
  });

  test('none is left behind by an event that is gone', async () => {
    const folder = 'packages/contracts/generated';
    const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const expected = [...files.keys()].filter((path) => path.startsWith(folder)).map((path) => join(root, path));
    expect(paths.toSorted()).toEqual(expected.toSorted());
  });
});

test.each(events.map((event) => [event.type, event] as const))(
  'the JSON Schema of %s, read by another validator, takes its example and refuses an empty one',
  (type, event) => {
    const schema: object = JSON.parse(textOf(`packages/contracts/generated/schemas/${type}.schema.json`));
    const validate = newAjv().compile(schema);
    expect(validate(event.example)).toBe(true);
    expect(validate({})).toBe(false);
    expect(schema).toMatchObject({ $id: event.dataschema });
  },
);

describe('the AsyncAPI document', () => {
  const schema: object = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
  // The schema brings the meta-schema of JSON Schema along, so ajv must not have its own.
  const compile = () => newAjv({ meta: false, validateSchema: false }).compile(schema);

  test('is valid AsyncAPI 3.0.0', () => {
    const validate = compile();
    validate(asyncApiDocument());
    expect(validate.errors ?? []).toEqual([]);
  });

  test('would be found out if it were not', () => {
    const validate = compile();
    expect(validate({ ...asyncApiDocument(), operations: { broken: { action: 'shout' } } })).toBe(false);
  });

  test('has no reference that leads nowhere', () => {
    const document = asyncApiDocument();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    const follow = (path: string) =>
      path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
    expect(references.length).toBeGreaterThan(events.length);
    expect(references.filter((path) => follow(path) === undefined)).toEqual([]);
  });

  test('its messages take their examples', () => {
    const document = asyncApiDocument();
    const ajv = newAjv().addSchema(document, 'asyncapi.json');
    for (const { type } of events) {
      const message = `asyncapi.json#/components/messages/${type}`;
      const example = (document as { components: { messages: Record<string, { examples: { payload: unknown }[] }> } })
        .components.messages[type]?.examples[0]?.payload;
      expect([type, ajv.validate({ $ref: `${message}/payload` }, example)]).toEqual([type, true]);
    }
  });
});

describe('the documents', () => {
  test.each(events.map(({ type }) => type))('docs/events.md describes %s with an example', (type) => {
    const section = textOf('docs/events.md').split(`\n## ${type}\n`)[1]?.split('\n## ')[0] ?? '';
    expect(section).toContain('```json');
    expect(section).toContain(`"type": "${type}"`);
  });

  test.each(problemCodes)('docs/errors.md has %s', (code) => {
    expect(textOf('docs/errors.md')).toContain(`| \`${code}\` |`);
  });
});
