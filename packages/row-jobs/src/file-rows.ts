import type { Refusal } from '@tenor/contracts';
import {
  type ByteSource,
  FileFault,
  matchColumns,
  type ReadLimits,
  readCsv,
  readItems,
  readXlsx,
  type TableRow,
} from '@tenor/row-files';
import { refuse, validationFailed } from '@tenor/service-kit';
import type { FileFormat, Job } from './jobs.store.ts';
import type { RowJob, RowKind } from './row-kind.ts';
import type { RowValues } from './row-values.ts';

/** A row of a file, before its kind has read it. */
export interface UnreadRow<Row> {
  readonly number: number;
  readonly values: RowValues;
  read(): Row | Refusal;
}

/** A file that may be read as often as needed. */
export interface RowFile {
  readonly source: ByteSource;
  readonly format: FileFormat;
  readonly limits: ReadLimits;
}

/**
 * Looks through the whole file before anything of it counts: its columns, and how many rows it has. Throws a FileFault for
 * a file that is not read to its end, or lacks a column.
 */
export async function lookThrough<Row, P extends object>(
  file: RowFile,
  kind: RowKind<Row, P>,
  signal: AbortSignal,
): Promise<{ header: readonly string[] | null; rowsTotal: number }> {
  let rowsTotal = 0;
  if (file.format === 'items') {
    for await (const _ of readItems(file.source)) rowsTotal += 1;
    return { header: null, rowsTotal };
  }
  let header: readonly string[] | undefined;
  for await (const { cells } of tableOf(file)) {
    signal.throwIfAborted();
    if (header === undefined) {
      header = cells.map((text) => text.trim());
      matchColumns(header, kind.columns);
    } else rowsTotal += 1;
  }
  if (header === undefined) throw new FileFault('file_empty', 'The file has no rows, not even a header.');
  return { header, rowsTotal };
}

/** The rows behind number `after`, to be read by their kind. */
export async function* rowsAfter<Row, P extends object>(
  file: RowFile,
  kind: RowKind<Row, P>,
  job: RowJob<P> & Pick<Job, 'header'>,
  after: number,
): AsyncGenerator<UnreadRow<Row>> {
  if (job.header === null) {
    for await (const { number, item } of readItems(file.source)) {
      if (number <= after) continue;
      yield { number, values: { item }, read: () => readItem(kind, item, job) };
    }
    return;
  }
  const columns = matchColumns(job.header, kind.columns);
  let isHeader = true;
  for await (const row of tableOf(file)) {
    if (!isHeader && row.number > after) yield unreadRow(kind, row, columns, job);
    isHeader = false;
  }
}

function tableOf({ source, format, limits }: RowFile): AsyncGenerator<TableRow> {
  return format === 'xlsx' ? readXlsx(source, limits) : readCsv(source, limits);
}

function readItem<Row, P extends object>(kind: RowKind<Row, P>, item: unknown, job: RowJob<P>): Row | Refusal {
  if (kind.readItem === undefined) throw new Error(`The kind ${kind.name} takes no arrays`);
  return kind.readItem(item, job);
}

function unreadRow<Row, P extends object>(
  kind: RowKind<Row, P>,
  { number, cells, isCut }: TableRow,
  columns: readonly (string | undefined)[],
  job: RowJob<P>,
): UnreadRow<Row> {
  const hasNul = cells.some((text) => text.includes('\u0000'));
  const values = { cells: hasNul ? cells.map((text) => text.replaceAll('\u0000', '\ufffd')) : cells };
  const refused = (code: string, message: string) => ({ number, values, read: () => wholeRow(code, message) });
  if (hasNul) return refused('text', 'holds a character that is not allowed in text');
  if (isCut) return refused('maxLength', 'has a cell that is too long');
  if (cells.some((text, index) => columns[index] === undefined && text.trim() !== '')) {
    return refused('unknown_field', 'has a cell under no column');
  }
  const byColumn = Object.fromEntries(kind.columns.map(({ name }) => [name, '']));
  for (const [index, name] of columns.entries()) if (name !== undefined) byColumn[name] = (cells[index] ?? '').trim();
  return { number, values, read: () => kind.read({ number, cells: byColumn }, job) };
}

function wholeRow(code: string, message: string): Refusal {
  return { ...validationFailed([{ pointer: '', code, message }]), detail: `The row ${message}.` };
}

/** The refusal of a row that came with other content before. */
export const anotherContent: Refusal = refuse('already_exists', 'The row came before with other content.');
