import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRows, writeCustomerFile, writeLoanFile } from '@tenor/sample-files';
import {
  contradictions,
  drained,
  eventually,
  ledgerContradictions,
  openSql,
  type SqlConnection,
  startTestSystem,
  type TestSystem,
} from '@tenor/testing';
import { type Client, connect } from '../src/client.ts';
import { reconcilerOf } from './reconciler.ts';

const rows = sampleRows({ seed: 7, loans: 130 });
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Job {
  readonly id: string;
  readonly status: string;
}

let system: TestSystem;
let officer: Client;
let sql: SqlConnection;
let folder: string;

beforeAll(async () => {
  system = await startTestSystem('imported_loans');
  officer = connect(system.url, system.token);
  sql = await openSql(system.tenant.adminUrl);
  folder = await mkdtemp(join(tmpdir(), 'imported-loans-'));
}, 60_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The job over the file, once it has ended. */
async function imported(kind: 'customers' | 'loans', path: string): Promise<Job> {
  const form = new FormData();
  form.append('kind', kind);
  form.append('as_of', rows.asOf);
  form.append('file', new Blob([await readFile(path)], { type: XLSX }), `${kind}.xlsx`);
  const headers = { authorization: `Bearer ${system.token}` };
  const answer = await fetch(`${system.url}/v1/imports`, { method: 'POST', body: form, headers });
  if (answer.status !== 202) throw new Error(await answer.text());
  const { id } = (await answer.json()) as Job;
  return eventually(
    async () => {
      const job = await officer.get<Job>(`/v1/imports/${id}`);
      if (job.status !== 'done' && job.status !== 'failed') throw new Error(`The job is ${job.status}`);
      return job;
    },
    { timeoutMs: 60_000 },
  );
}

async function expectSound(): Promise<void> {
  await drained(sql, system.tenant);
  for (const [rule, text] of Object.entries({ ...contradictions, ...ledgerContradictions })) {
    expect([rule, await sql.rows(text)]).toEqual([rule, []]);
  }
}

test('files of customers and loans become loans that payment knows, counts apart and takes payments on', async () => {
  const [customers, loans] = [join(folder, 'customers.xlsx'), join(folder, 'loans.xlsx')];
  await writeCustomerFile(customers, rows);
  await writeLoanFile(loans, rows);
  // The row of empty cells behind the customers is none.
  expect(await imported('customers', customers)).toMatchObject({
    status: 'done',
    rows_done: rows.customers.length,
    rows_refused: 0,
  });
  expect(await imported('loans', loans)).toMatchObject({
    status: 'done',
    rows_done: rows.loans.length,
    rows_refused: 0,
  });
  await expectSound();

  const [told] = await sql.rows<{ types: string[]; payments: string; paid: string }>(
    `select (select count(*)::text from payment.loan_accounts) as loans,
            (select sum(payments)::text from billing.imported_loans) as payments,
            (select (sum(paid) / 100)::numeric(20, 2)::text from billing.imported_loans) as paid`,
  );
  expect(told).toMatchObject({ loans: String(rows.loans.length) });
  const report = await reconcilerOf(officer, officer).report();
  expect(report).toMatchObject({ data: [], refunds: [], totals: { payment: [], billing: [] } });
  expect(report.imported).toEqual([{ currency: 'INR', count: Number(told?.payments), amount: told?.paid }]);

  // Again: each row is known by its customer and number, and nothing is done twice.
  expect(await imported('loans', loans)).toMatchObject({ rows_done: 0, rows_repeated: rows.loans.length });
  const [again] = await sql.rows<{ loans: string }>('select count(*)::text as loans from billing.loans');
  expect(again?.loans).toBe(String(rows.loans.length));

  const [late] = await sql.rows<{ customer_id: string; id: string; instalment: string; payment_id: string }>(
    `select l.customer_id, l.id, ((l.principals[1] + l.interests[1]) / 100)::numeric(20, 2)::text as instalment,
            e.payload::jsonb ->> 'payments_id' as payment_id
       from billing.loans l join billing.loan_events e on e.loan_id = l.id and e.type = 'payments_imported'
      where l.status = 'active' and l.outstanding > 3 * (l.principals[1] + l.interests[1]) order by l.id limit 1`,
  );
  if (late === undefined) throw new Error('no loan of the files is running');
  const body = {
    customer_id: late.customer_id,
    amount: { amount: late.instalment, currency: 'INR' },
    allocations: [{ loan_id: late.id, amount: late.instalment }],
  };
  const paid = await officer.post('/v1/payments', body, { 'idempotency-key': 'one', prefer: 'wait=10' });
  expect(paid).toMatchObject({ status: 201, body: { status: 'applied', unapplied: '0.00' } });
  const taken = late.payment_id.replace(/0000$/, '0001');
  const refused = await officer.post(`/v1/payments/${taken}/reverse`, {}, { 'idempotency-key': 'two' });
  expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
  await expectSound();
}, 120_000);
