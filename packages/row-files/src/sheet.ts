import { sheetNumber } from '@tenor/money';
import { FileFault } from './file-fault.ts';
import { type ReadLimits, SPREADSHEET_ROWS, type TableRow } from './table.ts';
import { type XmlHandler, xmlPieces } from './xml-events.ts';

const CELL_REFERENCE = /^([A-Z]{1,7})\d{1,7}$/;
const LETTERS = 26;

/** The rows of a sheet's XML that are not blank. Of a formula only the value that was stored with it is seen. */
export async function* sheetRows(
  chunks: AsyncIterable<Buffer>,
  strings: readonly string[],
  limits: ReadLimits,
): AsyncGenerator<TableRow> {
  const rows: TableRow[] = [];
  let count = 0;
  for await (const _ of xmlPieces(
    chunks,
    sheetHandler(strings, limits, (row) => rows.push(row)),
  )) {
    for (const row of rows.splice(0)) {
      count += 1;
      if (count > limits.rows) throw new FileFault('rows_exceeded', `The sheet has more than ${limits.rows - 1} rows.`);
      yield row;
    }
  }
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  text: string;
}

function sheetHandler(strings: readonly string[], limits: ReadLimits, emit: (row: TableRow) => void): XmlHandler {
  let number = 0;
  let cells: string[] = [];
  let isCut = false;
  let cell: OpenCell | undefined;
  let isValue = false;

  function keep({ column, type, text }: OpenCell): void {
    const value = textOf(type, text, strings);
    if (value === '') return;
    if (column >= limits.columns) {
      throw new FileFault('columns_exceeded', `The sheet has more than ${limits.columns} columns.`);
    }
    isCut ||= value.length > limits.cellLength;
    while (cells.length < column) cells.push('');
    cells[column] = value.slice(0, limits.cellLength);
  }

  return {
    open(name, attributes) {
      if (name === 'row') {
        number = rowNumber(attributes['r'], number);
        [cells, isCut] = [[], false];
      } else if (name === 'c') {
        cell = {
          column: columnOf(attributes['r']) ?? (cell?.column ?? -1) + 1,
          type: attributes['t'] ?? 'n',
          text: '',
        };
      }
      isValue = name === 'v' || name === 't';
    },
    text(text) {
      if (isValue && cell !== undefined && cell.text.length <= limits.cellLength) cell.text += text;
    },
    close(name) {
      isValue = false;
      if (name === 'c' && cell !== undefined) keep(cell);
      if (name !== 'row') return;
      cell = undefined;
      if (cells.some((text) => text.trim() !== '')) emit({ number, cells, isCut });
    },
  };
}

function rowNumber(stated: string | undefined, before: number): number {
  const number = stated === undefined ? before + 1 : Number.parseInt(stated, 10);
  if (!(number > before)) throw new FileFault('file_corrupt', 'The rows of the sheet are not in their order.');
  if (number > SPREADSHEET_ROWS) {
    throw new FileFault('rows_exceeded', `The sheet has rows behind row ${SPREADSHEET_ROWS}.`);
  }
  return number;
}

/** From 0; undefined for a cell that does not say where it stands. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = CELL_REFERENCE.exec(reference ?? '')?.[1];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * LETTERS + letter.charCodeAt(0) - 64, 0) - 1;
}

function textOf(type: string, text: string, strings: readonly string[]): string {
  if (type === 'n') return sheetNumber(text) ?? text;
  if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE';
  if (type !== 's') return text;
  const shared = /^\d{1,9}$/.test(text) ? strings[Number.parseInt(text, 10)] : undefined;
  if (shared === undefined)
    throw new FileFault('file_corrupt', 'A cell refers to a text that the workbook does not have.');
  return shared;
}
