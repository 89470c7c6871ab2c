import { readFileSync } from 'node:fs';

/** A quote as a page asks for it. */
export interface QuoteExample {
  readonly request: {
    readonly terms: { readonly interest_method: string; readonly maximum_disbursements?: number };
    readonly principal: { readonly amount: string; readonly currency: string };
    readonly disbursed_on?: string;
  };
  /** The cells of the table under it, a row for each instalment. */
  readonly rows: readonly string[][];
}

const COLUMNS = ['number', 'due_date', 'principal', 'interest', 'fee', 'total', 'balance_after'] as const;
const EXAMPLE = /```json\n([\s\S]*?)\n```\n\n((?:\|.*\n)+)/g;

/** The examples of a page under `docs`, and how many blocks of JSON it has. Throws for a table of other columns. */
export function examplesOf(page: string): { blocks: number; examples: QuoteExample[] } {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  const examples = [...text.matchAll(EXAMPLE)].map(([, json = '', table = '']): QuoteExample => {
    const [head, , ...rows] = table.trimEnd().split('\n').map(cells);
    if (head?.join() !== COLUMNS.join()) throw new Error(`${page} has a table of ${head}`);
    return { request: JSON.parse(json), rows };
  });
  return { blocks: text.split('```json\n').length - 1, examples };
}

/** Instalments of an answer as a page shows them. */
export function cellsOf(instalments: readonly object[]): string[][] {
  return instalments.map((instalment) => {
    const values: Readonly<Record<string, unknown>> = { ...instalment };
    return COLUMNS.map((column) => String(values[column]));
  });
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
