import { randomUUID } from 'node:crypto';
import { startTestSystem, type TestSystem } from '@tenor/testing';
import { type Client, connect } from '../../src/client.ts';
import { type ProfileCaller, profileCaller, type Told } from './caller.ts';

interface Week {
  readonly due_amount: number;
  readonly paid: boolean;
  readonly payment_date: string | null;
}
/** What its client looks at in answers. */
interface Body {
  readonly id: number;
  readonly access: string;
  readonly loan_id: string;
  readonly loan: string;
  readonly outstanding_balance: number;
  readonly is_delinquent: boolean;
  readonly schedule: Readonly<Record<string, Week>>;
}

const notFound = { detail: 'Not found.' };

let system: TestSystem;
let officer: Client;
let lending: ProfileCaller<Body>;
/** A borrower who registered and logged in, and somebody of the staff. */
let borrower: { authorization: string };
let staff: { authorization: string };

beforeAll(async () => {
  system = await startTestSystem('lending', {
    PROFILES: 'lending',
    TIME_ZONE: 'Asia/Jakarta',
    RATE_LIMIT_PER_MINUTE: '0',
    LOGIN_LIMIT_PER_USER: '10',
  });
  officer = connect(system.url, system.token);
  lending = profileCaller<Body>(`${system.url}/lending`);
  borrower = await registered('borrower');
  staff = { authorization: `Bearer ${system.token}` };
}, 120_000);
afterAll(() => system?.stop());

async function registered(name: string): Promise<{ authorization: string }> {
  const user = { username: `${name}-${randomUUID().slice(0, 8)}`, password: 'correct horse battery' };
  const made = await lending.post('/api/register/', { ...user, email: `${name}@example.com` });
  expect([made.status, made.body]).toEqual([
    201,
    { id: expect.any(Number), username: user.username, email: `${name}@example.com` },
  ]);
  const { status, body } = await lending.post('/api/login/', user);
  expect([status, body]).toEqual([200, { access: expect.any(String), refresh: expect.any(String) }]);
  return { authorization: `Bearer ${body.access}` };
}

const newLoanId = () => `LOAN-${randomUUID().slice(0, 8)}`;

async function opened(principal_amount = '2000000.00', headers = borrower): Promise<string> {
  const loan_id = newLoanId();
  const { status, body } = await lending.post('/billing/loans/', { loan_id, principal_amount }, headers);
  expect([status, body.loan_id]).toEqual([201, loan_id]);
  return loan_id;
}

const dayBefore = (days: number) => new Date(Date.now() + 7 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10);

/** Of a customer of its own, paid out so many days ago; there is no way to do that by this API. */
async function openedBefore(days: number): Promise<string> {
  const externalId = newLoanId();
  const { body: customer } = await officer.post<{ id: string }>('/v1/customers', {
    external_id: `c-${externalId}`,
    first_name: 'Ana',
  });
  const loan = {
    customer_id: customer.id,
    product: 'weekly-flat-50',
    principal: { amount: '2000000.00', currency: 'IDR' },
    external_id: externalId,
    disbursed_on: dayBefore(days),
  };
  expect((await officer.post('/v1/loans', loan)).status).toBe(201);
  return externalId;
}

const outstandingOf = async (loanId: string, headers = staff): Promise<number> =>
  (await lending.get(`/loans/${loanId}/outstanding/`, headers)).body.outstanding_balance;
const pay = (loan: string, headers: Readonly<Record<string, string>> = borrower): Promise<Told<Body>> =>
  lending.post('/payments/', { loan }, headers);

describe('register and login', () => {
  test('guesses of a password are counted', async () => {
    const guess = { username: 'guessed-by-many', password: 'a wrong guess' };
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) statuses.push((await lending.post('/api/login/', guess)).status);
    expect([new Set(statuses.slice(0, 10)), statuses[10]]).toEqual([new Set([401]), 429]);
  });

  test.each(['/api/register', '/api/register/'])('%s tells what is missing, field by field', async (path) => {
    const required = ['This field is required.'];
    expect(await lending.post(path, {})).toMatchObject({
      status: 400,
      body: { username: required, password: required, email: required },
    });
    const wrong = { username: 'x'.repeat(8), password: 'short', email: 'nobody' };
    expect((await lending.post(path, wrong)).body).toEqual({ email: ['Enter a valid email address.'] });
    expect(await lending.post(path, { ...wrong, email: 'a@example.com' })).toMatchObject({
      status: 400,
      body: { password: [expect.any(String)] },
    });
  });

  test('a name is given once', async () => {
    const user = { username: `twin-${randomUUID().slice(0, 8)}`, password: 'your_password_1', email: 'a@example.com' };
    expect((await lending.form('/api/register/', user)).status).toBe(201);
    expect(await lending.post('/api/register/', user)).toMatchObject({
      status: 400,
      body: { username: ['A user with that username already exists.'] },
    });
    expect((await lending.form('/api/login', { username: user.username, password: user.password })).status).toBe(200);
  });

  test('a wrong password and an unknown user have the same answer', async () => {
    const answers = [
      await lending.post('/api/login/', { username: 'nobody-of-this-name', password: 'correct horse battery' }),
      await lending.post('/api/login/', { username: 'nobody-of-this-name', password: 'another long password' }),
    ];
    for (const answer of answers) expect([answer.status, Object.keys(answer.body)]).toEqual([401, ['detail']]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });
});

describe('loans', () => {
  test.each(['/billing/loans/', '/billing/loans', '/loans/', '/loans'])(
    'the documented example at %s',
    async (path) => {
      const loan_id = newLoanId();
      const { status, body } = await lending.post(path, { loan_id, principal_amount: '2000000.00' }, borrower);
      const example = { principal_amount: '2000000.00', weekly_payment: '44000.00', total_amount: '2200000.00' };
      expect([status, body]).toEqual([201, { loan_id, ...example, start_date: dayBefore(0) }]);
      const week = { due_amount: 44_000, paid: false, payment_date: null };
      const weeks = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`W${index + 1}`, week]));
      for (const prefix of ['', '/billing']) {
        for (const slash of ['', '/']) {
          const read = async (what: string) =>
            (await lending.get(`${prefix}/loans/${loan_id}/${what}${slash}`, borrower)).body;
          expect(await read('schedule')).toEqual({ loan_id, schedule: weeks });
          expect(await read('outstanding')).toEqual({ outstanding_balance: 2_200_000 });
          expect(await read('status')).toEqual({ is_delinquent: false, last_updated: expect.any(String) });
        }
      }
    },
  );

  test.each([
    ['1000.33', '22.01', '1100.36'],
    ['5000001', '110000.02', '5500001.10'],
    ['1234569', '27160.52', '1358025.90'],
  ])('fifty weeks of %s sum to the total exactly', async (principal, weekly, said) => {
    const total = JSON.parse(said) as number;
    const loan_id = newLoanId();
    const made = await lending.post('/loans/', { loan_id, principal_amount: principal }, borrower);
    expect(made.body).toMatchObject({ weekly_payment: weekly, total_amount: said });
    const { body } = await lending.get(`/loans/${loan_id}/schedule/`, borrower);
    const cents = Object.values(body.schedule).map(({ due_amount }) => Math.round(due_amount * 100));
    expect(cents).toHaveLength(50);
    expect(cents.reduce((sum, each) => sum + each, 0)).toBe(Math.round(total * 100));
    expect(await outstandingOf(loan_id)).toBe(total);
  });

  test('the principal may be a number or text, in JSON or a form; other fields are ignored', async () => {
    const one = { loan_id: newLoanId(), principal_amount: 2_000_000, status: 'x' };
    expect((await lending.post('/loans/', one, borrower)).body).toMatchObject({ total_amount: '2200000.00' });
    const form = new URLSearchParams({ loan_id: newLoanId(), principal_amount: '2000000' });
    const answer = await fetch(`${system.url}/lending/loans/`, { method: 'POST', body: form, headers: borrower });
    expect(answer.status).toBe(201);
  });

  test.each([
    [{}, { loan_id: ['This field is required.'], principal_amount: ['This field is required.'] }],
    [{ loan_id: 'p-0', principal_amount: 0 }, { principal_amount: [expect.stringContaining('greater than')] }],
    [{ loan_id: 'p-1', principal_amount: '-100' }, { principal_amount: [expect.stringContaining('greater than')] }],
    [{ loan_id: 'p-2', principal_amount: 'much' }, { principal_amount: ['A valid number is required.'] }],
    [{ loan_id: 'p-3', principal_amount: '1.005' }, { principal_amount: [expect.stringContaining('decimal places')] }],
    [{ loan_id: 'a/b', principal_amount: '2000000' }, { loan_id: [expect.stringContaining('Slashes')] }],
    [{ loan_id: '..', principal_amount: '2000000' }, { loan_id: [expect.stringContaining('Slashes')] }],
    [{ loan_id: ' ', principal_amount: '2000000' }, { loan_id: ['This field may not be blank.'] }],
    [{ loan_id: null, principal_amount: '2000000' }, { loan_id: ['This field may not be null.'] }],
  ])('%j is refused', async (body, faults) => {
    const answer = await lending.post('/billing/loans/', body, borrower);
    expect([answer.status, answer.body]).toEqual([400, faults]);
  });

  test('a principal that no fifty weeks can carry is refused, and its loan_id stays free', async () => {
    const loan_id = newLoanId();
    expect((await lending.post('/loans/', { loan_id, principal_amount: '0.01' }, staff)).status).toBe(400);
    expect((await lending.post('/loans/', { loan_id, principal_amount: '100' }, staff)).status).toBe(201);
  });

  test('a loan_id is given once, also of two at once; an Idempotency-Key gives the first answer again', async () => {
    const loan = { loan_id: newLoanId(), principal_amount: '2000000.00' };
    const both = await Promise.all([lending.post('/loans/', loan, staff), lending.post('/loans/', loan, borrower)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect(both.find(({ status }) => status === 400)?.body).toEqual({
      loan_id: ['loan with this loan_id already exists.'],
    });
    const keyed = { loan: { ...loan, loan_id: newLoanId() }, headers: { ...staff, 'idempotency-key': randomUUID() } };
    const first = await lending.post('/loans/', keyed.loan, keyed.headers);
    const again = await lending.post('/loans/', keyed.loan, keyed.headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  test.each(['schedule', 'outstanding', 'status'])('the %s of an unknown loan is 404', async (what) => {
    expect(await lending.get(`/billing/loans/none/${what}/`, staff)).toMatchObject({ status: 404, body: notFound });
  });

  test('ids with blanks, per cent signs and question marks are reachable', async () => {
    const loan_id = `Loan 100% ${randomUUID().slice(0, 8)}? é`;
    expect((await lending.post('/loans/', { loan_id, principal_amount: '100' }, staff)).status).toBe(201);
    expect(await outstandingOf(encodeURIComponent(loan_id))).toBe(110);
    expect((await pay(loan_id, staff)).body).toMatchObject({ loan: loan_id, amount: '2.20' });
  });
});

describe('payments', () => {
  test.each(['/payments/', '/payments', '/billing/payments/', '/billing/payments'])(
    'the example at %s',
    async (path) => {
      const loan = await opened();
      const { status, body } = await lending.post(path, { loan }, borrower);
      expect([status, body]).toEqual([
        201,
        {
          id: expect.any(Number),
          loan,
          amount: '44000.00',
          payment_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
        },
      ]);
      const { body: after } = await lending.get(`/loans/${loan}/schedule/`, borrower);
      expect([after.schedule.W1, after.schedule.W2]).toEqual([
        { due_amount: 44_000, paid: true, payment_date: dayBefore(0) },
        { due_amount: 44_000, paid: false, payment_date: null },
      ]);
      expect(await outstandingOf(loan)).toBe(2_156_000);
    },
  );

  test('retries, one after the other, record one payment', async () => {
    const loan = await opened();
    const answers = [await pay(loan), await pay(loan), await pay(loan)];
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 400]);
    expect(answers[1]?.body).toEqual({ detail: expect.stringContaining('in advance') });
    expect(await outstandingOf(loan)).toBe(2_156_000);
  });

  test('of ten at once each has the answer of the one payment', async () => {
    const loan = await opened();
    const answers = await Promise.all(Array.from({ length: 10 }, () => pay(loan)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await outstandingOf(loan)).toBe(2_156_000);
  });

  test('with an Idempotency-Key a retry is the same payment, and another key pays in advance', async () => {
    const loan = await opened();
    const [one, other] = [randomUUID(), randomUUID()].map((key) => ({ ...borrower, 'idempotency-key': key }));
    const first = await pay(loan, one);
    expect([(await pay(loan, one)).body, (await pay(loan, one)).status]).toEqual([first.body, 201]);
    const second = await pay(loan, other);
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false]);
    expect(await outstandingOf(loan)).toBe(2_112_000);
    expect((await lending.post('/payments/', { loan: await opened() }, one)).status).toBe(400);
  });

  test('catching up: missed weeks are paid one by one, on replicas too, up to the current one', async () => {
    const loan = await openedBefore(24);
    expect((await lending.get(`/loans/${loan}/status/`, staff)).body.is_delinquent).toBe(true);
    const replica = await system.replicate();
    try {
      const elsewhere = profileCaller<Body>(`${replica.url}/lending`);
      const both = await Promise.all([pay(loan, staff), elsewhere.post('/payments/', { loan }, staff)]);
      expect(new Set(both.map(({ body }) => body.id)).size).toBe(1);
      const rest: number[] = [];
      for (let week = 2; week <= 5; week += 1) rest.push((await pay(loan, staff)).status);
      expect(rest).toEqual([201, 201, 201, 400]);
    } finally {
      await replica.stop();
    }
    expect((await lending.get(`/loans/${loan}/status/`, staff)).body.is_delinquent).toBe(false);
    expect(await outstandingOf(loan)).toBe(2_200_000 - 4 * 44_000);
  });

  test('a loan that is paid takes no more, and a retry of its last payment is that payment', async () => {
    const loan = await opened('0.50', staff);
    const total = await outstandingOf(loan);
    const keys = Array.from({ length: 50 }, () => ({ ...staff, 'idempotency-key': randomUUID() }));
    for (const key of keys) expect((await pay(loan, key)).status).toBe(201);
    expect([total, await outstandingOf(loan)]).toEqual([0.55, 0]);
    const { body } = await lending.get(`/loans/${loan}/schedule/`, staff);
    expect(Object.values(body.schedule).every(({ paid }) => paid)).toBe(true);
    expect(await pay(loan, staff)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('paid') } });
    expect((await pay(loan, keys[49])).status).toBe(201);
  });

  test('a payment that was taken back frees its week', async () => {
    const loan = await opened();
    const first = await pay(loan);
    const { data } = await officer.get<{ data: { id: string }[] }>('/v1/payments?limit=1');
    const reversed = await officer.post(`/v1/payments/${data[0]?.id}/reverse`, {}, { 'idempotency-key': randomUUID() });
    expect(reversed.status).toBe(200);
    const second = await pay(loan);
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false]);
    expect(await outstandingOf(loan)).toBe(2_156_000);
  });

  test.each([
    [{}, 400, { loan: ['This field is required.'] }],
    [{ loan: null }, 400, { loan: ['This field may not be null.'] }],
    [{ loan: 'none' }, 404, notFound],
    [{ loan: 7 }, 404, notFound],
  ])('%j is refused', async (body, status, told) => {
    const answer = await lending.post('/payments/', body, staff);
    expect([answer.status, answer.body]).toEqual([status, told]);
  });
});

describe('delinquency is told at the reading, whether anybody paid or not', () => {
  test.each([
    [7, false],
    [14, false],
    [15, true],
    [70, true],
  ])('%i days after the money was paid out: %s', async (days, is_delinquent) => {
    const loan = await openedBefore(days);
    expect((await lending.get(`/billing/loans/${loan}/status/`, staff)).body).toMatchObject({ is_delinquent });
  });
});

describe('who may', () => {
  test('all but register and login ask for a token, and take no other', async () => {
    const loan = await opened();
    const bad = { authorization: 'Bearer x' };
    for (const path of [`/loans/${loan}/schedule/`, `/loans/${loan}/outstanding`, `/billing/loans/${loan}/status/`]) {
      expect(await lending.get(path)).toMatchObject({
        status: 401,
        body: { detail: 'Authentication credentials were not provided.' },
      });
      expect((await lending.get(path, bad)).status).toBe(401);
    }
    expect((await lending.post('/payments/', { loan })).status).toBe(401);
    expect((await lending.post('/billing/loans/', {})).status).toBe(401);
  });

  test("another's loan is as unknown as one that there is not", async () => {
    const loan = await opened();
    const other = await registered('other');
    for (const id of [loan, 'none']) {
      for (const what of ['schedule', 'outstanding', 'status']) {
        expect(await lending.get(`/loans/${id}/${what}/`, other)).toMatchObject({ status: 404, body: notFound });
      }
      expect(await pay(id, other)).toMatchObject({ status: 404, body: notFound });
      const keyed = { ...other, 'idempotency-key': randomUUID() };
      expect(await pay(id, keyed)).toMatchObject({ status: 404, body: notFound });
    }
    expect(await outstandingOf(loan)).toBe(2_200_000);
  });

  test('a loan of the staff has a customer of its own, a borrower has the loans that they opened', async () => {
    const [own, staffs] = [await opened('100', borrower), await opened('100', staff)];
    const named = await officer.get<{ data: unknown[] }>(`/v1/customers?external_id=lending:${staffs}`);
    expect(named.data).toHaveLength(1);
    const none = await officer.get<{ data: unknown[] }>(`/v1/customers?external_id=lending:${own}`);
    expect(none.data).toHaveLength(0);
    expect((await lending.get(`/loans/${staffs}/outstanding/`, borrower)).status).toBe(404);
  });

  test('what is no JSON, no path and no method is told in the words of the original', async () => {
    expect(await lending.raw('/api/login/', '{', 'application/json')).toMatchObject({ status: 400 });
    expect(await lending.raw('/api/login/', 'x', 'text/plain')).toMatchObject({ status: 415 });
    expect(await lending.get('/api/login/')).toMatchObject({ status: 405, body: { detail: expect.any(String) } });
    expect(await lending.get('/nothing/')).toMatchObject({ status: 404, body: notFound });
    const injected = encodeURIComponent("x' or '1'='1");
    expect((await lending.get(`/loans/${injected}/outstanding/`, staff)).status).toBe(404);
  });
});
