import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, newId } from '@tenor/service-kit';
import { eventually, startServiceProcess } from '@tenor/testing';
import { importConfigSchema } from '../../src/config.ts';
import { runImport } from '../../src/import.ts';
import { type BillingTest, startBillingTest } from '../harness.ts';
import { ended, FORM_TYPE, formOf, HEADER, rowsOf } from './support.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('imports-uploads');
});
afterAll(() => billing.stop());

const line = (id: string | number) => `${id},Ana,Ng,30,0811111,1000,2000`;
const csv = (...rows: string[]): string => [HEADER.join(','), ...rows].join('\n');

test('an upload that breaks off in the middle leaves nothing', async () => {
  const form = formOf({ file: csv(...Array.from({ length: 40_000 }, (_, at) => line(`cut-${at}`))), name: 'a.csv' });
  const { port, hostname } = new URL(billing.service.url);
  const socket = connect(Number.parseInt(port, 10), hostname);
  socket.on('error', () => undefined);
  const authorization = `Bearer ${await billing.token('officer')}`;
  const head = `POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM_TYPE}\r\nAuthorization: ${authorization}\r\n`;
  socket.write(`${head}Content-Length: ${form.length}\r\n\r\n`);
  socket.write(form.subarray(0, form.length / 2));
  await eventually(async () => (await billing.rows('select 1 from row_job_parts')).length > 0);
  socket.destroy();
  await eventually(async () => (await billing.rows('select 1 from row_jobs')).length === 0);
  expect(await billing.rows('select 1 from row_job_parts')).toEqual([]);
});

describe('customers in bulk', () => {
  const ana = { external_id: 'b-1', first_name: 'Ana', credit_limit: { amount: '10.00', currency: 'IDR' } };
  const bulk = async (body: unknown, headers = {}) => {
    const { status, body: job, text } = await billing.post('/v1/customers/bulk', body, { headers });
    if (status !== 202) throw new Error(text);
    await ended(billing, job.id);
    return (await rowsOf(billing, job.id)) as unknown as {
      outcome: string;
      result: { customer_id: string } | null;
      refusal: { code: string; errors: { pointer: string }[] } | null;
    }[];
  };

  test('an array has a result for each, and the same again is the same', async () => {
    const items = [ana, { external_id: 'b-2' }, { external_id: 'b-3', last_name: 'Li', shoe_size: 43 }, 7];
    const rows = await bulk(items);
    expect(
      rows.map(({ outcome, refusal }) => [outcome, refusal?.code, refusal?.errors.map(({ pointer }) => pointer)]),
    ).toEqual([
      ['done', undefined, undefined],
      ['refused', 'validation_failed', ['/first_name']],
      ['refused', 'validation_failed', ['/shoe_size']],
      ['refused', 'validation_failed', ['']],
    ]);
    const { body } = await billing.get(`/v1/customers/${rows[0]?.result?.customer_id}`);
    expect(body).toMatchObject({ ...ana, status: 'active' });
    const again = await bulk([ana, { ...ana, first_name: 'Bo' }]);
    expect(again.map(({ outcome, result, refusal }) => [outcome, result, refusal?.code])).toEqual([
      ['repeated', rows[0]?.result, undefined],
      ['refused', null, 'already_exists'],
    ]);
  });

  test('a customer who was created singly is refused', async () => {
    await billing.customer({ external_id: 'single' });
    expect((await bulk([{ external_id: 'single', first_name: 'Ana' }]))[0]?.refusal?.code).toBe('already_exists');
  });

  test('CSV with the same names', async () => {
    const rows = await bulk(
      'external_id,first_name,email,age,credit_limit,currency\nc-1,Ana,a@example.com,30,10,IDR\nc-2,Bo,nonsense,,,\nc-3,Cy,,,5,\n',
      { 'content-type': 'text/csv' },
    );
    expect(rows.map(({ refusal }) => refusal?.errors.map(({ pointer }) => pointer))).toEqual([
      undefined,
      ['/email'],
      ['/currency'],
    ]);
    const { body } = await billing.get(`/v1/customers/${rows[0]?.result?.customer_id}`);
    expect(body).toMatchObject({ age: 30, email: 'a@example.com', credit_limit: { amount: '10.00', currency: 'IDR' } });
  });
});

test('a worker that is killed in the middle loses nothing and does nothing twice', async () => {
  const count = 6_000;
  await billing.rows(`update row_jobs set purge_at = now() where status in ('done', 'failed')`);
  const port = await freePort();
  const environment = Object.fromEntries(
    Object.entries(billing.environment).map(([key, value]) => [key, String(value)]),
  );
  const url = `http://127.0.0.1:${port}`;
  const other = await startServiceProcess('services/billing/src/main.ts', {
    url,
    environment: { ...environment, PORT: String(port), LOG_LEVEL: 'error' },
  });
  const answer = await fetch(`${url}/v1/imports`, {
    method: 'POST',
    headers: { 'content-type': FORM_TYPE, authorization: `Bearer ${await billing.token('officer')}` },
    body: formOf({ file: csv(...Array.from({ length: count }, (_, at) => line(`k-${at}`))), name: 'a.csv' }),
  });
  const { id } = (await answer.json()) as { id: string };
  const done = async () => Number((await billing.get(`/v1/imports/${id}`)).body['rows_done']);
  await eventually(async () => (await done()) > 0, { timeoutMs: 20_000 });
  await other.kill();
  expect(await done()).toBeLessThan(count);
  // Its lease is not waited for.
  await billing.rows(`update row_jobs set lease_until = now() - interval '1 second' where id = $1`, [id]);
  const job = await ended(billing, id);
  expect(job).toMatchObject({ status: 'done', rows_total: count, rows_done: count, rows_refused: 0 });
  const [counted] = await billing.rows<{ customers: string; rows: string }>(
    `select (select count(*) from known_rows where kind = 'customers') as customers,
            (select count(*) from row_job_rows where job_id = $1) as rows`,
    [id],
  );
  expect([Number(counted?.customers), Number(counted?.rows)]).toEqual([count, count]);
}, 60_000);

describe('by hand', () => {
  test('a file is imported by a process of its own, and its refused rows are kept in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenor-import-'));
    const [file, refused] = [join(folder, 'customers.csv'), join(folder, 'refused.csv')];
    writeFileSync(file, csv(line('h-1'), line('h-2'), 'h-3,Ana,Ng,old,0811111,1000,2000'));
    const config = loadConfig(importConfigSchema, billing.environment);
    const job = await runImport(
      config,
      { file, kind: 'customers', currency: 'IDR', refused },
      () => undefined,
      new AbortController().signal,
    );
    expect(job).toMatchObject({ status: 'done', rowsDone: 2, rowsRefused: 1, caller: 'import' });
    expect(readFileSync(refused, 'utf8')).toMatch(/\r\nh-3,Ana,Ng,old,0811111,1000,2000,4,validation_failed,/);
    rmSync(folder, { recursive: true });
    const ask = (command: object) => runImport(config, command, () => undefined, new AbortController().signal);
    await expect(ask({ kind: 'pets', file })).rejects.toThrow('/kind must be one of: customers');
    await expect(ask({})).rejects.toThrow('Name a file');
    await expect(ask({ job: newId() })).rejects.toThrow('There is no job');
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
