import { csvLines, toCsv } from '@tenor/documents';
import type { Sql } from '@tenor/service-kit';
import type { Job } from './jobs.store.ts';
import { pageOfRows, type SettledRow } from './rows.store.ts';

const ROWS_PER_READ = 500;

/**
 * The refused rows as CSV, read a few at a time: the file's own columns, so that they can be corrected and sent again, and
 * behind them the row's number and why. What a spreadsheet would run as a formula is made harmless.
 */
export async function* refusedRowsCsv(
  sql: Sql,
  { id, format, header }: Pick<Job, 'id' | 'format' | 'header'>,
): AsyncGenerator<string> {
  const columns = format === 'items' ? ['item'] : (header ?? []);
  yield toCsv([...columns, 'row', 'code', 'reason'], []);
  let after = 0;
  for (;;) {
    const rows = await pageOfRows(sql, id, { after, limit: ROWS_PER_READ, onlyRefused: true });
    yield csvLines(
      rows.map((row) => line(row, columns)),
      columns.length + 3,
    );
    after = rows.at(-1)?.number ?? after;
    if (rows.length < ROWS_PER_READ) return;
  }
}

function line({ number, values, refusal }: SettledRow, columns: readonly string[]): string[] {
  return [...cellsOf(values, columns.length), String(number), refusal?.refused ?? '', refusal?.detail ?? ''];
}

function cellsOf(values: SettledRow['values'], length: number): string[] {
  if (values === null) return Array.from({ length }, () => '');
  if ('item' in values) return [JSON.stringify(values.item)];
  return Array.from({ length }, (_, index) => values.cells[index] ?? '');
}
