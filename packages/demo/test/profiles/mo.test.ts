import { startTestSystem, type TestSystem, testIssuer } from '@tenor/testing';
import { type ProfileCaller, profileCaller, routesOf, type Told } from './caller.ts';

/** What the tests look at by name: of a list, and of its members. */
interface Answer {
  readonly id: number;
  readonly status: number;
  readonly score: string;
  readonly amount: string;
  readonly outstanding: string;
  readonly payment_details: unknown;
  readonly next: string | null;
  readonly results: readonly Answer[];
}

let system: TestSystem;
let mo: ProfileCaller<Answer>;

beforeAll(async () => {
  system = await startTestSystem('mo', { PROFILES: 'mo', OPEN_PROFILES: 'mo' });
  mo = profileCaller<Answer>(`${system.url}/mo`);
}, 60_000);
afterAll(() => system?.stop());

const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const RETRIES_MAX = 10;
const required = ['This field is required.'];

/** A customer of this name with so high a score. */
async function customer(external_id: string, score = '1000.00'): Promise<string> {
  expect((await mo.post('/api/customers/', { external_id, score })).status).toBe(201);
  return external_id;
}

/** Active loans of these amounts, by which they are named, the first one first. */
async function loans(of: string, ...amounts: string[]): Promise<void> {
  for (const amount of amounts) {
    const opened = await mo.post('/api/loans', { external_id: `${of}-${amount}`, customer: of, amount });
    expect([opened.status, opened.body.status]).toEqual([201, 2]);
  }
}

async function outstandingOf(of: string): Promise<Record<string, string>> {
  const { results } = (await mo.get(`/api/customers/${of}/loans`)).body;
  return Object.fromEntries(results.map((loan) => [loan.amount, loan.outstanding]));
}

const balanceOf = async (of: string) => (await mo.get(`/api/customers/balance?external_id=${of}`)).body;

describe('customers', () => {
  test.each(['/api/customers/', '/api/customers'])('one is created at %s and found in the list', async (path) => {
    const body = { external_id: `listed${path}`, status: 1, score: 1500.5, preapproved_at: '2026-01-31T10:00:00Z' };
    const { status, body: created } = await mo.post(path, body);
    const expected = { id: expect.any(Number), external_id: `listed${path}`, status: 1, score: '1500.50' };
    expect([status, created]).toEqual([
      201,
      { ...expected, preapproved_at: expect.stringContaining('2026-01-31T10:00:00') },
    ]);
    const list = await mo.get(path);
    expect([list.status, list.body]).toEqual([
      200,
      { next: null, previous: null, results: expect.arrayContaining([created]) },
    ]);
  });

  test('an inactive one takes no loans; numbers come as text, and fields by a form', async () => {
    const made = await mo.form('/api/customers/', { external_id: 'sleeping', status: '2', score: '10.50' });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ status: 2, score: '10.50', preapproved_at: moment }),
    ]);
    const loan = await mo.post('/api/loans', { external_id: 'of-sleeping', customer: 'sleeping', amount: 1 });
    expect([loan.status, loan.body]).toEqual([400, { detail: 'A loan needs an active customer.' }]);
  });

  test('the same again is the same answer; with other content the external id is taken', async () => {
    const body = { external_id: 'twice', score: '5.00' };
    const first = await mo.post('/api/customers/', body);
    expect(await mo.post('/api/customers', body)).toMatchObject({ status: 201, body: first.body });
    const other = await mo.post('/api/customers/', { ...body, score: '6.00' });
    expect([other.status, other.body]).toEqual([
      400,
      { external_id: ['customer with this external id already exists.'] },
    ]);
  });

  test('what is missing or wrong is told field by field', async () => {
    const none = await mo.post('/api/customers/', {});
    expect([none.status, none.body]).toEqual([400, { external_id: required, score: required }]);
    const wrong = { external_id: 'x'.repeat(61), status: 3, score: '-1', preapproved_at: '2026-02-31' };
    expect((await mo.post('/api/customers/', wrong)).body).toEqual({
      external_id: ['Ensure this field has no more than 60 characters.'],
      status: ['"3" is not a valid choice.'],
      score: ['Ensure this value is greater than or equal to 0.'],
      preapproved_at: [expect.stringContaining('wrong format')],
    });
  });

  test('the list goes on where its page says', async () => {
    const first = await mo.get('/api/customers/?page_size=2');
    expect(first.body.results).toHaveLength(2);
    const next = await profileCaller<Answer>(system.url).get(`${first.body.next}`);
    expect(next.body.results.map(({ id }) => id)).not.toContain(first.body.results[1]?.id);
    expect((await mo.get('/api/customers/?cursor=none')).status).toBe(400);
    expect((await mo.get('/api/customers/?page_size=0')).body).toEqual({
      page_size: ['Ensure this value is greater than or equal to 1.'],
    });
  });
});

describe('customers/bulk', () => {
  const row = (external_id: string, score: unknown) => ({ external_id, score });

  test.each(['/api/customers/bulk', '/api/customers/bulk/'])('a list at %s has a result for each row', async (path) => {
    const list = [
      row(`b1${path}`, 100),
      row(`b2${path}`, '10.50'),
      row(`b3${path}`, -500),
      { external_id: 'no score' },
    ];
    const done = await mo.post(path, list);
    expect([done.status, done.body]).toEqual([
      201,
      expect.objectContaining({
        status: 'done',
        rows_total: 4,
        rows_created: 2,
        rows_repeated: 0,
        rows_refused: 2,
        failure: null,
        results: [
          { row: 1, result: 'created', id: expect.any(Number), errors: null },
          { row: 2, result: 'created', id: expect.any(Number), errors: null },
          {
            row: 3,
            result: 'refused',
            id: null,
            errors: { score: [expect.stringContaining('greater than or equal to 0')] },
          },
          { row: 4, result: 'refused', id: null, errors: { score: required } },
        ],
      }),
    ]);
    const read = await mo.get(`/api/customers/bulk/${done.body.id}`);
    expect([read.status, read.body]).toEqual([200, done.body]);
    const again = await mo.post(path, list);
    expect(again.body).toMatchObject({ rows_created: 0, rows_repeated: 2, rows_refused: 2 });
    expect((await mo.get(`/api/customers/balance?customer_id=${done.body.results[1]?.id}`)).body.score).toBe('10.50');
  });

  const csv = (name: string) => `external_id,score,status\n${name}-1,20.25,1\n${name}-2,much,\n${name}-3,30,2\n`;
  const results = [
    { row: 2, result: 'created' },
    { row: 3, result: 'refused', errors: { score: ['A valid number is required.'] } },
    { row: 4, result: 'created' },
  ];

  test('a CSV file does as well, by itself and by a form', async () => {
    expect(await mo.raw('/api/customers/bulk', csv('raw'), 'text/csv')).toMatchObject({
      status: 201,
      body: { results },
    });
    const form = new FormData();
    form.append('file', new Blob([csv('form')], { type: 'text/csv' }), 'customers.csv');
    expect(await mo.raw('/api/customers/bulk/', form)).toMatchObject({ status: 201, body: { results } });
    expect((await balanceOf('form-1')).score).toBe('20.25');
  });

  test('what is no list and no file is refused, and an unknown job is 404', async () => {
    expect(await mo.post('/api/customers/bulk', row('alone', 1))).toMatchObject({ status: 400 });
    expect(await mo.post('/api/customers/bulk', [])).toMatchObject({ status: 400 });
    expect(await mo.raw('/api/customers/bulk', new FormData())).toMatchObject({ status: 400 });
    const noScore = await mo.raw('/api/customers/bulk', 'external_id\na\n', 'text/csv');
    expect(noScore.body).toMatchObject({ status: 'failed', failure: expect.stringContaining('score') });
    expect((await mo.get('/api/customers/bulk/0198a4f1-6c00-7000-8000-00000000a001')).status).toBe(404);
  });
});

describe('loans', () => {
  test.each(['/api/loans', '/api/loans/'])(
    'one is opened at %s, active at once and due in thirty weeks',
    async (path) => {
      const of = await customer(`borrower${path.length}`);
      const { status, body } = await mo.post(path, {
        external_id: `${of}-l`,
        customer: of,
        amount: '10.50',
        contract_version: 'v1',
      });
      const due = new Date(Date.now() + 210 * 86_400_000).toISOString().slice(0, 10);
      expect([status, body]).toEqual([
        201,
        {
          id: expect.any(Number),
          external_id: `${of}-l`,
          customer_external_id: of,
          amount: '10.50',
          outstanding: '10.50',
          status: 2,
          contract_version: 'v1',
          maximum_payment_date: `${due}T00:00:00Z`,
          taken_at: moment,
        },
      ]);
      expect((await mo.get(path)).body.results).toContainEqual(body);
      for (const spelling of [`/api/customers/${of}/loans`, `/api/customers/${of}/loans/`]) {
        expect((await mo.get(spelling)).body).toEqual({ next: null, previous: null, results: [body] });
      }
      expect(
        await mo.post('/api/loans', { external_id: `${of}-l`, customer: of, amount: '10.50', contract_version: 'v1' }),
      ).toMatchObject({ status: 201, body });
      expect((await mo.post(path, { external_id: `${of}-l`, customer: of, amount: 9 })).body).toEqual({
        external_id: ['loan with this external id already exists.'],
      });
    },
  );

  test('until when it is to be paid may be said', async () => {
    const of = await customer('dated');
    const date = `${new Date().getUTCFullYear() + 1}-12-31`;
    const body = {
      external_id: 'dated-1',
      customer_external_id: of,
      amount: 5,
      maximum_payment_date: `${date}T12:00:00Z`,
    };
    expect((await mo.post('/api/loans', body)).body).toMatchObject({ maximum_payment_date: `${date}T00:00:00Z` });
    const past = { ...body, external_id: 'dated-2', maximum_payment_date: '2020-01-01' };
    expect((await mo.post('/api/loans', past)).status).toBe(400);
  });

  test('what is above the score less the debt is refused, also of loans asked for at once', async () => {
    const of = await customer('limited', '100.00');
    const over = await mo.post('/api/loans', { external_id: 'over', customer: of, amount: '100.01' });
    expect([over.status, over.body]).toEqual([400, { detail: expect.stringContaining('above the available 100.00') }]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        mo.post('/api/loans', { external_id: `lim-${index}`, customer: of, amount: 30 }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 400, 400, 400, 400, 400]);
    expect(await balanceOf(of)).toEqual({
      external_id: of,
      score: '100.00',
      available_amount: '10.00',
      total_debt: '90.00',
    });
  });

  test('what is missing, no number or below zero is refused', async () => {
    expect((await mo.post('/api/loans', {})).body).toEqual({
      external_id: required,
      customer: required,
      amount: required,
    });
    const negative = await mo.post('/api/loans', { external_id: 'negative', customer: 'twice', amount: -500 });
    expect([negative.status, negative.body]).toEqual([
      400,
      { amount: ['Ensure this value is greater than or equal to 0.01.'] },
    ]);
    const unknown = await mo.post('/api/loans', { external_id: 'nobodys', customer: 'nobody', amount: 1 });
    expect([unknown.status, unknown.body]).toEqual([
      400,
      { customer: ['Object with external_id=nobody does not exist.'] },
    ]);
  });
});

describe('balance', () => {
  test('of one customer by external id or whole number, and of all page by page', async () => {
    const of = await customer('balanced', '500.00');
    await loans(of, '120.00');
    const balance = { external_id: of, score: '500.00', available_amount: '380.00', total_debt: '120.00' };
    const { results } = (await mo.get('/api/customers/?page_size=1')).body;
    const id = results[0]?.id;
    for (const path of [
      `/api/customers/balance?external_id=${of}`,
      `/api/customers/balance/?customer_id=${id}`,
      `/api/customers/balance?customer_id=${of}`,
      `/api/customers/${id}/balance`,
      `/api/customers/${of}/balance/`,
    ]) {
      expect([path, (await mo.get(path)).body]).toEqual([path, balance]);
    }
    expect((await mo.get('/api/customers/balance?page_size=1')).body).toEqual({
      next: expect.any(String),
      previous: null,
      results: [balance],
    });
    for (const path of [
      '/api/customers/balance?external_id=nobody',
      '/api/customers/nobody/loans',
      '/api/customers/nobody/payments',
    ]) {
      expect([path, await mo.get(path)]).toMatchObject([path, { status: 404, body: { detail: 'Not found.' } }]);
    }
  });

  test('a name comes before a number', async () => {
    const first = await mo.post('/api/customers/', { external_id: 'numbered', score: 1 });
    await customer(String(first.body.id), '7.00');
    expect((await mo.get(`/api/customers/${first.body.id}/balance`)).body).toMatchObject({ score: '7.00' });
  });
});

describe('payments', () => {
  const pay = (of: string, external_id: string, total_amount: unknown, more: object = {}): Promise<Told<Answer>> =>
    mo.post('/api/payments', { external_id, customer: of, total_amount, ...more });

  test.each(['/api/payments', '/api/payments/'])('one at %s pays the loan that was taken first', async (path) => {
    const of = await customer(`payer${path.length}`);
    const later = {
      external_id: `${of}-late`,
      customer: of,
      amount: '40.00',
      maximum_payment_date: `${new Date().getUTCFullYear() + 2}-01-31`,
    };
    expect((await mo.post('/api/loans', later)).status).toBe(201);
    await loans(of, '60.00');
    const body = { external_id: `${of}-p`, customer: of, total_amount: '50.00' };
    const paid = await mo.post(path, body);
    expect([paid.status, paid.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        external_id: `${of}-p`,
        customer_external_id: of,
        paid_at: moment,
        status: 1,
        total_amount: '50.00',
        payment_details: [
          { loan_external_id: `${of}-late`, payment_amount: '40.00' },
          { loan_external_id: `${of}-60.00`, payment_amount: '10.00' },
        ],
      },
    ]);
    expect(await outstandingOf(of)).toEqual({ '40.00': '0.00', '60.00': '50.00' });
    const [newest, oldest] = (await mo.get(`/api/customers/${of}/loans`)).body.results;
    expect([oldest?.status, newest?.status]).toEqual([4, 2]);
    expect((await mo.get(path)).body.results[0]).toEqual(paid.body);
    for (const spelling of [`/api/customers/${of}/payments`, `/api/customers/${of}/payments/`]) {
      expect((await mo.get(spelling)).body).toEqual({ next: null, previous: null, results: [paid.body] });
    }
    expect(await mo.post('/api/payments', body)).toMatchObject({ status: 201, body: paid.body });
    expect((await pay(of, `${of}-p`, '51.00')).body).toEqual({
      external_id: ['payment with this external id already exists.'],
    });
    expect(await outstandingOf(of)).toEqual({ '40.00': '0.00', '60.00': '50.00' });
  });

  test('details say which loans; the customer may be a number, and so may a loan', async () => {
    const of = await customer('detailed');
    await loans(of, '30.00', '70.00');
    const [second] = (await mo.get(`/api/customers/${of}/loans`)).body.results;
    const payment_details = [
      { loan: String(second?.id), amount: '20.5000000000' },
      { loan: 'detailed-30.00', amount: 5 },
    ];
    const paid = await pay(of, 'details', 25.5, { payment_details });
    expect([paid.status, paid.body.payment_details]).toEqual([
      201,
      [
        { loan_external_id: 'detailed-70.00', payment_amount: '20.50' },
        { loan_external_id: 'detailed-30.00', payment_amount: '5.00' },
      ],
    ]);
    expect(await outstandingOf(of)).toEqual({ '30.00': '25.00', '70.00': '49.50' });
  });

  test('details that do not sum, are above their loan, or name no loan of the customer: nothing is written', async () => {
    const of = await customer('wrong');
    await loans(of, '10.00');
    const other = await customer('another');
    await loans(other, '11.00');
    const one = (loan: string, amount: unknown) => ({ payment_details: [{ loan, amount }] });
    const answers = [
      await pay(of, 'w1', 5, one('wrong-10.00', 4)),
      await pay(of, 'w2', '10.01', one('wrong-10.00', '10.01')),
      await pay(of, 'w3', 5, one('another-11.00', 5)),
      await pay(of, 'w4', 5, one('none', 5)),
      await pay(of, 'w5', 5, one('wrong-10.00', '5.001')),
      await pay(of, 'w6', 5, { payment_details: [{ amount: 'x' }] }),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [400, { payment_details: [expect.stringContaining('sum')] }],
      [400, { detail: 'The amount is above everything that the customer owes.' }],
      [400, { payment_details: [{ loan: ['Object with external_id=another-11.00 does not exist.'] }] }],
      [400, { payment_details: [{ loan: ['Object with external_id=none does not exist.'] }] }],
      [400, { payment_details: [{ amount: ['Ensure that there are no more than 2 decimal places.'] }] }],
      [400, { payment_details: [{ loan: required, amount: ['A valid number is required.'] }] }],
    ]);
    expect((await mo.get(`/api/customers/${of}/payments`)).body.results).toEqual([]);
    expect(await outstandingOf(of)).toEqual({ '10.00': '10.00' });
  });

  test('above the debt it is stored as rejected and allocates nothing; the debt exactly completes', async () => {
    const of = await customer('exact');
    await loans(of, '10.00', '20.00');
    const tooMuch = await pay(of, 'e1', '30.01');
    expect([tooMuch.status, tooMuch.body]).toEqual([
      201,
      expect.objectContaining({ status: 2, total_amount: '30.01', payment_details: [] }),
    ]);
    expect(await balanceOf(of)).toMatchObject({ total_debt: '30.00' });
    expect((await pay(of, 'e2', '30.00')).body).toMatchObject({ status: 1 });
    expect(await balanceOf(of)).toMatchObject({ total_debt: '0.00', available_amount: '1000.00' });
    expect((await pay(of, 'e3', 1)).body).toMatchObject({ status: 2, payment_details: [] });
    const statuses = (await mo.get(`/api/customers/${of}/payments`)).body.results.map(({ status }) => status);
    expect(statuses).toEqual([2, 1, 2]);
    const poor = await customer('without a loan');
    expect(await pay(poor, 'e4', '0.01')).toMatchObject({ status: 201, body: { status: 2 } });
  });

  test('240 payments of 1 at once take 240 off the loan', async () => {
    const of = await customer('busy');
    await loans(of, '500.00');
    const one = async (external_id: string): Promise<Told<Answer>> => {
      for (let tries = 1; ; tries += 1) {
        const answer = await pay(of, external_id, 1);
        // What a busy system puts off may be sent again: the external id is its key.
        if (answer.status !== 503 || tries === RETRIES_MAX) return answer;
      }
    };
    const answers = await Promise.all(Array.from({ length: 240 }, (_, index) => one(`busy-${index}`)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.status}`))).toEqual(new Set(['201 1']));
    expect(await outstandingOf(of)).toEqual({ '500.00': '260.00' });
    expect(await balanceOf(of)).toMatchObject({ total_debt: '260.00', available_amount: '740.00' });
  }, 120_000);

  test('what is missing, no number or below zero is refused', async () => {
    expect((await mo.post('/api/payments', {})).body).toEqual({
      external_id: required,
      customer: required,
      total_amount: required,
    });
    expect((await pay('twice', 'n1', -500)).body).toEqual({
      total_amount: ['Ensure this value is greater than or equal to 0.01.'],
    });
    expect((await pay('twice', 'n2', 'ten')).body).toEqual({ total_amount: ['A valid number is required.'] });
    expect((await pay('nobody', 'n3', 1)).body).toEqual({
      customer: ['Object with external_id=nobody does not exist.'],
    });
    expect(await mo.form('/api/payments/', { external_id: 'n4', customer: 'twice', total_amount: '1' })).toMatchObject({
      status: 201,
      body: { status: 2 },
    });
  });
});

describe('who may ask, and how', () => {
  test('no route of it is open to customers of our own login', async () => {
    const headers = { authorization: `Bearer ${await testIssuer().token('customer', 'someone')}` };
    const routes = await routesOf(system.url, 'mo');
    expect(routes).toHaveLength(12);
    for (const { method, path } of routes) {
      const { status } = await fetch(`${system.url}${path}`, { method, headers });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });

  test('a customer of our own login may not, whoever they are; an officer may', async () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const customerToken = await testIssuer().token('customer', 'someone');
    for (const path of ['/api/customers/', '/api/loans', '/api/payments', '/api/customers/twice/payments']) {
      expect([path, (await mo.get(path, bearer(customerToken))).status]).toEqual([path, 403]);
      expect([path, (await mo.get(path, bearer(system.token))).status]).toEqual([path, 200]);
      expect([path, (await mo.get(path, bearer('forged'))).status]).toEqual([path, 401]);
    }
  });

  test('what nobody is at, and what is no JSON, is told in the words of the original', async () => {
    expect(await mo.get('/api/nothing')).toMatchObject({ status: 404, body: { detail: 'Not found.' } });
    expect(await mo.raw('/api/payments', '{', 'application/json')).toMatchObject({
      status: 400,
      body: { detail: expect.any(String) },
    });
    expect((await fetch(`${system.url}/internal/v1/references`, { method: 'POST' })).status).toBe(404);
  });
});
