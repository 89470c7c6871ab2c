/** `npm run sample-files -- [--out folder] [--seed 7] [--loans 782]`: writes customer_data.xlsx and loan_data.xlsx. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SAMPLE, sampleRows, writeCustomerFile, writeLoanFile } from '../index.ts';

const LOANS_MAX = 1_000_000;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    seed: { type: 'string', default: String(SAMPLE.seed) },
    loans: { type: 'string', default: String(SAMPLE.loans) },
  },
});

const wholeNumber = (name: string, text: string, max: number): number => {
  const value = Number.parseInt(text, 10);
  if (String(value) !== text || value < 1 || value > max)
    throw new Error(`--${name} is a whole number from 1 to ${max}`);
  return value;
};

const rows = sampleRows({
  seed: wholeNumber('seed', values.seed, 2 ** 31),
  loans: wholeNumber('loans', values.loans, LOANS_MAX),
});
mkdirSync(values.out, { recursive: true });
await writeCustomerFile(join(values.out, 'customer_data.xlsx'), rows);
await writeLoanFile(join(values.out, 'loan_data.xlsx'), rows);
process.stdout.write(
  `${rows.customers.length} customers and ${rows.loans.length} loans as of ${rows.asOf}, in ${values.out}\n`,
);
