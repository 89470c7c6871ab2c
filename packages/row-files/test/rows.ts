import { bytesSource, DEFAULT_LIMITS, type ReadLimits, readCsv, readXlsx, type TableRow } from '../src/index.ts';

async function all(rows: AsyncIterable<TableRow>): Promise<TableRow[]> {
  const collected: TableRow[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}

export const xlsxRows = (file: Buffer, limits: Partial<ReadLimits> = {}): Promise<TableRow[]> =>
  all(readXlsx(bytesSource(file), { ...DEFAULT_LIMITS, ...limits }));

export const csvRows = (file: Buffer | string, limits: Partial<ReadLimits> = {}): Promise<TableRow[]> =>
  all(readCsv(bytesSource(Buffer.from(file)), { ...DEFAULT_LIMITS, ...limits }));

export const cellsOf = async (rows: Promise<TableRow[]>) => (await rows).map(({ cells }) => cells);
