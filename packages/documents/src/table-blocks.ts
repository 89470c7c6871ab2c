import type { Block } from './pages.ts';
import type { PaperTable } from './paper.ts';
import type { Sheet } from './sheet.ts';

const TEXT_SIZE = 8;
const CELL_GAP = 10;
/** A column that wraps is never narrower than this, or than its text where that is shorter. */
const WRAPPING_COLUMN_LEAST = 80;
const LINE_SPACE = 1.5;
const RULE_COLOUR = '#999999';
/** What rounding may make a line longer than it was measured. */
const SLACK = 0.1;

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
  readonly gap: number;
  readonly columns: readonly GridColumn[];
}

/** A table with its head, which each of its pages repeats; `space` is empty above it. */
export function tableBlocks(sheet: Sheet, table: PaperTable, space: number): Block[] {
  const grid = gridOf(sheet, table);
  const { lineHeight } = grid;
  const headings = table.columns.map(({ heading }) => heading);
  const head = ruledBelow(sheet, grid, rowBlock(sheet, grid, headings, 'bold'));
  const rows = table.rows.map((row): Block => ({ ...rowBlock(sheet, grid, row, 'regular'), head }));
  const first = { ...head, space, needs: 3 * lineHeight };
  if (table.totals === undefined) return [first, ...rows];
  const totals = ruledAbove(sheet, grid, rowBlock(sheet, grid, table.totals, 'bold'));
  return [first, ...rows, { ...totals, head }];
}

/**
 * Columns as wide as their widest cell asks, spread over the page. Where that is more than there is, columns that wrap
 * become narrower first, but not than a word of their heading; and then all letters and gaps smaller.
 */
function gridOf({ pdf, left, width }: Sheet, table: PaperTable): Grid {
  pdf.font('bold', TEXT_SIZE);
  const asked = table.columns.map((_, column) => widthAsked(pdf, table, column));
  const least = table.columns.map(({ heading, wraps = false }, column) => {
    const its = asked[column] ?? 0;
    return wraps ? Math.min(its, Math.max(WRAPPING_COLUMN_LEAST, widthOf(pdf, wordsOf(heading)))) : its;
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
    x: left + sumOf(widths.slice(0, column)),
    width: widths[column] ?? 0,
    align,
    isNarrow: isTight && wraps,
  }));
  const size = TEXT_SIZE * scale;
  return { size, lineHeight: size * LINE_SPACE, gap: CELL_GAP * scale - SLACK, columns };
}

const MEASURED_CELLS_MAX = 20;

/** What the widest cell of a column needs. Measuring each cell of a long table takes longer than writing it. */
function widthAsked(pdf: Sheet['pdf'], { columns, rows, totals = [] }: PaperTable, column: number): number {
  const heading = columns[column]?.heading ?? '';
  const cells = [heading, totals[column] ?? '', ...rows.map((row) => row[column] ?? '')];
  const longest = cells.reduce((most, { length }) => Math.max(most, length), 0);
  const widest = new Set(cells.filter(({ length }) => length >= longest - 1).slice(0, MEASURED_CELLS_MAX));
  return widthOf(pdf, [heading, ...widest]);
}

/** Of a column that holds each of these in a line. */
function widthOf(pdf: Sheet['pdf'], texts: readonly string[]): number {
  return CELL_GAP + Math.max(...texts.map((text) => pdf.widthOfString(text)));
}

/** Each with the blank after it, which a line of its own must hold too. */
function wordsOf(text: string): string[] {
  return text.split(' ').map((word) => `${word} `);
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, each) => sum + each, 0);
}

function heightOf(
  { pdf }: Sheet,
  { size, lineHeight, gap, columns }: Grid,
  { cells, weight }: Pick<Row, 'cells' | 'weight'>,
): number {
  const narrow = columns.flatMap(({ isNarrow, width }, index) =>
    isNarrow ? [{ width, text: cells[index] ?? '' }] : [],
  );
  if (narrow.length === 0) return lineHeight;
  pdf.font(weight, size);
  const heights = narrow.map(({ width, text }) => pdf.heightOfString(text, { width: width - gap }));
  return Math.max(lineHeight, ...heights.map((height) => height + lineHeight - size));
}

function rowBlock(sheet: Sheet, grid: Grid, cells: readonly string[], weight: Row['weight']): Block {
  const draw = (top: number): void => drawRow(sheet, grid, { cells, weight, top });
  return { height: heightOf(sheet, grid, { cells, weight }), draw };
}

interface Row {
  readonly cells: readonly string[];
  readonly weight: 'regular' | 'bold';
  readonly top: number;
}

function drawRow({ pdf }: Sheet, { size, gap, columns }: Grid, { cells, weight, top }: Row): void {
  pdf.font(weight, size);
  for (const [index, { x, width, align, isNarrow }] of columns.entries()) {
    const text = cells[index] ?? '';
    if (text === '') continue;
    if (isNarrow) {
      pdf.text(text, x + gap / 2, top, { width: width - gap, align });
      continue;
    }
    const indent = align === 'right' ? width - gap / 2 - pdf.widthOfString(text) : gap / 2;
    pdf.text(text, x + indent, top, { lineBreak: false });
  }
}

function ruledBelow(sheet: Sheet, { size }: Grid, row: Block): Block {
  const draw = (top: number): void => {
    row.draw(top);
    drawRule(sheet, top + row.height);
  };
  return { height: row.height + size / 2, draw };
}

function ruledAbove(sheet: Sheet, { size }: Grid, row: Block): Block {
  const draw = (top: number): void => {
    drawRule(sheet, top);
    row.draw(top + size / 2);
  };
  return { height: row.height + size / 2, draw };
}

function drawRule({ pdf, left, width }: Sheet, top: number): void {
  pdf
    .moveTo(left, top)
    .lineTo(left + width, top)
    .lineWidth(0.5)
    .strokeColor(RULE_COLOUR)
    .stroke();
}
