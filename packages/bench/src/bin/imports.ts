/** `npm run bench-imports [-- --loans 100000]`: how fast a file of loans is imported, and in how much memory. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@tenor/local-stack';
import { SAMPLE, sampleRows, writeCustomerFile, writeLoanFile } from '@tenor/sample-files';
import { statOf } from '../processes.ts';
import { startBenchSystem } from '../system.ts';

interface Job {
  readonly id: string;
  readonly status: string;
  readonly rows_done: number;
  readonly rows_refused: number;
}

const POLL_MS = 500;
const LINE_MS = 10_000;
const LOANS_MAX = 1_000_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function ask(url: string, init: RequestInit = {}): Promise<Job> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Job;
}

/** Imports one file, telling how far it is; resolves with the seconds that it took. */
async function imported(billing: string, pid: number, kind: string, asOf: string, path: string): Promise<number> {
  const form = new FormData();
  form.append('kind', kind);
  form.append('as_of', asOf);
  form.append('file', new Blob([await readFile(path)]), `${kind}.xlsx`);
  const begun = performance.now();
  const secondsSince = (): number => (performance.now() - begun) / 1000;
  let job = await ask(`${billing}/v1/imports`, { method: 'POST', body: form });
  let told = begun;
  while (job.status !== 'done') {
    if (job.status === 'failed') throw new Error(JSON.stringify(job));
    await sleep(POLL_MS);
    job = await ask(`${billing}/v1/imports/${job.id}`);
    if (performance.now() - told < LINE_MS && job.status !== 'done') continue;
    told = performance.now();
    const rate = Math.round(job.rows_done / secondsSince());
    say(`  ${kind}: ${job.rows_done} rows, ${rate}/s, billing in ${Math.round(statOf(pid)?.rssMb ?? 0)} MB`);
  }
  if (job.rows_refused > 0) throw new Error(`${job.rows_refused} rows were refused`);
  return secondsSince();
}

const { values } = parseArgs({ options: { loans: { type: 'string', default: '100000' } } });
const loans = Number.parseInt(values.loans, 10);
if (!(loans >= 1 && loans <= LOANS_MAX)) throw new Error(`--loans is a whole number from 1 to ${LOANS_MAX}`);
const folder = await temporaryFolder();
try {
  const rows = sampleRows({ seed: SAMPLE.seed, loans });
  const [customerFile, loanFile] = [join(folder, 'customer_data.xlsx'), join(folder, 'loan_data.xlsx')];
  await writeCustomerFile(customerFile, rows);
  await writeLoanFile(loanFile, rows);
  await using system = await startBenchSystem(say);
  const pid = system.pids()['billing'] ?? 0;
  await imported(system.billing, pid, 'customers', rows.asOf, customerFile);
  const seconds = await imported(system.billing, pid, 'loans', rows.asOf, loanFile);
  say(`${loans} loans in ${Math.round(seconds)} s: ${Math.round(loans / seconds)} rows/s`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
