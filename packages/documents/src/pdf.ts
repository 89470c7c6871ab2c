import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Font } from 'fontkit';
import PdfDocument from 'pdfkit';
import { letters } from './fonts.ts';
import { type Block, pagesOf } from './pages.ts';
import type { Fact, Paper, PaperTable, Section } from './paper.ts';
import type { Sheet } from './sheet.ts';
import { tableBlocks } from './table-blocks.ts';

/** Lengths in points, 72 to an inch. */
const MARGIN = 48;
const FOOTER_GAP = 20;
const TITLE_SIZE = 16;
const HEADING_SIZE = 11;
const TEXT_SIZE = 9;
const FOOTER_SIZE = 7;
const FACT_NAME_WIDTH = 140;
const FACT_GAP = 10;
const SECTION_SPACE = 12;

type Printable = (text: string) => string;

/**
 * The paper as a PDF (A4) with the number of each page, the head of a table repeated on every page it goes on to.
 * `createdOn` is the only date in it besides what the paper says, so the same paper makes the same bytes. Others have
 * their turn after each section and after each page: a page is compressed when the next one begins.
 */
export async function renderPdf(paper: Paper, createdOn: Date): Promise<Buffer> {
  const { regular, bold, printable } = letters();
  const pdf = new PdfDocument({
    size: 'A4',
    margin: 0,
    lang: 'en',
    // The standard fonts know no letter beyond Western Europe.
    font: parsed(regular),
    info: { Title: printable(paper.title), CreationDate: createdOn, ModDate: createdOn },
  });
  pdf.registerFont('regular', parsed(regular)).registerFont('bold', parsed(bold));
  const written = collect(pdf);
  const { width, height } = pdf.page;
  const sheet: Sheet = { pdf, left: MARGIN, width: width - 2 * MARGIN };
  const footerTop = height - MARGIN;
  const pages = pagesOf(await blocksOf(sheet, paper, printable), footerTop - FOOTER_GAP - MARGIN);
  const footer = printable(paper.footer);
  for (const [index, blocks] of pages.entries()) {
    if (index > 0) pdf.addPage();
    for (const { top, block } of blocks) block.draw(MARGIN + top);
    drawFooter(sheet, footerTop, footer, `Page ${index + 1} of ${pages.length}`);
    await nextTurn();
  }
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

async function blocksOf(sheet: Sheet, { title, sections }: Paper, printable: Printable): Promise<Block[]> {
  const blocks = [paragraph(sheet, printable(title), TITLE_SIZE)];
  for (const section of sections) {
    blocks.push(...sectionBlocks(sheet, section, printable));
    await nextTurn();
  }
  return blocks;
}

function sectionBlocks(
  sheet: Sheet,
  { heading, facts, table, onNewPage = false }: Section,
  printable: Printable,
): Block[] {
  return [
    { ...paragraph(sheet, printable(heading), HEADING_SIZE), space: SECTION_SPACE, onNewPage },
    ...facts.map(({ name, says }) => factBlock(sheet, { name: printable(name), says: printable(says) })),
    ...(table === undefined ? [] : tableBlocks(sheet, printableTable(table, printable), SECTION_SPACE / 2)),
  ];
}

function printableTable({ columns, rows, totals }: PaperTable, printable: Printable): PaperTable {
  return {
    columns: columns.map(({ heading, ...column }) => ({ heading: printable(heading), ...column })),
    rows: rows.map((row) => row.map(printable)),
    ...(totals && { totals: totals.map(printable) }),
  };
}

function paragraph({ pdf, left, width }: Sheet, text: string, size: number): Block {
  const height = pdf.font('bold', size).heightOfString(text, { width });
  const draw = (top: number): void => {
    pdf.font('bold', size).text(text, left, top, { width });
  };
  return { height: height + size / 2, draw };
}

function factBlock({ pdf, left, width: whole }: Sheet, { name, says }: Fact): Block {
  const width = whole - FACT_NAME_WIDTH;
  const nameWidth = FACT_NAME_WIDTH - FACT_GAP;
  const height = Math.max(
    pdf.font('bold', TEXT_SIZE).heightOfString(name, { width: nameWidth }),
    pdf.font('regular', TEXT_SIZE).heightOfString(says, { width }),
  );
  const draw = (top: number): void => {
    pdf.font('bold', TEXT_SIZE).text(name, left, top, { width: nameWidth });
    pdf.font('regular', TEXT_SIZE).text(says, left + FACT_NAME_WIDTH, top, { width });
  };
  return { height: height + TEXT_SIZE / 3, draw };
}

function drawFooter({ pdf, left, width }: Sheet, top: number, footer: string, number: string): void {
  pdf.font('regular', FOOTER_SIZE);
  pdf.text(footer, left, top, { lineBreak: false });
  pdf.text(number, left + width - pdf.widthOfString(number), top, { lineBreak: false });
}
