import { randomUUID } from 'node:crypto';
import { date } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { sampleRows } from '@tenor/sample-files';
import { childTraceparent, externalRef, isRefusal, newId, runUnitOfWork } from '@tenor/service-kit';
import { contradictions, ledgerContradictions } from '@tenor/testing';
import type { LoanRow } from '../../src/imports/imported-loan.ts';
import { type ImportedReference, importLoans } from '../../src/imports/imported-loans.commands.ts';
import { LOAN_COLUMNS } from '../../src/imports/loan-row.ts';
import { verifyJournal } from '../../src/integrity/verification.commands.ts';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from '../harness.ts';
import { rowOf, rowOfSample } from './rows.ts';
import { imported, rowsOf } from './support.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('imported_loans');
});
afterAll(() => billing.stop());

/** A part of the sample files, with the same parts of each quirk. */
const SOME = { seed: 7, loans: 140 };
const FILE_DAY = '2025-06-15';

function importing(
  rows: readonly LoanRow[],
  asOf: string = FILE_DAY,
  today: string = TODAY,
): Promise<(ImportedReference | Refusal)[]> {
  const context = { caller: { id: 'importer', roles: [] }, requestId: newId(), traceparent: childTraceparent() };
  const refOf = (externalId: string): string => externalRef(billing.config.EXTERNAL_REF_KEY, externalId);
  const service = { today: () => date(today), refOf };
  return runUnitOfWork(billing.database, context, (uow) => importLoans(uow, service, rows, date(asOf)));
}

async function importedLoan(row: LoanRow, asOf?: string, today?: string): Promise<ImportedReference> {
  const [outcome] = await importing([row], asOf, today);
  if (outcome === undefined || isRefusal(outcome)) throw new Error(outcome?.detail);
  return outcome;
}

/** A customer of their own, with the number that the lender calls them by. */
async function customer(): Promise<{ customerId: string; customerNumber: string }> {
  const customerNumber = randomUUID();
  return { customerNumber, customerId: await billing.customer({ external_id: customerNumber }) };
}

/** The rules of the books that billing can break alone. */
const ownRules = Object.entries({ ...contradictions, ...ledgerContradictions }).filter(
  ([, sql]) => !/\bpayment\./.test(sql),
);

async function brokenRules(): Promise<string[]> {
  const broken = await Promise.all(
    ownRules.map(async ([rule, sql]) => ((await billing.rows(sql)).length > 0 ? [rule] : [])),
  );
  return broken.flat();
}

const figures = async (loanId: string, query = ''): Promise<unknown[]> => {
  const { body } = await billing.get(`/v1/loans/${loanId}/outstanding${query}`);
  return [body['total'], body['due_now'], body['overdue']];
};

describe('an imported loan', () => {
  test('is as it was on any day before the import, and owes today what fell due since the file', async () => {
    const { customerNumber } = await customer();
    const { loanId } = await importedLoan(rowOf({ customerNumber, paidOnTime: 3, endsOn: '2026-01-31' }));
    expect(await figures(loanId, '?as_of=2025-01-31')).toEqual(['1200.00', '0.00', '0.00']);
    expect(await figures(loanId, '?as_of=2025-03-31')).toEqual(['1000.00', '0.00', '0.00']);
    expect(await figures(loanId, `?as_of=${FILE_DAY}`)).toEqual(['900.00', '100.00', '100.00']);
    expect(await figures(loanId)).toEqual(['900.00', '900.00', '900.00']);
    const { body } = await billing.get(`/v1/loans/${loanId}/delinquency`);
    expect(body).toMatchObject({ is_delinquent: true, consecutive_missed: 9, bucket: '91+', arrears: '900.00' });
    const { body: shown } = await billing.get(`/v1/loans/${loanId}`);
    expect(shown).toMatchObject({ status: 'active', product: 'imported', disbursed_on: '2025-01-31' });
    expect(await billing.isProven(loanId)).toBe(true);
    const before = (await billing.rows<{ at: string }>("select now() - interval '1 hour' as at"))[0];
    expect((await billing.get(`/v1/loans/${loanId}?known_at=${new Date(before?.at ?? '').toISOString()}`)).status).toBe(
      404,
    );
  });

  test('has no past of a day that has not come where its product lends, whatever the day of the file', async () => {
    const { customerNumber } = await customer();
    const { loanId } = await importedLoan(rowOf({ customerNumber, paidOnTime: 3 }), '2025-03-31', '2025-03-30');
    expect(await figures(loanId, '?as_of=2025-03-31')).toEqual(['1100.00', '100.00', '0.00']);
  });

  const ended = { principal: '120000.00', instalment: '11000.00', approvedOn: '2022-01-15' };
  test.each([
    {
      because: 'none was on time, the last due on the end date',
      row: { ...ended, endsOn: '2023-01-15' },
      inTime: [12, 0, 0],
    },
    { because: 'none was on time, most due after it', row: { ...ended, endsOn: '2022-02-01' }, inTime: [12, 0, 0] },
    { because: 'some were', row: { ...ended, endsOn: '2022-02-01', paidOnTime: 5 }, inTime: [12, 5, 0] },
    { because: 'more were than it had', row: { ...ended, endsOn: '2023-01-15', paidOnTime: 14 }, inTime: [12, 12, 2] },
    {
      because: 'it goes on',
      row: { approvedOn: '2023-01-01', endsOn: '2024-01-01', paidOnTime: 7 },
      inTime: [12, 5, 2],
    },
  ])('scores by what the file counted as on time: $because', async ({ row, inTime }) => {
    const { customerId, customerNumber } = await customer();
    await importedLoan(rowOf({ customerNumber, ...row }), '2023-06-16');
    const { body } = await billing.post('/v1/eligibility', {
      customer_id: customerId,
      product: 'credit-annuity',
      principal: { amount: '100000.00', currency: 'INR' },
      terms: { annual_rate_percent: '12', number_of_instalments: 12 },
    });
    const history = (body['score'] as { history: Record<string, number> }).history;
    expect([history['instalments_due'], history['instalments_on_time'], history['surplus_on_time']]).toEqual(inTime);
  });

  test('tells payment and everyone else by one snapshot, and that it is late', async () => {
    const { customerId, customerNumber } = await customer();
    const { loanId } = await importedLoan(rowOf({ customerNumber, paidOnTime: 3 }));
    const events = await billing.published(customerId, 'loans', 3);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['loan.snapshot', 1],
      ['loan.became_delinquent', 2],
      ['loan.bucket_changed', 3],
    ]);
    const [snapshot] = events;
    expect(snapshot?.data).toMatchObject({ loan_id: loanId, status: 'active', outstanding: '900.00' });
    const [row] = await billing.rows<object>('select next_change_on, announced_bucket from loans where id = $1', [
      loanId,
    ]);
    expect(row).toEqual({ next_change_on: null, announced_bucket: '91+' });
  });

  test('shows its past in the journal as one row, in the statement payment by payment, and explained', async () => {
    const { customerNumber } = await customer();
    const { loanId } = await importedLoan(rowOf({ customerNumber, paidOnTime: 2 }));
    const { body: journal } = await billing.get(`/v1/loans/${loanId}/events`);
    expect(journal.data.map(({ type }) => type)).toEqual(['opened', 'approved', 'disbursed', 'payments_imported']);
    expect(journal.data[3]).toMatchObject({
      value_date: '2025-02-28',
      payload: {
        payments: [
          { amount: '100.00', on: '2025-02-28' },
          { amount: '100.00', on: '2025-03-31' },
        ],
      },
    });
    const statement = await billing.get(`/v1/loans/${loanId}/statement?format=csv`);
    expect(statement.text).toContain('2025-02-28');
    expect(statement.text).toContain('2025-03-31');
    expect((await billing.get(`/v1/loans/${loanId}/explain`)).status).toBe(200);
    const [booked] = await billing.rows<{ principal: string }>(
      `select (sum(case debit when 'loan_principal' then amount else -amount end) / 100)::numeric(20, 2)::text as principal
         from ledger_postings
        where loan_id = $1 and 'loan_principal' in (debit, credit) and value_date <= '2025-03-01'`,
      [loanId],
    );
    const { body: owed } = await billing.get(`/v1/loans/${loanId}/outstanding?as_of=2025-03-01`);
    expect([booked?.principal, owed['principal']]).toEqual(['916.67', '916.67']);
  });

  test('takes payments, and one dated before its imported ones moves those, which then are credit to use', async () => {
    const { customerId, customerNumber } = await customer();
    const row = rowOf({
      customerNumber,
      paidOnTime: 3,
      endsOn: '2025-05-31',
      numberOfInstalments: 4,
      principal: '400.00',
    });
    const { loanId } = await importedLoan(row, '2025-05-15');
    await billing.apply(settled({ customerId, amount: '100.00', currency: 'INR' }));
    expect(await figures(loanId)).toEqual(['0.00', '0.00', '0.00']);
    const early = settled({
      customerId,
      amount: '50.00',
      currency: 'INR',
      on: '2025-02-10',
      loans: [{ loan_id: loanId, amount: '50.00' }],
    });
    await billing.apply(early);
    expect(await billing.credit(customerId, 'INR')).toBe('50.00');
    expect(await billing.isProven(loanId)).toBe(true);
    expect(await brokenRules()).toEqual([]);
    await billing.apply(reversed({ customerId, amount: '50.00', currency: 'INR', paymentId: early.paymentId }));
    expect(await billing.credit(customerId, 'INR')).toBe('0.00');
    expect(await billing.isProven(loanId)).toBe(true);
    expect(await brokenRules()).toEqual([]);
  });

  test('of a customer who owes nothing else is what an early payment of all turns into credit, marked and not compared', async () => {
    const { customerId, customerNumber } = await customer();
    const row = rowOf({
      customerNumber,
      paidOnTime: 2,
      numberOfInstalments: 3,
      principal: '300.00',
      endsOn: '2025-04-30',
    });
    const { loanId } = await importedLoan(row, '2025-05-15');
    const early = settled({
      customerId,
      amount: '300.00',
      currency: 'INR',
      on: '2025-02-01',
      loans: [{ loan_id: loanId, amount: '300.00' }],
    });
    await billing.apply(early);
    expect(await billing.credit(customerId, 'INR')).toBe('300.00');
    const rows = await billing.rows(
      'select applied::text, credited::text, imported from applied_payments where loan_id = $1 order by value_date',
      [loanId],
    );
    expect(rows).toEqual([
      { applied: '30000', credited: '0', imported: false },
      ...Array.from({ length: 3 }, () => ({ applied: '0', credited: '10000', imported: true })),
    ]);
    const listed = await billing.get('/internal/v1/applied-credits?from=2025-02-01&to=2025-05-31', { role: 'service' });
    expect(listed.body.data.map((entry) => entry['payment_id'])).toContain(early.paymentId);
    expect(
      listed.body.data
        .flatMap((entry) => entry['credits'] as { loan_id: string }[])
        .filter(({ loan_id }) => loan_id === loanId),
    ).toHaveLength(1);
    expect(await brokenRules()).toEqual([]);
  });

  test('is refused for an unknown customer and for a number that the customer has, and the rest of its rows stand', async () => {
    const { customerNumber } = await customer();
    const outcomes = await importing([
      rowOf({ customerNumber, loanNumber: 1n }),
      rowOf({ customerNumber, loanNumber: 1n, principal: '900.00' }),
      rowOf({ customerNumber: 'nobody' }),
      rowOf({ customerNumber, loanNumber: 2n, approvedOn: '2025-07-01', endsOn: '2026-07-01' }),
      rowOf({ customerNumber, loanNumber: 3n }),
    ]);
    expect(outcomes.map((outcome) => (isRefusal(outcome) ? outcome.refused : 'imported'))).toEqual([
      'imported',
      'already_exists',
      'not_found',
      'value_date_in_future',
      'imported',
    ]);
    expect(await importing([rowOf({ customerNumber, loanNumber: 3n })])).toMatchObject([{ refused: 'already_exists' }]);
  });
});

test('a file of loans that is sent in: its good rows are loans, the others are told of with their reasons', async () => {
  const { customerNumber } = await customer();
  const file = [
    LOAN_COLUMNS.join(','),
    `${customerNumber},11,1000,12,8.1999999999999993,100,3,45688,2026-01-31`,
    `${customerNumber},12,-50000,12,8.2,100,3,45688,2026-01-31`,
    `nobody,13,1000,12,8.2,100,3,45688,2026-01-31`,
  ].join('\n');
  const fields = { kind: 'loans', as_of: FILE_DAY, currency: 'INR' };
  const job = await imported(billing, { file, name: 'loans.csv', fields });
  expect(job).toMatchObject({ status: 'done', rows_done: 1, rows_refused: 2 });
  const [good, below, unknown] = await rowsOf(billing, job.id);
  expect(below).toMatchObject({
    outcome: 'refused',
    refusal: { code: 'validation_failed', errors: [{ pointer: '/Loan Amount' }] },
  });
  expect(unknown).toMatchObject({ outcome: 'refused', refusal: { code: 'not_found' } });
  if (good === undefined) throw new Error('no row was done');
  const { loan_id: loanId } = good['result'] as { loan_id: string };
  expect(await figures(loanId, `?as_of=${FILE_DAY}`)).toEqual(['900.00', '100.00', '100.00']);
});

test('a sample of the files: a number that two customers share is a loan of each, and the books of all are right', async () => {
  const { asOf, customers, loans } = sampleRows(SOME);
  const prefix = randomUUID();
  const numberOf = (number: number): string => `${prefix}-${number}`;
  for (const { number } of customers) await billing.customer({ external_id: numberOf(number) });
  for (let start = 0; start < loans.length; start += 100) {
    const rows = loans.slice(start, start + 100).map((loan) => rowOfSample(loan, numberOf(loan.customerNumber)));
    expect((await importing(rows, asOf)).filter((outcome) => isRefusal(outcome))).toEqual([]);
  }
  const [shared] = await billing.rows<{ count: string }>(
    'select count(*) from (select loan_number from imported_loans where as_of = $1 group by 1 having count(*) = 2) twice',
    [asOf],
  );
  expect(shared?.count).toBe('5');
  const [sums] = await billing.rows<{ ended: string; paid: string; ahead: string }>(
    `select count(*) filter (where l.maturity_date < i.as_of) as ended,
            count(*) filter (where l.status = 'paid' and l.maturity_date < i.as_of) as paid,
            count(*) filter (where i.surplus_on_time > 0) as ahead
       from imported_loans i join loans l on l.customer_id = i.customer_id and l.id = i.loan_id where i.as_of = $1`,
    [asOf],
  );
  expect([sums?.ended, sums?.paid]).toEqual(['82', '82']);
  expect(Number(sums?.ahead)).toBeGreaterThan(10);
  expect(await brokenRules()).toEqual([]);
  const found: unknown[] = [];
  const verified = await verifyJournal(
    billing.database,
    () => true,
    (finding) => found.push(finding),
  );
  expect(found).toEqual([]);
  expect(verified.loans).toBeGreaterThanOrEqual(SOME.loans);
  const { body } = await billing.get(`/internal/v1/imported-payments?from=${asOf}&to=${asOf}`, { role: 'service' });
  const [counted] = await billing.rows<{ count: string; amount: string }>(
    'select sum(payments)::text as count, (sum(paid) / 100)::numeric(20, 2)::text as amount from imported_loans where as_of = $1',
    [asOf],
  );
  expect(body.data).toEqual([{ currency: 'INR', count: Number(counted?.count), amount: counted?.amount }]);
}, 60_000);

test('a file of loans that is sent twice at once is done by one job and repeated by the other', async () => {
  const { customerNumber } = await customer();
  const rows = Array.from(
    { length: 60 },
    (_, index) => `${customerNumber},${index + 1},1000,12,8.2,100,3,45688,2026-01-31`,
  );
  const fields = { kind: 'loans', as_of: FILE_DAY, currency: 'INR' };
  const what = { file: [LOAN_COLUMNS.join(','), ...rows].join('\n'), name: 'loans.csv', fields };
  const jobs = await Promise.all([imported(billing, what), imported(billing, what)]);
  expect(jobs.map((job) => Number(job['rows_refused']))).toEqual([0, 0]);
  expect(jobs.map((job) => Number(job['rows_done']) + Number(job['rows_repeated']))).toEqual([60, 60]);
  expect(jobs.reduce((sum, job) => sum + Number(job['rows_done']), 0)).toBe(60);
});
