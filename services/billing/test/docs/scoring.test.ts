import { readdirSync, readFileSync } from 'node:fs';
import { rowsOf } from './page-tables.ts';

const folder = new URL('../scoring/', import.meta.url);
const tests = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

test.each(rowsOf('scoring.md', 'what happens', 'test'))('a test holds: $test', ({ test: name }) => {
  expect([`'${name}'`, `"${name}"`].some((quoted) => tests.includes(quoted))).toBe(true);
});

test('the states are those of the answer', () => {
  const states = rowsOf('scoring.md', 'state', 'means').map(({ state }) => state);
  const schema = readFileSync(new URL('../../src/scoring/scores.schemas.ts', import.meta.url), 'utf8');
  const listed = /Type\.Enum\(\[([^\]]*)\]/.exec(schema)?.[1]?.match(/\w+/g);
  expect(states).toEqual(listed);
});
