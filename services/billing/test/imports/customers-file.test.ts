import { readCsv, workbookOf } from '@tenor/testing';
import { type BillingTest, startBillingTest } from '../harness.ts';
import { ended, HEADER, imported, rowsOf, upload } from './support.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('imports-customers', { IMPORT_ROWS_MAX: '600' });
});
afterAll(() => billing.stop());

const csv = (...rows: string[]): string => [HEADER.join(','), ...rows].join('\n');
const customer = async (externalId: string) =>
  (await billing.get(`/v1/customers?external_id=${encodeURIComponent(externalId)}`)).body.data[0];
const counts = ({
  status,
  rows_total: total,
  rows_done: done,
  rows_repeated: repeated,
  rows_refused: refused,
}: object & Record<string, unknown>) => ({
  status,
  total,
  done,
  repeated,
  refused,
});

describe('a file of customers', () => {
  test('becomes customers with the limit as it stands there, a blank trailing row and all', async () => {
    const file = workbookOf([
      HEADER,
      [1, 'Aaron', 'Garcia', 63, 9629317944, 50_000, 1_800_000],
      ['2', 'Abbey', 'Lee', '47', '9832345611', '8.1999999999999993', 1_900_000.5],
      [null, ' ', null, null, null, null, null],
    ]);
    const job = await imported(billing, { file });
    expect(counts(job)).toEqual({ status: 'done', total: 2, done: 2, repeated: 0, refused: 0 });
    expect(job).toMatchObject({
      kind: 'customers',
      parameters: { as_of: '2026-06-01', currency: 'INR' },
      failure: null,
    });
    expect(await customer('1')).toMatchObject({
      first_name: 'Aaron',
      last_name: 'Garcia',
      age: 63,
      phone: '9629317944',
      monthly_income: { amount: '50000.00', currency: 'INR' },
      credit_limit: { amount: '1800000.00', currency: 'INR' },
    });
    expect(await customer('2')).toMatchObject({
      monthly_income: { amount: '8.20' },
      credit_limit: { amount: '1900000.50' },
    });
    const [row] = await rowsOf(billing, job.id);
    const id = (await customer('1'))?.id;
    expect(row).toEqual({ row: 2, outcome: 'done', result: { customer_id: id }, refusal: null });
    const published = await billing.published(String(id), 'customers', 2);
    expect(published.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['customer.registered', 1],
      ['customer.limit_changed', 2],
    ]);
  });

  test('sent twice at once is done by one job and repeated by the other', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => `at-once-${index},Ana,Ng,30,0811111,1000,2000`);
    const what = { file: csv(...rows), name: 'twice.csv' };
    const jobs = await Promise.all([imported(billing, what), imported(billing, what)]);
    expect(jobs.map((job) => Number(job['rows_refused']))).toEqual([0, 0]);
    expect(jobs.map((job) => Number(job['rows_done']) + Number(job['rows_repeated']))).toEqual([100, 100]);
    expect(jobs.reduce((sum, job) => sum + Number(job['rows_done']), 0)).toBe(100);
  });

  test('counts each row once, however often and in whatever file it comes', async () => {
    const rows = ['10,Ana,Ng,30,0811111,1000,2000', '11,Bo,Li,31,0811112,1000,2000'];
    const first = await imported(billing, { file: csv(...rows), name: 'a.csv' });
    const again = await imported(billing, { file: csv(...rows, '12,Cy,Po,32,0811113,1000,2000'), name: 'b.csv' });
    expect(counts(again)).toEqual({ status: 'done', total: 3, done: 1, repeated: 2, refused: 0 });
    expect((await rowsOf(billing, again.id))[0]).toMatchObject({
      outcome: 'repeated',
      result: (await rowsOf(billing, first.id))[0]?.['result'],
    });
  });

  test('refuses a row that came before with other content, and one twice in its file', async () => {
    const job = await imported(billing, {
      file: csv('20,Ana,Ng,30,0811111,1000,2000', '20,Ana,Ng,30,0811111,1000,2000', '20,Ana,Ng,30,0811111,1000,9999'),
      name: 'a.csv',
    });
    expect(
      (await rowsOf(billing, job.id)).map(({ outcome, refusal }) => [outcome, (refusal as { code?: string })?.code]),
    ).toEqual([
      ['done', undefined],
      ['repeated', undefined],
      ['refused', 'already_exists'],
    ]);
    expect(await customer('20')).toMatchObject({ credit_limit: { amount: '2000.00' } });
  });

  test('refuses single rows by their cells; the others are done', async () => {
    const job = await imported(billing, {
      file: csv(
        '30,Ana,Ng,old,0811111,1000,2000',
        '31,Bo,Li,31,phone,1000,2000',
        '32,Cy,Po,32,0811113,much,2000.123',
        ',Di,Wu,33,0811114,1000,2000',
        '34,Ed,Xi,34,0811115,1000,-5',
        '35,Flo,Yu,35,0811116,1000,2000',
        '36,Flo,Yu,35,0811116,1000,2000,more',
        `37,${'x'.repeat(2_000)},Yu,35,0811116,1000,2000`,
      ),
      name: 'a.csv',
    });
    expect(counts(job)).toEqual({ status: 'done', total: 8, done: 1, repeated: 0, refused: 7 });
    const rows = (await rowsOf(billing, job.id)) as unknown as {
      row: number;
      outcome: string;
      refusal: { code: string; errors: { pointer: string }[] } | null;
    }[];
    expect(
      rows.map(({ row, outcome, refusal }) => [row, outcome, refusal?.errors.map(({ pointer }) => pointer)]),
    ).toEqual([
      [2, 'refused', ['/Age']],
      [3, 'refused', ['/Phone Number']],
      [4, 'refused', ['/Monthly Salary']],
      [5, 'refused', ['/Customer ID']],
      [6, 'refused', ['/Approved Limit']],
      [7, 'done', undefined],
      [8, 'refused', ['']],
      [9, 'refused', ['']],
    ]);
    expect(rows.every(({ refusal }) => refusal === null || refusal.code === 'validation_failed')).toBe(true);
  });

  test('gives refused rows back as CSV that is safe to open, to be corrected and sent again', async () => {
    const job = await imported(billing, {
      file: csv('40,"=HYPERLINK(""http://x"")",@Ng,old,+62811,1000,2000', '41,Ana,"N, g",30,nonsense,-1,2000'),
      name: 'a.csv',
    });
    const { status, headers, text } = await billing.get(`/v1/imports/${job.id}/errors`);
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      'attachment; filename="refused-rows.csv"',
    ]);
    const [header, first, second] = readCsv(text);
    expect(header).toEqual([...HEADER, 'row', 'code', 'reason']);
    expect(first?.slice(0, 9)).toEqual([
      '40',
      `'=HYPERLINK("http://x")`,
      `'@Ng`,
      'old',
      `'+62811`,
      '1000',
      '2000',
      '2',
      'validation_failed',
    ]);
    expect(second?.slice(0, 9)).toEqual([
      '41',
      'Ana',
      'N, g',
      '30',
      'nonsense',
      '-1',
      '2000',
      '3',
      'validation_failed',
    ]);
    const json = await billing.get(`/v1/imports/${job.id}/errors?limit=1`, { headers: { accept: 'application/json' } });
    expect(json.body.data).toMatchObject([{ row: 2, values: { 'Customer ID': '40', 'Last Name': '@Ng' } }]);
    const next = await billing.get(`/v1/imports/${job.id}/errors?format=json&cursor=${json.body.next_cursor}`);
    expect(next.body.data.map(({ row }) => row)).toEqual([3]);
    const corrected = [HEADER.join(','), ...(first ? [`40,'=1,'@Ng,30,'+62811,1000,2000`] : [])].join('\n');
    expect(counts(await imported(billing, { file: corrected, name: 'b.csv' }))).toMatchObject({ done: 1 });
    expect(await customer('40')).toMatchObject({ first_name: '=1', last_name: '@Ng', phone: '+62811' });
  });
});

test('ids and telephone numbers that a program wrote as floats are whole numbers', async () => {
  const rows = ['7700001.0,Ana,Ng,30,9629317944.0,1,1', '7700001,Ana,Ng,30,9629317944,1,1'];
  const job = await imported(billing, { file: csv(...rows), name: 'floats.csv' });
  expect(counts(job)).toMatchObject({ done: 1 });
  expect(await customer('7700001')).toMatchObject({ phone: '9629317944' });
});

describe('a file as a whole', () => {
  test.each([
    ['a workbook that is none', Buffer.from('hello'), 'a.xlsx', 'not_a_workbook'],
    ['a missing column', 'Customer ID,First Name\n1,Ana\n', 'a.csv', 'columns_missing'],
    ['an unknown column', `${HEADER.join(',')},Shoe Size\n`, 'a.csv', 'columns_unknown'],
    ['a column whose name no database keeps', `${HEADER.join(',')},X\0Y\n`, 'a.csv', 'columns_unknown'],
    ['no UTF-8', Buffer.from([...Buffer.from(HEADER.join(',')), 0x0a, 0xff, 0x0a]), 'a.csv', 'not_utf8'],
    ['nothing but blanks', '\n \n', 'a.csv', 'file_empty'],
    [
      'more rows than are taken',
      csv(...Array.from({ length: 601 }, (_, at) => `m${at},A,B,30,0811111,1,1`)),
      'a.csv',
      'rows_exceeded',
    ],
  ])('%s: nothing of it is done', async (_name, file, name, code) => {
    const before = await billing.snapshot(['customers', 'known_rows']);
    const job = await imported(billing, { file, name });
    expect(job).toMatchObject({ status: 'failed', failure: { code }, rows_done: 0, rows_refused: 0 });
    expect(await billing.snapshot(['customers', 'known_rows'])).toBe(before);
    expect(await billing.rows('select * from row_job_parts where job_id = $1', [job.id])).toEqual([]);
  });

  test('a header alone is an import of nothing', async () => {
    expect(counts(await imported(billing, { file: csv(), name: 'a.csv' }))).toEqual({
      status: 'done',
      total: 0,
      done: 0,
      repeated: 0,
      refused: 0,
    });
  });

  test.each([
    ['no kind', { fields: {} }, '/kind', 'required'],
    ['an unknown kind', { fields: { kind: 'pets' } }, '/kind', 'enum'],
    ['a day that is none', { fields: { kind: 'customers', as_of: '2026-02-30' } }, '/as_of', 'format'],
    ['a day to come', { fields: { kind: 'customers', as_of: '2026-06-02' } }, '/as_of', 'maximum'],
    ['no currency', { fields: { kind: 'customers', currency: 'XQX' } }, '/currency', 'unknown_currency'],
    ['an unknown field', { fields: { kind: 'customers', colour: 'red' } }, '/colour', 'unknown_field'],
    ['no bytes', { file: '' }, '/file', 'minLength'],
  ])('%s is refused at once', async (_name, more, pointer, code) => {
    const { status, body } = await upload(billing, { file: csv(), name: 'a.csv', ...more });
    expect([status, body.errors]).toMatchObject([400, [{ pointer, code }]]);
    expect(await billing.rows(`select * from row_jobs where status = 'receiving'`)).toEqual([]);
  });

  test('a form without a file, and a body that is no form', async () => {
    const none = await billing.request('POST', '/v1/imports', '--x--\r\n', {
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect([none.status, none.body.errors]).toMatchObject([400, [{ pointer: '/file', code: 'required' }]]);
    expect((await billing.post('/v1/imports', { kind: 'customers' })).status).toBe(415);
  });

  test('a key brings the same job again, and refuses another file', async () => {
    const file = csv('50,Ana,Ng,30,0811111,1000,2000');
    const first = await upload(billing, { file, name: 'a.csv', options: { key: 'one' } });
    const again = await upload(billing, { file, name: 'a.csv', options: { key: 'one' } });
    expect([first.status, again.status, again.body.id]).toEqual([202, 202, first.body.id]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    const other = await upload(billing, { file: `${file}\n`, name: 'a.csv', options: { key: 'one' } });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
    await ended(billing, first.body.id);
    expect(await billing.rows(`select * from row_jobs where status = 'receiving'`)).toEqual([]);
    expect(await billing.rows('select * from row_job_parts')).toEqual([]);
  });

  test('needs the permission, and is listed newest first', async () => {
    expect((await upload(billing, { file: csv(), name: 'a.csv', options: { role: 'auditor' } })).status).toBe(403);
    const { body } = await billing.get('/v1/imports?limit=2', { role: 'auditor' });
    expect(body.data).toHaveLength(2);
    expect((body.data[0]?.id ?? '') > (body.data[1]?.id ?? '')).toBe(true);
    for (const path of ['', '/rows', '/errors']) {
      const missing = await billing.get(`/v1/imports/01900000-0000-7000-8000-000000000000${path}`);
      expect([missing.status, missing.body.code]).toEqual([404, 'not_found']);
    }
  });
});
