const LINE_END = '\r\n';
/** What a spreadsheet takes for the start of a formula, in the widths that it folds together, also after white space. */
const FORMULA_START = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
const NUMBER = /^-?\d+(\.\d+)?$/;
/** Separators of other readers too, which would find a formula in the second part. */
const NEEDS_QUOTES = /[",;|\t\r\n]/;

/**
 * A table as CSV by RFC 4180 with its header row. Text that a spreadsheet would run as a formula gets an apostrophe in
 * front; numbers, below zero too, stay as they are. Throws RangeError for a row that is not as long as the header.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return csvLines([header, ...rows], header.length);
}

/** Rows of a table that is written bit by bit, as `toCsv` writes them. Throws RangeError for a row of another length. */
export function csvLines(rows: readonly (readonly string[])[], length: number): string {
  return rows
    .map((row) => {
      if (row.length !== length) throw new RangeError(`a row has ${row.length} cells, not ${length}`);
      return row.map(cell).join(',') + LINE_END;
    })
    .join('');
}

function cell(text: string): string {
  const harmless = FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
