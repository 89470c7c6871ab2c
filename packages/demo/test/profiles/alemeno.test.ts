import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE, sampleRows, writeCustomerFile, writeLoanFile } from '@tenor/sample-files';
import { eventually, startTestSystem, type TestSystem, testIssuer } from '@tenor/testing';
import { type Client, connect } from '../../src/client.ts';
import { type ProfileCaller, profileCaller, routesOf } from './caller.ts';

const rows = sampleRows(SAMPLE);
const highestCustomer = Math.max(...rows.customers.map(({ number }) => number));
const highestLoan = Math.max(...rows.loans.map(({ loanNumber }) => loanNumber));
const owners = Map.groupBy(rows.loans, ({ loanNumber }) => loanNumber);
const shared = [...owners.values()].filter((loans) => loans.length > 1);

/** What the tests look at by name. */
interface Answer {
  readonly customer_id: number;
  readonly loan_id: number;
  readonly message: string;
  readonly approval: boolean;
  readonly corrected_interest_rate: number;
}
type Listed = Readonly<Record<'loan_id' | 'repayments_left', number>>;

let system: TestSystem;
let officer: Client;
let alemeno: ProfileCaller<Answer>;

beforeAll(async () => {
  system = await startTestSystem('alemeno', { PROFILES: 'alemeno', OPEN_PROFILES: 'alemeno' });
  officer = connect(system.url, system.token);
  alemeno = profileCaller<Answer>(`${system.url}/alemeno`);
  const folder = await mkdtemp(join(tmpdir(), 'alemeno-'));
  await writeCustomerFile(join(folder, 'customer_data.xlsx'), rows);
  await writeLoanFile(join(folder, 'loan_data.xlsx'), rows);
  await imported('customers', join(folder, 'customer_data.xlsx'));
  await imported('loans', join(folder, 'loan_data.xlsx'));
  await rm(folder, { recursive: true });
}, 120_000);
afterAll(() => system?.stop());

async function imported(kind: string, path: string): Promise<void> {
  const form = new FormData();
  form.append('kind', kind);
  form.append('as_of', rows.asOf);
  form.append('file', new Blob([await readFile(path)]), `${kind}.xlsx`);
  const job = await officer.upload<{ id: string }>('/v1/imports', form);
  await eventually(
    async () => {
      const { status, rows_refused } = await officer.get<{ status: string; rows_refused: number }>(
        `/v1/imports/${job.body.id}`,
      );
      if (status === 'failed' || rows_refused > 0) throw new Error(`The job is ${status}, ${rows_refused} refused`);
      return status === 'done';
    },
    { timeoutMs: 60_000 },
  );
}

const johnDoe = { first_name: 'John', last_name: 'Doe', age: 30, monthly_income: 50_000, phone_number: 1_234_567_890 };

async function newCustomer(income = johnDoe.monthly_income): Promise<number> {
  const { status, body } = await alemeno.post('/register', { ...johnDoe, monthly_income: income });
  expect(status).toBe(201);
  return body.customer_id;
}

const asked = (customerId: number, more: object = {}) => ({
  customer_id: customerId,
  loan_amount: 100_000,
  interest_rate: 10.5,
  tenure: 12,
  ...more,
});

describe('register', () => {
  test.each(['/api/register/', '/api/register', '/register/', '/register'])(
    'the documented example at %s',
    async (path) => {
      const { status, body } = await alemeno.post(path, johnDoe);
      expect([status, body]).toEqual([
        201,
        {
          customer_id: expect.any(Number),
          name: 'John Doe',
          age: 30,
          monthly_income: 50_000,
          approved_limit: 1_800_000,
          phone_number: 1_234_567_890,
        },
      ]);
      expect(body.customer_id).toBeGreaterThan(highestCustomer);
    },
  );

  test.each([
    [12_500, 500_000],
    [12_499, 400_000],
    [1_000, 0],
    [100_000, 3_600_000],
  ])('an income of %i has the limit %i', async (monthly_income, approved_limit) => {
    expect((await alemeno.post('/api/register/', { ...johnDoe, monthly_income })).body).toMatchObject({
      approved_limit,
    });
  });

  test('numbers may come as text, and fields by a form; unknown ones are ignored', async () => {
    const texts = { first_name: 'Jo', last_name: 'Do', age: '41', monthly_income: '20000', phone_number: '987654321' };
    const expected = { name: 'Jo Do', age: 41, monthly_income: 20_000, approved_limit: 700_000 };
    for (const { status, body } of [
      await alemeno.form('/api/register/', texts),
      await alemeno.post('/api/register/', { ...texts, extra: { a: 1 } }),
    ]) {
      expect([status, body]).toEqual([201, expect.objectContaining({ ...expected, phone_number: 987_654_321 })]);
    }
  });

  test('what is missing or wrong is told field by field', async () => {
    const required = ['This field is required.'];
    const none = await alemeno.post('/api/register/', {});
    expect([none.status, none.type, none.body]).toEqual([
      400,
      expect.stringContaining('application/json'),
      { first_name: required, last_name: required, age: required, monthly_income: required, phone_number: required },
    ]);
    const wrong = { first_name: '', last_name: null, age: 'old', monthly_income: -1, phone_number: 'x' };
    expect((await alemeno.post('/api/register/', wrong)).body).toEqual({
      first_name: ['This field may not be blank.'],
      last_name: ['This field may not be null.'],
      age: ['A valid integer is required.'],
      monthly_income: ['Ensure this value is greater than or equal to 0.'],
      phone_number: ['A valid integer is required.'],
    });
  });
});

describe('check-eligibility', () => {
  test.each(['/api/check-eligibility/', '/api/check-eligibility', '/check-eligibility/', '/check-eligibility'])(
    'the documented example at %s: a customer without a history has the 12 %% slab',
    async (path) => {
      const customer = await newCustomer();
      const { status, body } = await alemeno.post(path, asked(customer));
      expect([status, body]).toEqual([
        200,
        {
          customer_id: customer,
          approval: true,
          interest_rate: 10.5,
          corrected_interest_rate: 12,
          tenure: 12,
          monthly_installment: 8884.88,
          credit_score: 50,
          message: 'Loan approved at 12 %, the lowest rate for this credit score; 10.5 % was asked for.',
          emi_headroom: 16_115.12,
        },
      ]);
    },
  );

  test.each([
    [50_000, 14, 14, 4489.36],
    [100_000, 12, 12, 8884.88],
    [100_000, 16, 16, 9073.09],
    ['100000', '16.0', 16, 9073.09],
  ])(
    '%s at %s %% is had at %s, in twelve of %s',
    async (loan_amount, interest_rate, corrected, monthly_installment) => {
      const customer = await newCustomer();
      expect(
        (await alemeno.post('/api/check-eligibility/', asked(customer, { loan_amount, interest_rate }))).body,
      ).toMatchObject({
        approval: true,
        corrected_interest_rate: corrected,
        monthly_installment,
      });
    },
  );

  test('a customer of the files who paid well has the rate that was asked for', async () => {
    let best: unknown;
    for (const { number } of rows.customers.slice(0, 100)) {
      const { body } = await alemeno.post('/check-eligibility', asked(number));
      if (body.approval && body.corrected_interest_rate === 10.5) best = body;
      if (best !== undefined) break;
    }
    expect(best).toMatchObject({ monthly_installment: 8814.86, message: 'Loan approved.' });
  });

  test('nobody with this id is 404, what is asked wrongly 400', async () => {
    const unknown = await alemeno.post('/api/check-eligibility/', asked(99_999_999));
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Not found.' }]);
    const wrong = await alemeno.post('/api/check-eligibility/', {
      customer_id: 'one',
      loan_amount: 0,
      interest_rate: 'high',
      tenure: 1.5,
    });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      {
        customer_id: ['A valid integer is required.'],
        loan_amount: ['Ensure this value is greater than or equal to 0.01.'],
        interest_rate: ['A valid number is required.'],
        tenure: ['A valid integer is required.'],
      },
    ]);
  });
});

describe('create-loan', () => {
  test.each(['/api/create-loan/', '/api/create-loan', '/create-loan/', '/create-loan'])(
    'the documented example at %s',
    async (path) => {
      const customer = await newCustomer();
      const { status, body } = await alemeno.post(path, asked(customer, { loan_amount: 50_000, interest_rate: 14 }));
      expect([status, body]).toEqual([
        201,
        {
          loan_id: expect.any(Number),
          customer_id: customer,
          loan_approved: true,
          message: 'Loan approved.',
          monthly_installment: 4489.36,
        },
      ]);
      expect(body.loan_id).toBeGreaterThan(highestLoan);
    },
  );

  test('below the rate of its slab it is opened at the corrected one, and says so; it ends after its months', async () => {
    const customer = await newCustomer();
    const created = await alemeno.post('/api/create-loan/', asked(customer, { interest_rate: 8 }));
    expect([created.status, created.body]).toMatchObject([
      201,
      { message: expect.stringContaining('at 12 %'), monthly_installment: 8884.88 },
    ]);
    const viewed = await alemeno.get(`/api/view-loan/${created.body.loan_id}/`);
    expect(viewed.body).toMatchObject({ interest_rate: 12, monthly_installment: 8884.88, tenure: 12 });
    const { data } = await officer.get<{ data: { disbursed_on: string; maturity_date: string }[] }>(
      '/v1/loans?product=credit-annuity&limit=1',
    );
    const [year = '', month] = (data[0]?.disbursed_on ?? '').split('-');
    expect(data[0]?.maturity_date.slice(0, 7)).toBe(`${Number.parseInt(year, 10) + 1}-${month}`);
  });

  test('90,000,000 against a limit of 1,800,000 is not approved', async () => {
    const customer = await newCustomer();
    const body = asked(customer, { loan_amount: 90_000_000, interest_rate: 15, tenure: 120 });
    const created = await alemeno.post('/api/create-loan/', body);
    expect([created.status, created.body]).toEqual([
      200,
      {
        loan_id: null,
        customer_id: customer,
        loan_approved: false,
        message: 'Loan not approved: the current loans and this one together are above the approved limit.',
        monthly_installment: null,
      },
    ]);
    expect((await alemeno.post('/api/check-eligibility/', body)).body).toMatchObject({
      approval: false,
      corrected_interest_rate: 15,
      monthly_installment: null,
      emi_headroom: null,
    });
    expect((await alemeno.get(`/api/view-loans/${customer}/`)).body).toEqual([]);
  });

  test('−50,000 is refused, and so is what is missing or no number', async () => {
    const customer = await newCustomer();
    const negative = await alemeno.post('/api/create-loan/', asked(customer, { loan_amount: -50_000 }));
    expect([negative.status, negative.body]).toEqual([
      400,
      { loan_amount: ['Ensure this value is greater than or equal to 0.01.'] },
    ]);
    const none = await alemeno.post('/api/create-loan/', { customer_id: customer, loan_amount: 'much' });
    expect([none.status, none.body]).toEqual([
      400,
      {
        loan_amount: ['A valid number is required.'],
        interest_rate: ['This field is required.'],
        tenure: ['This field is required.'],
      },
    ]);
    const texts = { customer_id: String(customer), loan_amount: '50000', interest_rate: '14', tenure: '12' };
    expect((await alemeno.form('/api/create-loan/', texts)).body).toMatchObject({ loan_approved: true });
  });

  test('of loans asked for at once, those that the cap of EMIs leaves room for are opened', async () => {
    const customer = await newCustomer();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => alemeno.post('/create-loan', asked(customer, { interest_rate: 12 }))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const declined = answers.filter(({ status }) => status === 200).map(({ body }) => body.message);
    expect(declined).toHaveLength(9);
    expect(new Set(declined)).toEqual(
      new Set(['Loan not approved: the current EMIs are above half of the monthly salary.']),
    );
    expect((await alemeno.get(`/view-loans/${customer}`)).body).toHaveLength(3);
  });

  test('sent again with its Idempotency-Key it is the same loan, without one it is another', async () => {
    const customer = await newCustomer(200_000);
    const key = { 'idempotency-key': `create-${customer}` };
    const [one, again] = [
      await alemeno.post('/create-loan', asked(customer), key),
      await alemeno.post('/create-loan', asked(customer), key),
    ];
    expect([again.status, again.body]).toEqual([one.status, one.body]);
    const other = await alemeno.post('/create-loan', asked(customer));
    expect(other.body.loan_id).not.toBe(one.body.loan_id);
  });
});

describe('view-loan and view-loans', () => {
  test('a new loan with its customer, and what is left of it after a repayment', async () => {
    const customer = await newCustomer();
    const { body: created } = await alemeno.post('/create-loan', asked(customer, { interest_rate: 12 }));
    const loan = { loan_id: created.loan_id, loan_amount: 100_000, interest_rate: 12, monthly_installment: 8884.88 };
    for (const path of ['/api/view-loan', '/view-loan'].flatMap((each) => [
      `${each}/${loan.loan_id}`,
      `${each}/${loan.loan_id}/`,
    ])) {
      expect([path, await alemeno.get(path)]).toEqual([
        path,
        expect.objectContaining({
          status: 200,
          body: {
            ...loan,
            customer: { id: customer, first_name: 'John', last_name: 'Doe', phone_number: 1_234_567_890, age: 30 },
            tenure: 12,
          },
        }),
      ]);
    }
    const { data } = await officer.get<{ data: { id: string; customer_id: string }[] }>('/v1/loans?limit=1');
    const [newest] = data;
    const payment = { customer_id: newest?.customer_id, amount: { amount: '8884.88', currency: 'INR' } };
    const paid = await officer.post('/v1/payments', payment, { 'idempotency-key': 'one', prefer: 'wait=10' });
    expect(paid).toMatchObject({ status: 201, body: { status: 'applied' } });
    for (const path of [`/api/view-loans/${customer}/`, `/api/view-loans/${customer}`, `/view-loans/${customer}`]) {
      expect((await alemeno.get(path)).body).toEqual([{ ...loan, repayments_left: 11 }]);
    }
  });

  test('every loan of the files is there under its number, with the instalment of the file', async () => {
    const of = Map.groupBy(rows.loans, ({ customerNumber }) => customerNumber);
    for (const [customer, loans] of [...of].slice(0, 40)) {
      const { status, body } = await alemeno.get<Listed[]>(`/api/view-loans/${customer}/?all=true`);
      expect(status).toBe(200);
      expect(body.map(({ repayments_left: _, ...loan }) => loan)).toEqual(
        loans
          .map(({ loanNumber, amount, rate, instalment }) => ({
            loan_id: loanNumber,
            loan_amount: amount,
            interest_rate: rate / 100,
            monthly_installment: instalment,
          }))
          .sort((one, other) => one.loan_id - other.loan_id),
      );
      const current = (await alemeno.get<Listed[]>(`/api/view-loans/${customer}/`)).body;
      const isRunning = (id: number) => loans.some((loan) => loan.loanNumber === id && loan.endsOn > rows.asOf);
      expect(current.every(({ loan_id: id, repayments_left: left }) => isRunning(id) && left > 0)).toBe(true);
    }
  });

  test('each of the 29 ids that two customers share asks which, and both loans are there', async () => {
    expect(shared).toHaveLength(29);
    for (const loans of shared) {
      const id = loans[0]?.loanNumber;
      const customers = loans.map(({ customerNumber }) => customerNumber).sort((one, other) => one - other);
      const asking = await alemeno.get(`/api/view-loan/${id}/`);
      expect([asking.status, asking.body]).toEqual([
        409,
        { detail: expect.stringContaining('?customer_id='), customers },
      ]);
      for (const { customerNumber, amount, tenure, instalment } of loans) {
        const { status, body } = await alemeno.get(`/view-loan/${id}?customer_id=${customerNumber}`);
        expect([status, body]).toMatchObject([
          200,
          {
            loan_id: id,
            customer: { id: customerNumber },
            loan_amount: amount,
            tenure,
            monthly_installment: instalment,
          },
        ]);
      }
      expect((await alemeno.get(`/view-loan/${id}/?customer_id=99999999`)).status).toBe(404);
    }
  });

  test.each([
    '/api/view-loan/99999999/',
    '/view-loan/none',
    '/api/view-loans/99999999/',
    '/view-loans/none',
    '/api/nothing/',
  ])('%s is nobody: 404', async (path) => {
    const { status, body } = await alemeno.get(path);
    expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
  });
});

describe('who may ask, and how', () => {
  test('no route of it is open to customers of our own login', async () => {
    const headers = { authorization: `Bearer ${await testIssuer().token('customer', 'someone')}` };
    const routes = await routesOf(system.url, 'alemeno');
    expect(routes).toHaveLength(5);
    for (const { method, path } of routes) {
      const { status } = await fetch(`${system.url}${path}`, { method, headers });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });

  test('a customer of our own login may not, whoever they are; an officer may', async () => {
    const customer = await testIssuer().token('customer', 'someone');
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const refused = await alemeno.get('/view-loans/1', bearer(customer));
    expect([refused.status, refused.body]).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ]);
    expect((await alemeno.get('/view-loans/1', bearer(system.token))).status).toBe(200);
    expect((await alemeno.get('/view-loans/1', bearer('forged'))).status).toBe(401);
  });

  test('what is no JSON, no known type and no known method is told in the words of the original', async () => {
    expect(await alemeno.raw('/register/', '{', 'application/json')).toMatchObject({
      status: 400,
      body: { detail: expect.any(String) },
    });
    expect(await alemeno.raw('/register/', 'x', 'text/plain')).toMatchObject({
      status: 415,
      body: { detail: expect.any(String) },
    });
    expect(await alemeno.get('/api/register/')).toMatchObject({ status: 405, body: { detail: expect.any(String) } });
  });
});
