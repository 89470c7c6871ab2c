export { type ByteSource, bytesSource } from './byte-source.ts';
export { type ColumnRule, matchColumns } from './columns.ts';
export { readCsv } from './csv.ts';
export { FileFault, type FileFaultCode } from './file-fault.ts';
export { itemLines, readItems } from './items.ts';
export { DEFAULT_LIMITS, type ReadLimits, type TableRow } from './table.ts';
export { readXlsx } from './xlsx.ts';
