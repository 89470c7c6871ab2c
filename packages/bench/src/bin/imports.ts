/** `npm run bench-imports [-- --loans 100000]`: how fast a file of loans is imported, at what cost, and in how much memory. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@tenor/local-stack';
import { SAMPLE, sampleRows, writeCustomerFile, writeLoanFile } from '@tenor/sample-files';
import { meter, statOf } from '../processes.ts';
import { profiled } from '../profile.ts';
import { percentile } from '../samples.ts';
import { type BenchSystem, startBenchSystem } from '../system.ts';

interface Job {
  readonly id: string;
  readonly status: string;
  readonly rows_done: number;
  readonly rows_refused: number;
}

const POLL_MS = 500;
const LINE_MS = 10_000;
const PROBE_MS = 50;
/** Longer than the relay waits between two looks. */
const QUIET_MS = 3_000;
const LOANS_MAX = 1_000_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function ask<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Asks billing again and again whether it lives; the returned function ends it and says how long the answers took, in milliseconds. */
function probe(billing: string): () => Promise<readonly number[]> {
  const over = new AbortController();
  const latencies: number[] = [];
  const asking = (async () => {
    while (!over.signal.aborted) {
      const asked = performance.now();
      await ask(`${billing}/livez`);
      latencies.push(performance.now() - asked);
      await sleep(PROBE_MS);
    }
  })();
  return async () => {
    over.abort();
    await asking;
    return latencies;
  };
}

/** Imports one file, telling how far it is and, in the end, what each process used for a row. */
async function imported(system: BenchSystem, kind: string, asOf: string, path: string): Promise<void> {
  const { billing } = system;
  const pids = system.pids();
  const memory = (): string => `billing in ${Math.round(statOf(pids['billing'] ?? 0)?.rssMb ?? 0)} MB`;
  const form = new FormData();
  form.append('kind', kind);
  form.append('as_of', asOf);
  form.append('file', new Blob([await readFile(path)]), `${kind}.xlsx`);
  say(`  ${kind}: ${memory()} before`);
  const measured = meter(pids);
  const probed = probe(billing);
  const begun = performance.now();
  const secondsSince = (): number => (performance.now() - begun) / 1000;
  let job = await ask<Job>(`${billing}/v1/imports`, { method: 'POST', body: form });
  let told = begun;
  while (job.status !== 'done') {
    if (job.status === 'failed') throw new Error(JSON.stringify(job));
    await sleep(POLL_MS);
    job = await ask(`${billing}/v1/imports/${job.id}`);
    if (performance.now() - told < LINE_MS && job.status !== 'done') continue;
    told = performance.now();
    say(`  ${kind}: ${job.rows_done} rows, ${Math.round(job.rows_done / secondsSince())}/s, ${memory()}`);
  }
  if (job.rows_refused > 0) throw new Error(`${job.rows_refused} rows were refused`);
  const seconds = secondsSince();
  const latencies = await probed();
  const publishedAt = await published(billing);
  const used = Object.entries(measured(job.rows_done)).map(([name, usage]) => `${name} ${usage.cpu_ms_per_operation}`);
  const [half, most] = [0.5, 0.99].map((share) => Math.round(percentile(latencies, share)));
  say(`${job.rows_done} ${kind} in ${Math.round(seconds)} s: ${Math.round(job.rows_done / seconds)} rows/s`);
  say(
    `  published after ${Math.round((publishedAt - begun) / 1000)} s; ms of CPU a row, until then: ${used.join(', ')}`,
  );
  say(`  billing answered within ${half} ms (p50), ${most} ms (p99), ${Math.round(Math.max(...latencies))} ms (all)`);
}

/** Until billing has published nothing more for a while; resolves with the time of the last. */
async function published(billing: string): Promise<number> {
  let last = { at: performance.now(), count: -1 };
  while (performance.now() - last.at < QUIET_MS) {
    const metrics = await (await fetch(`${billing}/metrics`)).text();
    const counts = [...metrics.matchAll(/^outbox_published_total\{.*\} (\d+)/gm)];
    const count = counts.reduce((sum, [, each = '0']) => sum + Number.parseInt(each, 10), 0);
    if (count !== last.count) last = { at: performance.now(), count };
    await sleep(POLL_MS);
  }
  return last.at;
}

const { values } = parseArgs({
  options: { loans: { type: 'string', default: '100000' }, profile: { type: 'string' } },
});
const loans = Number.parseInt(values.loans, 10);
if (!(loans >= 1 && loans <= LOANS_MAX)) throw new Error(`--loans is a whole number from 1 to ${LOANS_MAX}`);
const folder = await temporaryFolder();
try {
  const rows = sampleRows({ seed: SAMPLE.seed, loans });
  const files = { customers: join(folder, 'customer_data.xlsx'), loans: join(folder, 'loan_data.xlsx') };
  await writeCustomerFile(files.customers, rows);
  await writeLoanFile(files.loans, rows);
  await using system = await startBenchSystem(say);
  for (const [kind, path] of Object.entries(files)) {
    const work = () => imported(system, kind, rows.asOf, path);
    const { billing = 0 } = system.pids();
    await (values.profile === undefined
      ? work()
      : profiled({ pid: billing, folder: values.profile, name: `import-${kind}` }, work));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
