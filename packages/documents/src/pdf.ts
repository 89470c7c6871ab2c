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
const FACT_NAME_WIDTH = 130;
const CELL_GAP = 10;
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
  { heading, facts, table }: Section,
  printable: (text: string) => string,
): Promise<void> {
  sheet.y += SECTION_SPACE;
  paragraph(sheet, printable(heading), 'bold', HEADING_SIZE);
  for (const { name, says } of facts) fact(sheet, printable(name), printable(says));
  if (table === undefined) return;
  sheet.y += SECTION_SPACE / 2;
  await writeTable(sheet, {
    columns: table.columns.map(({ heading: text, align }) => ({ heading: printable(text), align })),
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
  makeRoom(sheet, 3 * grid.rowHeight);
  writeHead();
  for (const row of table.rows) {
    if (makeRoom(sheet, grid.rowHeight)) {
      await nextTurn();
      writeHead();
    }
    writeRow(sheet, grid, row, 'regular');
  }
  if (table.totals === undefined) return;
  if (makeRoom(sheet, 2 * grid.rowHeight)) writeHead();
  rule(sheet, grid);
  writeRow(sheet, grid, table.totals, 'bold');
}

interface Grid {
  readonly size: number;
  readonly rowHeight: number;
  /** From the left edge of the page. */
  readonly columns: readonly { readonly x: number; readonly width: number; readonly align: 'left' | 'right' }[];
}

/** Columns as wide as their widest cell asks, spread over the page; smaller letters where that is more than there is. */
function gridOf({ pdf, width }: Sheet, { columns, rows, totals = [] }: PaperTable): Grid {
  pdf.font('bold', TABLE_SIZE);
  const asked = columns.map(({ heading }, column) => {
    const cells = [heading, totals[column] ?? '', ...rows.map((row) => row[column] ?? '')];
    const longest = Math.max(...cells.map(({ length }) => length));
    // Measuring each cell of a long table takes longer than writing it.
    const widest = new Set(cells.filter(({ length }) => length >= longest - 1).slice(0, MEASURED_CELLS_MAX));
    return CELL_GAP + Math.max(...[heading, ...widest].map((text) => pdf.widthOfString(text)));
  });
  const total = asked.reduce((sum, each) => sum + each, 0);
  const scale = width / total;
  const size = TABLE_SIZE * Math.min(1, scale);
  let x = MARGIN;
  const placed = columns.map(({ align }, column) => {
    const place = { x, width: (asked[column] ?? 0) * scale, align };
    x += place.width;
    return place;
  });
  return { size, rowHeight: size * LINE_SPACE, columns: placed };
}

const MEASURED_CELLS_MAX = 20;

function writeRow(sheet: Sheet, { size, rowHeight, columns }: Grid, cells: readonly string[], weight: Weight): void {
  const { pdf } = sheet;
  pdf.font(weight, size);
  for (const [index, { x, width, align }] of columns.entries()) {
    const text = cells[index] ?? '';
    if (text === '') continue;
    const indent = align === 'right' ? width - CELL_GAP / 2 - pdf.widthOfString(text) : CELL_GAP / 2;
    pdf.text(text, x + indent, sheet.y, { lineBreak: false });
  }
  sheet.y += rowHeight;
}

function rule(sheet: Sheet, { size }: Grid): void {
  const y = sheet.y - size / 4;
  sheet.pdf
    .moveTo(MARGIN, y)
    .lineTo(MARGIN + sheet.width, y)
    .lineWidth(0.5)
    .strokeColor(RULE_COLOUR)
    .stroke();
  sheet.y += size / 4;
}

/** Begins a page where less than this height is left; says whether it did. */
function makeRoom(sheet: Sheet, height: number): boolean {
  if (sheet.y + height <= sheet.bottom || sheet.y === MARGIN) return false;
  sheet.pdf.addPage();
  sheet.y = MARGIN;
  return true;
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
