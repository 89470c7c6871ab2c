import { readFileSync } from 'node:fs';
import { allows, type Permission, permissions, roles } from '../src/index.ts';

const page = readFileSync(new URL('../../../docs/roles.md', import.meta.url), 'utf8');
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('docs/roles.md', () => {
  const [head = [], ...rows] = page
    .split('\n')
    .filter((line) => /^\| (permission|`[a-z_]+:[a-z_]+`) \|/.test(line))
    .map(cellsOf);

  test('has each permission once, with the roles that hold it', () => {
    const told = rows.map(([name = '', ...cells]) => ({
      permission: name.replaceAll('`', ''),
      holders: head.slice(1, -1).filter((_, index) => cells[index] !== '–'),
      says: cells.at(-1) !== '',
    }));
    const held = (Object.keys(permissions) as Permission[]).map((permission) => ({
      permission,
      holders: head.slice(1, -1).filter((role) => allows([role], permission)),
      says: true,
    }));
    expect(head.slice(1, -1).sort()).toEqual([...roles].sort());
    expect(told).toEqual(held);
  });

  test('names every role with what it is', () => {
    const named = page.split('\n').flatMap((line) => /^\| `(\w+)` \| \w/.exec(line)?.[1] ?? []);
    expect([...named].sort()).toEqual([...roles].sort());
  });
});
