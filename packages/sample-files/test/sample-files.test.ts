import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sheetDate } from '@tenor/calendar';
import { bytesSource, DEFAULT_LIMITS, readXlsx } from '@tenor/row-files';
import { CUSTOMER_COLUMNS, LOAN_COLUMNS, sampleRows, writeCustomerFile, writeLoanFile } from '../src/index.ts';
import { asDouble } from '../src/sample-files.ts';

const rows = sampleRows();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-files-'));
  await writeCustomerFile(join(folder, 'customers.xlsx'), rows);
  await writeLoanFile(join(folder, 'loans.xlsx'), rows);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (name: string): Promise<Buffer> => readFile(join(folder, name));
async function read(name: string): Promise<(readonly string[])[]> {
  const table: (readonly string[])[] = [];
  for await (const { cells } of readXlsx(bytesSource(await bytesOf(name)), DEFAULT_LIMITS)) table.push(cells);
  return table;
}

describe('the sample files', () => {
  test('are the same bytes for the same seed', async () => {
    await writeLoanFile(join(folder, 'again.xlsx'), sampleRows());
    expect((await bytesOf('again.xlsx')).equals(await bytesOf('loans.xlsx'))).toBe(true);
  });

  test('say of customers what was made up, and end with a row of empty cells that is none', async () => {
    const [header, ...customers] = await read('customers.xlsx');
    expect(header).toEqual([...CUSTOMER_COLUMNS]);
    expect(customers).toEqual(
      rows.customers.map(({ number, firstName, lastName, age, phone, salary, limit }) =>
        [number, firstName, lastName, age, phone, salary, limit].map(String),
      ),
    );
  });

  test('say of loans what was made up: rates as doubles, dates as serials and as texts', async () => {
    const [header, ...loans] = await read('loans.xlsx');
    expect(header).toEqual([...LOAN_COLUMNS]);
    expect(loans).toHaveLength(782);
    const days = loans.flatMap((cells) => cells.slice(7));
    expect(new Set(days.map((day) => (day.includes('-') ? 'text' : 'serial')))).toEqual(new Set(['text', 'serial']));
    expect(loans.map((cells) => [...cells.slice(0, 7), ...cells.slice(7).map((day) => sheetDate(day))])).toEqual(
      rows.loans.map((loan) => [
        ...[loan.customerNumber, loan.loanNumber, loan.amount, loan.tenure, loan.rate / 100].map(String),
        ...[loan.instalment, loan.paidOnTime].map(String),
        loan.approvedOn,
        loan.endsOn,
      ]),
    );
  });

  test('hold 8.1999999999999993 where a rate is 8.2', () => {
    expect(rows.loans.some(({ rate }) => rate === 820)).toBe(true);
    expect([820, 1477, 1200].map(asDouble)).toEqual(['8.1999999999999993', '14.77', '12']);
  });
});
