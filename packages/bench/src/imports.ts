import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const HEADER = 'Customer ID,First Name,Last Name,Age,Phone Number,Monthly Salary,Approved Limit';
const POLL_MS = 50;
const TIMEOUT_MS = 600_000;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly rows_done: number;
}

/** Has billing import a file of so many new customers; the seconds from the upload to the end of the job. */
export async function importCustomers(billing: string, rows: number): Promise<number> {
  const run = randomUUID();
  const lines = Array.from(
    { length: rows },
    (_, at) =>
      `${run}-${at},First${at % 997},Last${at % 1009},${20 + (at % 50)},9${100_000_000 + at},${10_000 + at},${900_000 + at}`,
  );
  const form = new FormData();
  form.set('kind', 'customers');
  form.set('file', new Blob([[HEADER, ...lines].join('\n')]), 'customers.csv');
  const begun = performance.now();
  const answer = await fetch(`${billing}/v1/imports`, { method: 'POST', body: form });
  if (answer.status !== 202) throw new Error(await answer.text());
  const { id } = (await answer.json()) as Job;
  while (performance.now() - begun < TIMEOUT_MS) {
    const job = (await (await fetch(`${billing}/v1/imports/${id}`)).json()) as Job;
    if (job.status === 'done' && job.rows_done === rows) return (performance.now() - begun) / 1000;
    if (job.status === 'done' || job.status === 'failed') throw new Error(JSON.stringify(job));
    await sleep(POLL_MS);
  }
  throw new Error(`The import took more than ${TIMEOUT_MS / 1000} s`);
}
