import { readFileSync } from 'node:fs';

/** A row of a page's table: its cells by column, without the marks of code. */
export type Row<Column extends string> = Readonly<Record<Column, string>>;

const pages = new URL('../../../../docs/', import.meta.url);

/** The rows of all tables of a page under `docs` that have these columns, others beside them or not. Throws for none. */
export function rowsOf<Column extends string>(page: string, ...columns: readonly Column[]): Row<Column>[] {
  const found = tablesOf(readFileSync(new URL(page, pages), 'utf8'))
    .filter(({ head }) => columns.every((column) => head.includes(column)))
    .flatMap(({ head, rows }) => rows.map((cells) => rowOf(head, cells) as Row<Column>));
  if (found.length === 0) throw new Error(`${page} has no table with ${columns.join(', ')}`);
  return found;
}

function tablesOf(text: string): { head: readonly string[]; rows: readonly string[][] }[] {
  return text.split(/\n(?!\|)/).flatMap((block) => {
    const [head, , ...rows] = block
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cellsOf);
    return head === undefined ? [] : [{ head, rows }];
  });
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim());
}

function rowOf(head: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(head.map((column, index) => [column, cells[index] ?? '']));
}
