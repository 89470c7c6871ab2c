import { FileFault } from './file-fault.ts';

/** A column that a file may have. */
export interface ColumnRule {
  readonly name: string;
  readonly required: boolean;
}

const NAMES_TOLD = 10;

/**
 * For each cell of a row the name of its column, by the header: whatever its case, its blanks and its place; undefined
 * under an empty header. Throws a FileFault for a column that is missing, unknown, or there twice.
 */
export function matchColumns(header: readonly string[], rules: readonly ColumnRule[]): (string | undefined)[] {
  const byName = new Map(rules.map(({ name }) => [normal(name), name]));
  const columns = header.map((text) => (text.trim() === '' ? undefined : (byName.get(normal(text)) ?? null)));
  const unknown = header.filter((_, index) => columns[index] === null);
  if (unknown.length > 0) throw new FileFault('columns_unknown', `Unknown columns: ${listed(unknown)}.`);
  const named = columns.filter((name) => name !== undefined && name !== null);
  const doubled = named.filter((name, index) => named.indexOf(name) !== index);
  if (doubled.length > 0) throw new FileFault('columns_doubled', `Columns that are there twice: ${listed(doubled)}.`);
  const missing = rules.filter(({ name, required }) => required && !named.includes(name)).map(({ name }) => name);
  if (missing.length > 0) throw new FileFault('columns_missing', `Missing columns: ${listed(missing)}.`);
  return columns.map((name) => name ?? undefined);
}

const normal = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
const listed = (names: readonly string[]): string => names.slice(0, NAMES_TOLD).join(', ');
