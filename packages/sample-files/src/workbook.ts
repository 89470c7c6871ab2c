import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A cell as a spreadsheet keeps it: the text of a number, a shared text, a serial that is shown as a date, or nothing. */
export type Cell = { readonly number: string } | { readonly text: string } | { readonly serial: number } | null;
export type Row = readonly Cell[];

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEETS = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** The second cell style: the built-in date format. */
const DATE_STYLE = 1;
/** So that the same rows make the same bytes. */
const MTIME = new Date('2023-06-15T00:00:00Z');

const parts: Readonly<Record<string, string>> = {
  '[Content_Types].xml':
    `<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/>` +
    `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEETS}.worksheet+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${SHEETS}.styles+xml"/>` +
    `<Override PartName="/xl/sharedStrings.xml" ContentType="${SHEETS}.sharedStrings+xml"/></Types>`,
  '_rels/.rels':
    `<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml':
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">` +
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels':
    `<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
    `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/>` +
    `<Relationship Id="rId3" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  'xl/styles.xml':
    `<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>` +
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
};

/** Writes an .xlsx file with one sheet, row by row. The same rows make the same bytes. */
export async function writeWorkbook(path: string, rows: Iterable<Row>): Promise<void> {
  const shared = new Map<string, number>();
  const zip = new ZipFile();
  const add = (name: string, pieces: Iterable<string>): void =>
    zip.addReadStreamLazy(name, { mtime: MTIME }, (ready) => ready(null, Readable.from(bytesOf(pieces))));
  for (const [name, xml] of Object.entries(parts)) add(name, [HEAD, xml]);
  add('xl/worksheets/sheet1.xml', sheetXml(rows, shared));
  // Known once the sheet is written, which is only asked for after it.
  add('xl/sharedStrings.xml', sharedXml(shared));
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

const PIECE_LENGTH = 1 << 16;

/** In pieces large enough that each is worth its way through the stream. */
function* bytesOf(pieces: Iterable<string>): Generator<Buffer> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function* sheetXml(rows: Iterable<Row>, shared: Map<string, number>): Generator<string> {
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>`;
  let number = 0;
  for (const row of rows) {
    number += 1;
    const cells = row.map((cell, index) => cellXml(cell, `${columnName(index)}${number}`, shared));
    yield `<row r="${number}">${cells.join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(cell: Cell, reference: string, shared: Map<string, number>): string {
  if (cell === null) return `<c r="${reference}"/>`;
  if ('number' in cell) return `<c r="${reference}"><v>${cell.number}</v></c>`;
  if ('serial' in cell) return `<c r="${reference}" s="${DATE_STYLE}"><v>${cell.serial}</v></c>`;
  const index = shared.get(cell.text) ?? shared.size;
  shared.set(cell.text, index);
  return `<c r="${reference}" t="s"><v>${index}</v></c>`;
}

function* sharedXml(shared: ReadonlyMap<string, number>): Generator<string> {
  yield `${HEAD}<sst xmlns="${MAIN}">`;
  for (const text of shared.keys()) yield `<si><t xml:space="preserve">${escaped(text)}</t></si>`;
  yield '</sst>';
}

const FIRST_LETTER = 'A'.charCodeAt(0);

/** Of the first 26 columns, which is all that these files have. */
const columnName = (index: number): string => String.fromCharCode(FIRST_LETTER + index);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign);
