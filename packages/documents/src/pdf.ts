import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Font } from 'fontkit';
import PdfDocument from 'pdfkit';
import { letters } from './fonts.ts';
import type { Paper, PaperTable, Section } from './paper.ts';

/** Lengths in points, 72 to an inch. */
const MARGIN = 48;
const FOOTER_GAP = 20;
const TITLE_SIZE = 16;
const HEADING_SIZE = 11;
const TEXT_SIZE = 9;
const TABLE_SIZE = 8;
const FOOTER_SIZE = 7;
const FACT_NAME_WIDTH = 140;
const CELL_GAP = 10;
/** A column that wraps is never narrower than this, or than its text where that is shorter. */
const WRAPPING_COLUMN_LEAST = 80;
const LINE_SPACE = 1.5;
const SECTION_SPACE = 12;
const RULE_COLOUR = '#999999';

type Weight = 'regular' | 'bold';

/** A page being filled from the top; `y` is where the next line goes. */
interface Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly width: number;
  readonly bottom: number;
  y: number;
}

/**
 * The paper as a PDF (A4) with the number of each page, the head of a table repeated on every page it goes on to.
 * `createdOn` is the only date in it besides what the paper says, so the same paper makes the same bytes. Others have
 * their turn after each page.
 */
export async function renderPdf(paper: Paper, createdOn: Date): Promise<Buffer> {
  const { regular, bold, printable } = letters();
  const pdf = new PdfDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    lang: 'en',
    // The standard fonts know no letter beyond Western Europe.
    font: parsed(regular),
    info: { Title: printable(paper.title), CreationDate: createdOn, ModDate: createdOn },
  });
  pdf.registerFont('regular', parsed(regular)).registerFont('bold', parsed(bold));
  const written = collect(pdf);
  const { width, height } = pdf.page;
  const sheet: Sheet = { pdf, width: width - 2 * MARGIN, bottom: height - MARGIN - FOOTER_GAP, y: MARGIN };
  paragraph(sheet, printable(paper.title), 'bold', TITLE_SIZE);
  for (const section of paper.sections) await writeSection(sheet, section, printable);
  numberPages(sheet, printable(paper.footer));
  pdf.end();
  return written;
}

/** pdfkit takes a font that fontkit has parsed, which its types do not know. */
function parsed(font: Font): string {
  return font as unknown as string;
}

function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}

async function writeSection(
  sheet: Sheet,
  { heading, facts, table, onNewPage = false }: Section,
  printable: (text: string) => string,
): Promise<void> {
  if (onNewPage) newPage(sheet);
  else sheet.y += SECTION_SPACE;
  paragraph(sheet, printable(heading), 'bold', HEADING_SIZE);
  for (const { name, says } of facts) fact(sheet, printable(name), printable(says));
  if (table === undefined) return;
  sheet.y += SECTION_SPACE / 2;
  await writeTable(sheet, {
    columns: table.columns.map(({ heading: text, ...column }) => ({ heading: printable(text), ...column })),
    rows: table.rows.map((row) => row.map(printable)),
    ...(table.totals && { totals: table.totals.map(printable) }),
  });
}

function paragraph(sheet: Sheet, text: string, weight: Weight, size: number): void {
  const { pdf, width } = sheet;
  pdf.font(weight, size);
  const height = pdf.heightOfString(text, { width });
  makeRoom(sheet, height);
  pdf.text(text, MARGIN, sheet.y, { width });
  sheet.y += height + size / 2;
}

function fact(sheet: Sheet, name: string, says: string): void {
  const { pdf } = sheet;
  const width = sheet.width - FACT_NAME_WIDTH;
  const nameWidth = FACT_NAME_WIDTH - CELL_GAP;
  const height = Math.max(
    pdf.font('bold', TEXT_SIZE).heightOfString(name, { width: nameWidth }),
    pdf.font('regular', TEXT_SIZE).heightOfString(says, { width }),
  );
  makeRoom(sheet, height);
  pdf.font('bold', TEXT_SIZE).text(name, MARGIN, sheet.y, { width: nameWidth });
  pdf.font('regular', TEXT_SIZE).text(says, MARGIN + FACT_NAME_WIDTH, sheet.y, { width });
  sheet.y += height + TEXT_SIZE / 3;
}

async function writeTable(sheet: Sheet, table: PaperTable): Promise<void> {
  const grid = gridOf(sheet, table);
  const head = table.columns.map(({ heading }) => heading);
  const writeHead = (): void => {
    writeRow(sheet, grid, head, 'bold');
    rule(sheet, grid);
  };
  makeRoom(sheet, 3 * grid.lineHeight);
  writeHead();
  for (const row of table.rows) {
    if (makeRoom(sheet, heightOf(sheet, grid, row))) {
      await nextTurn();
      writeHead();
    }
    writeRow(sheet, grid, row, 'regular');
  }
  if (table.totals === undefined) return;
  if (makeRoom(sheet, 2 * grid.lineHeight)) writeHead();
  rule(sheet, grid);
  writeRow(sheet, grid, table.totals, 'bold');
}

interface GridColumn {
  /** From the left edge of the page. */
  readonly x: number;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Perhaps narrower than some of its text, which then goes on in another line. */
  readonly isNarrow: boolean;
}

interface Grid {
  readonly size: number;
  readonly lineHeight: number;
  readonly columns: readonly GridColumn[];
}

/**
 * Columns as wide as their widest cell asks, spread over the page. Where that is more than there is, columns that wrap
 * become narrower first, and then all letters smaller.
 */
function gridOf({ pdf, width }: Sheet, table: PaperTable): Grid {
  pdf.font('bold', TABLE_SIZE);
  const asked = table.columns.map((_, column) => widthAsked(pdf, table, column));
  const least = table.columns.map(({ wraps = false }, column) => {
    const its = asked[column] ?? 0;
    return wraps ? Math.min(its, WRAPPING_COLUMN_LEAST) : its;
  });
  const scale = Math.min(1, width / sumOf(least));
  const missing = sumOf(asked) - sumOf(least);
  const isTight = missing > 0 && sumOf(asked) > width;
  const spare = Math.max(0, width - scale * sumOf(least));
  const widths = asked.map((its, column) => {
    const narrow = least[column] ?? 0;
    return isTight ? narrow * scale + (spare * (its - narrow)) / missing : (its * width) / sumOf(asked);
  });
  const columns = table.columns.map(({ align, wraps = false }, column) => ({
    x: MARGIN + sumOf(widths.slice(0, column)),
    width: widths[column] ?? 0,
    align,
    isNarrow: isTight && wraps,
  }));
  const size = TABLE_SIZE * scale;
  return { size, lineHeight: size * LINE_SPACE, columns };
}

const MEASURED_CELLS_MAX = 20;

/** What the widest cell of a column needs. Measuring each cell of a long table takes longer than writing it. */
function widthAsked(pdf: Sheet['pdf'], { columns, rows, totals = [] }: PaperTable, column: number): number {
  const heading = columns[column]?.heading ?? '';
  const cells = [heading, totals[column] ?? '', ...rows.map((row) => row[column] ?? '')];
  const longest = cells.reduce((most, { length }) => Math.max(most, length), 0);
  const widest = new Set(cells.filter(({ length }) => length >= longest - 1).slice(0, MEASURED_CELLS_MAX));
  return CELL_GAP + Math.max(...[heading, ...widest].map((text) => pdf.widthOfString(text)));
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, each) => sum + each, 0);
}

function heightOf({ pdf }: Sheet, { size, lineHeight, columns }: Grid, cells: readonly string[]): number {
  const narrow = columns.flatMap(({ isNarrow, width }, index) =>
    isNarrow ? [{ width, text: cells[index] ?? '' }] : [],
  );
  if (narrow.length === 0) return lineHeight;
  pdf.font('bold', size);
  const heights = narrow.map(({ width, text }) => pdf.heightOfString(text, { width: width - CELL_GAP }));
  return Math.max(lineHeight, ...heights.map((height) => height + lineHeight - size));
}

function writeRow(sheet: Sheet, grid: Grid, cells: readonly string[], weight: Weight): void {
  const { pdf } = sheet;
  const height = heightOf(sheet, grid, cells);
  pdf.font(weight, grid.size);
  for (const [index, { x, width, align, isNarrow }] of grid.columns.entries()) {
    const text = cells[index] ?? '';
    if (text === '') continue;
    if (isNarrow) {
      pdf.text(text, x + CELL_GAP / 2, sheet.y, { width: width - CELL_GAP, align });
      continue;
    }
    const indent = align === 'right' ? width - CELL_GAP / 2 - pdf.widthOfString(text) : CELL_GAP / 2;
    pdf.text(text, x + indent, sheet.y, { lineBreak: false });
  }
  sheet.y += height;
}

function rule(sheet: Sheet, { size }: Grid): void {
  sheet.pdf
    .moveTo(MARGIN, sheet.y)
    .lineTo(MARGIN + sheet.width, sheet.y)
    .lineWidth(0.5)
    .strokeColor(RULE_COLOUR)
    .stroke();
  sheet.y += size / 2;
}

/** Begins a page where less than this height is left; says whether it did. */
function makeRoom(sheet: Sheet, height: number): boolean {
  if (sheet.y + height <= sheet.bottom || sheet.y === MARGIN) return false;
  newPage(sheet);
  return true;
}

function newPage(sheet: Sheet): void {
  sheet.pdf.addPage();
  sheet.y = MARGIN;
}

function numberPages({ pdf, width, bottom }: Sheet, footer: string): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    pdf.font('regular', FOOTER_SIZE);
    pdf.text(footer, MARGIN, bottom + FOOTER_GAP, { lineBreak: false });
    const number = `Page ${page + 1} of ${count}`;
    pdf.text(number, MARGIN + width - pdf.widthOfString(number), bottom + FOOTER_GAP, { lineBreak: false });
  }
}
