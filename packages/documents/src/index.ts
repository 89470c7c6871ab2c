export { toCsv } from './csv.ts';
export { isPrintable } from './fonts.ts';
export type { Fact, Paper, PaperColumn, PaperTable, Section } from './paper.ts';
export { renderPdf } from './pdf.ts';
