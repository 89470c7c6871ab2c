import { eventually } from '@tenor/testing';
import { numbers, type Outside, startWithOutside } from './with-outside.ts';

let outside: Outside;
const customers = new Map<string, string>();
beforeAll(async () => {
  outside = await startWithOutside('applications');
  for (const number of numbers) customers.set(number, await outside.billing.customer({ external_id: number }));
});
afterAll(() => outside.stop());
afterEach(() => outside.recover());

const [amina, brian, chebet, david, esther] = numbers;
const customerOf = (number: string): string => customers.get(number) ?? '';
const scoreOf = async (loanId: string) => (await outside.billing.get(`/v1/loans/${loanId}/score`)).body;
/** What is told of a loan, oldest first. */
const journal = async (loanId: string): Promise<string[]> =>
  (
    await outside.billing.rows<{ type: string }>('select type from loan_events where loan_id = $1 order by seq', [
      loanId,
    ])
  ).map(({ type }) => type);
const told = async (number: string, loanId: string, type: string) => {
  const events = await eventually(async () => {
    const all = await outside.billing.published(customerOf(number), 'loans', 1, type);
    const own = all.filter(({ subject }) => subject === loanId);
    if (own.length === 0) throw new Error(`no ${type} of loan ${loanId} yet`);
    return own;
  });
  return events.map(({ data }) => data['reason']);
};
const tables = ['loans', 'loan_events', 'loan_directory', 'score_queries', 'kyc_records', 'idempotency_keys'];
const written = async () => {
  const named = await outside.billing.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'billing' and table_name = any($1)`,
    [tables],
  );
  return outside.billing.snapshot(named.map(({ name }) => name));
};

test('approves by the score: KYC, client, initiation, callback, query, payout', async () => {
  const { status, body } = await outside.apply(customerOf(amina));
  expect({ status, loan: body.status }).toEqual({ status: 201, loan: 'pending' });
  expect((await outside.decided(body.id)).status).toBe('active');
  expect(await scoreOf(body.id)).toMatchObject({
    state: 'scored',
    score: '564',
    limit_amount: '30000',
    exclusion: 'No Exclusion',
    next_at: null,
  });
  expect((await outside.billing.get(`/v1/customers/${customerOf(amina)}/kyc`)).body).toMatchObject({
    customer_number: amina,
    first_name: 'Amina',
    monthly_income: '85000.00',
  });
  const events = await outside.billing.published(customerOf(amina), 'loans', 3);
  expect(events.map(({ type }) => type)).toEqual(['loan.opened', 'loan.approved', 'loan.disbursed']);
  expect(JSON.stringify(events)).not.toMatch(/Amina|Otieno|85000|30000001|234774784|\b564\b/);
  expect(await outside.billing.isProven(body.id)).toBe(true);
});

test.each([
  { because: 'the amount is above the limit', simulated: { limit_amount: 9_999.99 }, reason: 'above_score_limit' },
  { because: 'the engine excludes', simulated: { excluded: true }, reason: 'score_exclusion' },
])('rejects when $because', async ({ simulated, reason }) => {
  outside.scoring.simulate(simulated);
  const { body } = await outside.apply(customerOf(brian));
  expect((await outside.decided(body.id)).status).toBe('rejected');
  expect(await told(brian, body.id, 'loan.rejected')).toEqual([reason]);
});

test('approves an amount that is exactly the limit', async () => {
  outside.scoring.simulate({ limit_amount: 10_000 });
  const { body } = await outside.apply(customerOf(brian));
  expect((await outside.decided(body.id)).status).toBe('active');
});

test('fails the creation with 503 while core banking is down, writes nothing, and takes the retry', async () => {
  outside.coreBanking.simulate({ customer: 'down' });
  const before = await written();
  const refused = await outside.apply(customerOf(chebet), {}, { key: 'once-down' });
  expect({ status: refused.status, code: refused.body.code }).toEqual({
    status: 503,
    code: 'core_banking_unavailable',
  });
  expect(refused.headers['retry-after']).toBe('5');
  expect(await written()).toBe(before);
  expect((await outside.billing.get('/readyz', { role: null })).status).toBe(200);
  await outside.recover();
  const { status, body } = await outside.apply(customerOf(chebet), {}, { key: 'once-down' });
  expect(status).toBe(201);
  expect((await outside.decided(body.id)).status).toBe('active');
});

test('is degraded, and never unready, while core banking is left alone', async () => {
  outside.coreBanking.simulate({ customer: 'down' });
  await eventually(async () => {
    await outside.apply(customerOf(chebet));
    const { status, body } = await outside.billing.get('/readyz', { role: null });
    expect({ status, is: body.status }).toEqual({ status: 200, is: 'degraded' });
  });
});

test('refuses with 404 and writes nothing where core banking does not know the customer', async () => {
  const stranger = await outside.billing.customer({ external_id: '100200300' });
  const before = await written();
  const { status, body } = await outside.apply(stranger);
  expect({ status, code: body.code }).toEqual({ status: 404, code: 'kyc_not_found' });
  expect(await written()).toBe(before);
});

test('refuses with 404 and asks nobody where the number has blanks around it', async () => {
  const blank = await outside.billing.customer({ external_id: ` ${amina}` });
  const asked = outside.coreBanking.calls.customer;
  const answers = [await outside.apply(blank), await outside.billing.post(`/v1/customers/${blank}/kyc`, {})];
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [404, 'kyc_not_found'],
    [404, 'kyc_not_found'],
  ]);
  expect(outside.coreBanking.calls.customer).toBe(asked);
});

test('creates the loan while scoring is down, and decides once it is back', async () => {
  outside.scoring.simulate({ initiate: 'down', create_client: 'down', query: 'down' });
  const asked = outside.scoring.counts().initiate;
  const { status, body } = await outside.apply(customerOf(david));
  expect(status).toBe(201);
  // More often than a query would be: an initiation has no last attempt.
  await eventually(() => outside.scoring.counts().initiate >= asked + 4);
  expect(await scoreOf(body.id)).toMatchObject({ state: 'initiating', attempts: 0 });
  await outside.recover();
  expect((await outside.decided(body.id)).status).toBe('active');
});

test('fails the loan when the retries are exhausted, and the customer may apply again', async () => {
  outside.scoring.simulate({ query: 'down' });
  const asked = outside.scoring.counts().query;
  const { body } = await outside.apply(customerOf(esther));
  expect((await outside.decided(body.id)).status).toBe('failed');
  expect(outside.scoring.counts().query - asked).toBe(6);
  expect(await scoreOf(body.id)).toMatchObject({ state: 'exhausted', attempts: 6, score: null });
  expect(await told(esther, body.id, 'loan.failed')).toEqual(['score_not_available']);
  expect(await outside.billing.isProven(body.id)).toBe(true);
  await outside.recover();
  const again = await outside.apply(customerOf(esther));
  expect((await outside.decided(again.body.id)).status).toBe('active');
});

test('takes one of 20 applications at once, and the next one after its decision', async () => {
  outside.scoring.simulate({ initiate: 'down' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => outside.apply(customerOf(chebet))));
  const opened = answers.filter(({ status }) => status === 201);
  expect(opened).toHaveLength(1);
  const others = answers.filter(({ status }) => status !== 201).map(({ status, body }) => `${status} ${body.code}`);
  // More at once than core banking is asked for are turned away before they come to wait.
  expect(new Set(others)).toEqual(
    new Set(
      others.includes('503 core_banking_unavailable')
        ? ['409 application_pending', '503 core_banking_unavailable']
        : ['409 application_pending'],
    ),
  );
  const asked = outside.coreBanking.calls.customer;
  const late = await outside.apply(customerOf(chebet));
  expect(late.body).toMatchObject({ code: 'application_pending', meta: { loan_id: opened[0]?.body.id } });
  expect(outside.coreBanking.calls.customer).toBe(asked);
  await outside.recover();
  await outside.decided(opened[0]?.body.id ?? '');
  const next = await outside.apply(customerOf(chebet));
  expect(next.status).toBe(201);
  await outside.decided(next.body.id);
});

test('a replayed key asks nobody', async () => {
  const first = await outside.apply(customerOf(amina), {}, { key: 'replayed' });
  await outside.decided(first.body.id);
  outside.coreBanking.simulate({ customer: 'down' });
  const calls = outside.coreBanking.calls.customer;
  const second = await outside.apply(customerOf(amina), {}, { key: 'replayed' });
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect({ id: second.body.id, loan: second.body.status }).toEqual({ id: first.body.id, loan: 'pending' });
  expect(outside.coreBanking.calls.customer).toBe(calls);
});

test('a key that is sent several times at once has one answer', async () => {
  for (const key of ['at-once-1', 'at-once-2', 'at-once-3']) {
    const answers = await Promise.all(Array.from({ length: 4 }, () => outside.apply(customerOf(amina), {}, { key })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const [id, ...others] = new Set(answers.map(({ body }) => body.id));
    expect(others).toEqual([]);
    await outside.decided(id ?? '');
  }
});

test('what could not be asked for want of a registration is no attempt', async () => {
  outside.scoring.simulate({ not_ready: 1000 });
  const { body } = await outside.apply(customerOf(david));
  await eventually(async () => expect((await scoreOf(body.id))['attempts']).toBe(1));
  const asked = outside.scoring.counts().query;
  outside.scoring.forgetClients();
  outside.scoring.simulate({ not_ready: 1000, create_client: 'down' });
  const registrations = outside.scoring.counts().create_client;
  await eventually(() => outside.scoring.counts().create_client >= registrations + 4);
  const { attempts, state } = await scoreOf(body.id);
  // Of those sent one found that we are forgotten.
  expect([attempts, state]).toEqual([1 + outside.scoring.counts().query - asked, 'querying']);
  await outside.recover();
  expect((await outside.decided(body.id)).status).toBe('active');
});

test("an officer's decision made meanwhile stands, and the score is not asked for any more", async () => {
  outside.scoring.simulate({ initiate: 'down' });
  const { body } = await outside.apply(customerOf(david));
  expect((await outside.billing.post(`/v1/loans/${body.id}/reject`, {})).status).toBe(200);
  await eventually(async () => expect((await scoreOf(body.id))['state']).toBe('superseded'));
  expect(await journal(body.id)).toEqual(['opened', 'rejected']);
  await outside.recover();
  const next = await outside.apply(customerOf(david));
  expect((await outside.decided(next.body.id)).status).toBe('active');
});

test('rejects a customer who was made inactive while the score was awaited', async () => {
  outside.scoring.simulate({ initiate: 'down' });
  const { body } = await outside.apply(customerOf(david));
  await outside.billing.patch(`/v1/customers/${customerOf(david)}`, { status: 'inactive' });
  await outside.recover();
  expect((await outside.decided(body.id)).status).toBe('rejected');
  expect(await journal(body.id)).toEqual(['opened', 'rejected']);
  expect(await told(david, body.id, 'loan.rejected')).toEqual(['customer_inactive']);
  expect(await scoreOf(body.id)).toMatchObject({ state: 'scored', score: '564' });
  await outside.billing.patch(`/v1/customers/${customerOf(david)}`, { status: 'active' });
});

test('registers once, and again when the engine has forgotten it', async () => {
  const before = outside.scoring.counts().create_client;
  const known = await outside.apply(customerOf(brian));
  await outside.decided(known.body.id);
  expect(outside.scoring.counts().create_client).toBe(before);
  outside.scoring.forgetClients();
  const { body } = await outside.apply(customerOf(brian));
  expect((await outside.decided(body.id)).status).toBe('active');
  expect(outside.scoring.counts().create_client).toBe(before + 1);
});

test('a loan that a score decides cannot be reached by a top-up', async () => {
  const { body } = await outside.apply(customerOf(esther));
  await outside.decided(body.id);
  const topUp = { principal: { amount: '20000.00', currency: 'KES' } };
  const { status, body: problem } = await outside.billing.post(`/v1/loans/${body.id}/top-up`, topUp);
  expect({ status, code: problem.code }).toEqual({ status: 422, code: 'kyc_required' });
});

test('a loan of another product asks neither core banking nor the engine', async () => {
  outside.coreBanking.simulate({ customer: 'down', transactions: 'down' });
  const { id, status } = await outside.billing.loan(customerOf(amina));
  expect(status).toBe('active');
  expect((await outside.billing.get(`/v1/loans/${id}/score`)).status).toBe(404);
  expect((await outside.billing.get('/v1/loans/019aa4f1-6c00-7000-8000-000000009999/score')).status).toBe(404);
});

test('counts calls and decisions', async () => {
  const { text } = await outside.billing.get('/metrics', { role: null });
  expect(text).toMatch(/core_banking_calls_total\{operation="Customer",outcome="known",service="billing"\} \d+/);
  expect(text).toMatch(/scoring_calls_total\{call="query",outcome="told",service="billing"\} \d+/);
  expect(text).toMatch(/scored_applications_total\{decision="failed",service="billing"\} 1\b/);
  expect(text).toMatch(/core_banking_breaker_state\{service="billing"\} 0/);
});
