export { csvLines, toCsv } from './csv.ts';
export type { Fact, Paper, PaperColumn, PaperTable, Section } from './paper.ts';
export { openPress, type Press } from './press.ts';
