import { type Simulator as CoreBanking, startSimulator as startCoreBanking } from '@tenor/core-banking-simulator';
import { choosePort } from '@tenor/local-stack';
import { type Simulator as Scoring, startSimulator as startScoring } from '@tenor/scoring-simulator';
import { eventually, openSql, startTestSystem, type TestSystem, testIssuer } from '@tenor/testing';
import { connect } from '../../src/client.ts';
import { type Asked, type KopaClient, kopaClient, type Told } from './kopa-client.ts';

const host = '127.0.0.1';
const bank = { username: 'tenor', password: 'a-password-at-core-banking' };
const engine = { username: 'scoring', password: 'a-password-of-the-engine' };
const officer = { username: 'bank.of.kopa', password: 'plum river copper 41' };

/** Whom core banking knows. */
const [AMINA, BRIAN, CHEBET, DAVID, ESTHER] = [
  '234774784',
  '318411216',
  '340397370',
  '366585630',
  '397178638',
] as const;
const johnDoe = { customer_number: AMINA, name: 'John Doe', address: '123 Main St', other_kyc_data: '...' };

let coreBanking: CoreBanking;
let scoring: Scoring;
let system: TestSystem;
let access: string | null = null;
let kopa: KopaClient;

beforeAll(async () => {
  coreBanking = await startCoreBanking({ host, port: 0, ...bank });
  scoring = await startScoring({ host, port: 0 });
  const port = await choosePort();
  system = await startTestSystem('kopa', {
    PROFILES: 'kopa',
    GATEWAY_PORT: String(port),
    CORE_BANKING_WSDL_URL: `${coreBanking.url}/service.wsdl`,
    CORE_BANKING_URL: `${coreBanking.url}/service`,
    CORE_BANKING_USERNAME: bank.username,
    CORE_BANKING_PASSWORD: bank.password,
    CORE_BANKING_TIMEOUT_MS: '1000',
    CORE_BANKING_REST_MS: '100',
    SCORING_URL: scoring.url,
    SCORING_FIRST_RETRY_MS: '100',
    LOGIN_LIMIT_PER_USER: '5',
    TRANSACTIONS_URL: `http://${host}:${port}/kopa/transactions`,
    TRANSACTIONS_USERNAME: engine.username,
    TRANSACTIONS_PASSWORD: engine.password,
  });
  kopa = kopaClient(`${system.url}/kopa`, () => access);
  await connect(system.url, system.adminToken).post('/v1/users', { ...officer, roles: ['officer'] });
  access = (await kopa('POST', '/auth/token/', { body: officer, token: null })).body.access;
  for (const customer_number of [BRIAN, CHEBET, DAVID, ESTHER]) {
    expect((await kopa('POST', '/customers/', { body: { ...johnDoe, customer_number } })).status).toBe(201);
  }
}, 90_000);
afterAll(async () => {
  await system?.stop();
  await Promise.all([coreBanking?.stop(), scoring?.stop()]);
});
afterEach(() => {
  coreBanking.simulate({});
  scoring.simulate({});
});

const statusAndBody = ({ status, body }: Told) => [status, body];
const required = ['This field is required.'];
const basic = ({ username, password } = engine): Asked => ({
  token: null,
  headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
});
const apply = (customer_number: string, amount: unknown = 2000) =>
  kopa('POST', '/loans/', { body: { customer_number, amount } });
const statusOf = async (customer_number: string) =>
  (await kopa('GET', `/loans/status?customer_number=${customer_number}`)).body;
/** The customer's loan once it is no longer pending. */
const decided = (customer_number: string) =>
  eventually(async () => {
    const loan = await statusOf(customer_number);
    if (loan.status === 'PENDING') throw new Error(`The loan of ${customer_number} is still pending`);
    return loan;
  });
const loanCount = async (): Promise<number> => (await kopa('GET', '/loans/')).body.count;
const numberOf = async (customer_number: string): Promise<number | undefined> => {
  const { results } = (await kopa('GET', '/customers/')).body;
  return results.find((each) => each.customer_number === customer_number)?.id;
};

describe('tokens', () => {
  test.each(['/auth/token/', '/auth/token'])('%s gives both, and they last 300 minutes and a day', async (path) => {
    const { status, body } = await kopa('POST', path, { body: officer, token: null });
    expect([status, Object.keys(body).sort()]).toEqual([200, ['access', 'refresh']]);
    const { iat, exp } = JSON.parse(Buffer.from(body.access.split('.')[1] ?? '', 'base64url').toString());
    expect(exp - iat).toBe(300 * 60);
    const sql = await openSql(system.tenant.adminUrl);
    const [login] = await sql.rows<{ seconds: number }>(
      'select extract(epoch from ends_at - clock_timestamp())::integer as seconds from billing.refresh_families limit 1',
    );
    await sql.close();
    expect(Math.abs((login?.seconds ?? 0) - 24 * 3600)).toBeLessThan(300);
  });

  test('they come by a form, too', async () => {
    expect((await kopa('POST', '/auth/token/', { body: new URLSearchParams(officer), token: null })).status).toBe(200);
  });

  test.each([
    { ...officer, password: 'not the password' },
    { ...officer, username: 'nobody' },
  ])('$username with $password is told what Simple JWT tells', async (body) => {
    expect(statusAndBody(await kopa('POST', '/auth/token/', { body, token: null }))).toEqual([
      401,
      { detail: 'No active account found with the given credentials' },
    ]);
  });

  test.each(['/auth/token/refresh/', '/auth/token/refresh'])('%s replaces them', async (path) => {
    const { refresh } = (await kopa('POST', '/auth/token/', { body: officer, token: null })).body;
    const renewed = await kopa('POST', path, { body: { refresh }, token: null });
    expect([renewed.status, Object.keys(renewed.body).sort()]).toEqual([200, ['access', 'refresh']]);
    expect((await kopa('GET', '/customers/', { token: renewed.body.access })).status).toBe(200);
  });

  test('guesses are counted, here and at the other login together', async () => {
    const guess = { username: 'guessed', password: 'a wrong guess' };
    const ways = [...Array.from({ length: 5 }, () => '/kopa/auth/token/'), '/kopa/auth/token', '/v1/auth/login'];
    const statuses: number[] = [];
    for (const path of ways) {
      statuses.push((await kopa('POST', `${system.url}${path}`, { body: guess, token: null })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  test('what is missing, and what is no token', async () => {
    expect(statusAndBody(await kopa('POST', '/auth/token/', { body: {}, token: null }))).toEqual([
      400,
      { username: required, password: required },
    ]);
    const refresh = (body: object) => kopa('POST', '/auth/token/refresh/', { body, token: null });
    expect(statusAndBody(await refresh({}))).toEqual([400, { refresh: required }]);
    expect(statusAndBody(await refresh({ refresh: 'x' }))).toEqual([
      401,
      { detail: 'Token is invalid or expired', code: 'token_not_valid' },
    ]);
  });
});

describe('who may call', () => {
  const routes = [
    ['GET', '/customers/'],
    ['POST', '/customers/'],
    ['GET', '/customers/1/'],
    ['PUT', '/customers/1/'],
    ['PATCH', '/customers/1/'],
    ['DELETE', '/customers/1/'],
    ['GET', '/loans/'],
    ['POST', '/loans/'],
    ['GET', '/loans/status?customer_number=1'],
    ['GET', '/loans/1/'],
    ['PUT', '/loans/1/'],
    ['PATCH', '/loans/1/'],
    ['DELETE', '/loans/1/'],
  ] as const;

  test.each(routes)('%s %s: nobody without a token, and no borrower', async (method, path) => {
    expect(statusAndBody(await kopa(method, path, { token: null }))).toEqual([
      401,
      { detail: 'Authentication credentials were not provided.' },
    ]);
    const broken = await kopa(method, path, { token: `${access?.slice(0, -6)}AAAAAA` });
    expect([broken.status, broken.body.code]).toEqual([401, 'token_not_valid']);
    const borrower = await testIssuer().token('customer');
    expect(statusAndBody(await kopa(method, path, { token: borrower }))).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ]);
  });

  test('who may read only, reads only', async () => {
    const token = await testIssuer().token('auditor');
    expect((await kopa('GET', '/loans/', { token })).status).toBe(200);
    expect((await kopa('POST', '/loans/', { token, body: {} })).status).toBe(403);
  });
});

describe('the journey', () => {
  test('from the customer to the score, as documented', async () => {
    const before = { ...scoring.counts() };
    const registered = await kopa('POST', '/customers/', { body: johnDoe });
    expect(coreBanking.calls.customer).toBe(0);
    expect(statusAndBody(registered)).toEqual([201, { id: expect.any(Number), ...johnDoe }]);
    const requested = await kopa('POST', '/loans/', { body: `{"customer_number": "${AMINA}", "amount": 2000.00}` });
    expect(statusAndBody(requested)).toEqual([
      201,
      {
        id: expect.any(Number),
        customer_number: AMINA,
        amount: '2000.00',
        status: 'PENDING',
        score: null,
        limit_amount: null,
        exclusion: null,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
        updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(await decided(AMINA)).toMatchObject({
      id: requested.body.id,
      status: 'APPROVED',
      score: 564,
      limit_amount: '30000.00',
      exclusion: 'No Exclusion',
    });
    const { create_client, initiate, callback } = scoring.counts();
    expect([create_client, initiate - before.initiate, callback - before.callback]).toEqual([1, 1, 1]);
  });

  test.each([`/transactions/${AMINA}`, `/transactions/${AMINA}/`])(
    '%s tells every digit, by basic auth',
    async (path) => {
      const { status, body } = await kopa('GET', path, basic());
      expect([status, body.length, Object.keys(body[0] ?? {}).length]).toEqual([200, 1, 72]);
      const given = await fetch(`${system.url}/kopa${path}`, { headers: basic().headers ?? {} });
      expect(await given.text()).toContain('5186960787986540.0');
    },
  );

  test.each(['/transaction-data/', '/transaction-data'])('POST %s answers as the GET does', async (path) => {
    const { body: expected } = await kopa('GET', `/transactions/${AMINA}`, basic());
    for (const body of [
      { customerNumber: AMINA },
      `{"customerNumber": ${AMINA}}`,
      new URLSearchParams({ customerNumber: AMINA }),
    ]) {
      expect(statusAndBody(await kopa('POST', path, { ...basic(), body }))).toEqual([200, expected]);
    }
    expect(statusAndBody(await kopa('POST', path, { ...basic(), body: {} }))).toEqual([
      400,
      { customerNumber: required },
    ]);
  });

  test('transaction data is closed to everybody else, an officer among them', async () => {
    for (const asked of [{ token: null }, {}, basic({ ...engine, password: 'guessed' })]) {
      const answers = [
        await kopa('GET', `/transactions/${AMINA}`, asked),
        await kopa('POST', '/transaction-data/', { ...asked, body: { customerNumber: AMINA } }),
      ];
      for (const { status, headers, body } of answers) {
        expect([status, Object.keys(body)]).toEqual([401, ['detail']]);
        expect(headers.get('www-authenticate')).toMatch(/^Basic /);
      }
    }
    expect(statusAndBody(await kopa('GET', '/transactions/999999999', basic()))).toEqual([200, []]);
  });
});

describe('customers', () => {
  test('are taken as JSON, as forms, with numbers as numbers, and with fields that nobody knows', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...johnDoe, customer_number: '7003' })) form.append(name, value);
    const bodies = [
      '{"customer_number": 7001, "name": "Jane Q Doe", "unknown": {"x": 1}}',
      new URLSearchParams({ ...johnDoe, customer_number: '7002' }),
      form,
    ];
    for (const [index, body] of bodies.entries()) {
      const { status, body: customer } = await kopa('POST', index === 0 ? '/customers' : '/customers/', { body });
      expect([status, customer.customer_number]).toEqual([201, `700${index + 1}`]);
      const path = `/customers/${customer.id}`;
      expect([(await kopa('GET', path)).body, (await kopa('GET', `${path}/`)).body]).toEqual([customer, customer]);
    }
    expect((await kopa('GET', '/customers/?page=last')).body.results).toContainEqual(
      expect.objectContaining({ customer_number: '7001', name: 'Jane Q Doe', address: '', other_kyc_data: '' }),
    );
  });

  test.each([
    ['{}', { customer_number: required, name: required }],
    [
      '{"customer_number": "", "name": null}',
      { customer_number: ['This field may not be blank.'], name: ['This field may not be null.'] },
    ],
    [
      '{"customer_number": ["1"], "name": {"a": 1}}',
      { customer_number: ['Not a valid string.'], name: ['Not a valid string.'] },
    ],
    [
      `{"customer_number": "${AMINA}", "name": "Twice"}`,
      { customer_number: ['customer with this customer number already exists.'] },
    ],
    ['[1]', { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    ['{"customer_number": ', { detail: 'The body is not valid JSON.' }],
  ])('%s is refused', async (body, faults) => {
    expect(statusAndBody(await kopa('POST', '/customers/', { body }))).toEqual([400, faults]);
  });

  test('one number registers one customer, however many ask at once', async () => {
    const body = { ...johnDoe, customer_number: '7100' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => kopa('POST', '/customers/', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(400)]);
  });

  test('PUT replaces, PATCH changes a part, and the number stays', async () => {
    const path = `/customers/${await numberOf(ESTHER)}/`;
    const replaced = { customer_number: ESTHER, name: 'Esther Njeri Wanja', address: '', other_kyc_data: 'none' };
    expect(statusAndBody(await kopa('PUT', path, { body: replaced }))).toEqual([
      200,
      expect.objectContaining(replaced),
    ]);
    const patched = await kopa('PATCH', path.slice(0, -1), { body: { address: 'Moi Avenue 1' } });
    expect(statusAndBody(patched)).toEqual([200, expect.objectContaining({ ...replaced, address: 'Moi Avenue 1' })]);
    expect((await kopa('PUT', path, { body: { name: 'X' } })).body).toEqual({ customer_number: required });
    expect(statusAndBody(await kopa('PATCH', path, { body: { customer_number: '1' } }))).toEqual([
      400,
      { customer_number: ['This field cannot be changed.'] },
    ]);
  });

  test('one who is deleted is shown no more, and may come again', async () => {
    const body = { ...johnDoe, customer_number: '7200' };
    const { id } = (await kopa('POST', '/customers/', { body })).body;
    const gone = await kopa('DELETE', `/customers/${id}/`);
    expect(statusAndBody(gone)).toEqual([204, undefined]);
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      expect(statusAndBody(await kopa(method, `/customers/${id}/`, method === 'GET' ? {} : { body }))).toEqual([
        404,
        { detail: 'Not found.' },
      ]);
    }
    expect((await kopa('POST', '/loans/', { body: { customer_number: '7200', amount: 1 } })).status).toBe(404);
    const again = await kopa('POST', '/customers/', { body: { ...body, name: 'John Again' } });
    expect(statusAndBody(again)).toEqual([201, { ...body, id, name: 'John Again' }]);
  });

  test('one whom the lender has made inactive does not come back by registering again', async () => {
    const lender = connect(system.url, system.token);
    expect((await kopa('POST', '/customers/', { body: { ...johnDoe, customer_number: '7300' } })).status).toBe(201);
    const { data } = await lender.get<{ data: { id: string }[] }>('/v1/customers?external_id=7300');
    await lender.patch(`/v1/customers/${data[0]?.id}`, { status: 'inactive' });
    expect((await kopa('POST', '/customers/', { body: { ...johnDoe, customer_number: '7300' } })).status).toBe(400);
  });

  test.each([
    '/customers/999999',
    '/customers/0/',
    '/customers/abc/',
    '/customers/1.5/',
    '/loans/999999/',
    '/loans/abc',
  ])('%s is nobody and nothing', async (path) => {
    expect(statusAndBody(await kopa('GET', path))).toEqual([404, { detail: 'Not found.' }]);
  });

  test('lists have ten to a page, with whole addresses to go on to', async () => {
    for (let count = 0; count < 12; count += 1) {
      await kopa('POST', '/customers/', { body: { ...johnDoe, customer_number: `80${count}` } });
    }
    const first = (await kopa('GET', '/customers/')).body;
    expect([first.results.length, first['previous'], first.next]).toEqual([
      10,
      null,
      `${system.url}/kopa/customers/?page=2`,
    ]);
    const all = [first];
    for (let { next } = first; next !== null; next = all.at(-1)?.next ?? null) all.push((await kopa('GET', next)).body);
    expect(all[1]?.['previous']).toBe(`${system.url}/kopa/customers/`);
    const ids = all.flatMap(({ results }) => results.map(({ id }) => id));
    expect([new Set(ids).size, ids.length]).toEqual([first.count, first.count]);
    for (const page of ['0', '999', 'x', '-1']) {
      expect(statusAndBody(await kopa('GET', `/customers/?page=${page}`))).toEqual([404, { detail: 'Invalid page.' }]);
    }
  });
});

describe('loans', () => {
  test('above the limit, or of somebody who is excluded, are rejected', async () => {
    expect((await apply(BRIAN, '30000.01')).status).toBe(201);
    expect(await decided(BRIAN)).toMatchObject({ status: 'REJECTED', limit_amount: '30000.00', score: 564 });
    scoring.simulate({ excluded: true });
    await apply(BRIAN, '100');
    expect(await decided(BRIAN)).toMatchObject({ status: 'REJECTED', exclusion: 'Excluded' });
    scoring.simulate({});
    await kopa('POST', '/loans', { body: new URLSearchParams({ customer_number: BRIAN, amount: '30000' }) });
    expect(await decided(BRIAN)).toMatchObject({ status: 'APPROVED', amount: '30000.00' });
  });

  test.each([
    [{}, { customer_number: required, amount: required }],
    [{ customer_number: DAVID, amount: 'much' }, { amount: ['A valid number is required.'] }],
    [{ customer_number: DAVID, amount: 0 }, { amount: ['Ensure this value is greater than or equal to 0.01.'] }],
    [{ customer_number: DAVID, amount: -50_000 }, { amount: ['Ensure this value is greater than or equal to 0.01.'] }],
    [{ customer_number: DAVID, amount: 1.005 }, { amount: ['Ensure that there are no more than 2 decimal places.'] }],
    [
      { customer_number: DAVID, amount: 1e14 },
      { amount: ['Ensure that there are no more than 12 digits before the decimal point.'] },
    ],
  ])('%j is refused', async (body, faults) => {
    expect(statusAndBody(await kopa('POST', '/loans/', { body }))).toEqual([400, faults]);
  });

  test('nobody here, and nobody at core banking, is 404', async () => {
    expect(statusAndBody(await apply('nobody-here'))).toEqual([404, { detail: 'Not found.' }]);
    await kopa('POST', '/customers/', { body: { ...johnDoe, customer_number: '999999999' } });
    expect(statusAndBody(await apply('999999999'))).toEqual([
      404,
      { detail: 'Core banking knows no customer of this number.' },
    ]);
    for (const path of ['/loans/status?customer_number=999999999', '/loans/status/?customer_number=nobody']) {
      expect(statusAndBody(await kopa('GET', path))).toEqual([404, { detail: 'Not found.' }]);
    }
    expect(statusAndBody(await kopa('GET', '/loans/status/'))).toEqual([400, { customer_number: required }]);
  });

  test('core banking down: 503 with the time to wait, nothing is written, and the same request works later', async () => {
    const count = await loanCount();
    coreBanking.simulate({ customer: 'down' });
    const key = { headers: { 'idempotency-key': 'kopa-retry' }, body: { customer_number: DAVID, amount: 500 } };
    const refused = await kopa('POST', '/loans/', key);
    expect([refused.status, Object.keys(refused.body), refused.headers.get('retry-after')]).toEqual([
      503,
      ['detail'],
      '5',
    ]);
    expect(await loanCount()).toBe(count);
    coreBanking.simulate({});
    const taken = await eventually(async () => {
      const answer = await kopa('POST', '/loans/', key);
      if (answer.status === 503) throw new Error('Core banking is still left alone');
      return answer;
    });
    expect(taken.status).toBe(201);
    expect((await decided(DAVID)).id).toBe(taken.body.id);
    expect((await kopa('POST', '/loans/', key)).body.id).toBe(taken.body.id);
  });

  test('scoring down, and then billing too: the loan is created, waits, and is decided once both are back', async () => {
    scoring.simulate({ create_client: 'down', initiate: 'down', query: 'down' });
    const { status, body } = await apply(CHEBET);
    expect([status, body.status]).toEqual([201, 'PENDING']);
    expect(statusAndBody(await apply(CHEBET))).toEqual([
      400,
      { detail: 'The customer has a pending loan application.' },
    ]);
    await system.services.billing.kill();
    scoring.simulate({});
    await system.services.billing.start();
    expect(await decided(CHEBET)).toMatchObject({ id: body.id, status: 'APPROVED' });
  }, 60_000);

  test('no score after all retries: FAILED, and the customer may apply again', async () => {
    scoring.simulate({ query: 'down' });
    const before = scoring.counts().query;
    const { id } = (await apply(ESTHER)).body;
    expect(await decided(ESTHER)).toMatchObject({ id, status: 'FAILED', score: null });
    expect(scoring.counts().query - before).toBe(6);
    scoring.simulate({});
    expect((await apply(ESTHER)).status).toBe(201);
    expect(await decided(ESTHER)).toMatchObject({ status: 'APPROVED' });
  });

  test('of twenty applications at once one is taken', async () => {
    scoring.simulate({ initiate: 'down' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => apply(DAVID, '10')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(400)]);
    scoring.simulate({});
    expect((await decided(DAVID)).status).toBe('APPROVED');
  });

  test('PUT and PATCH change a pending loan, which keeps its number, and no other', async () => {
    scoring.simulate({ initiate: 'down' });
    const { id } = (await apply(BRIAN, 100)).body;
    const count = await loanCount();
    const put = await kopa('PUT', `/loans/${id}/`, { body: { customer_number: BRIAN, amount: '40000' } });
    expect(statusAndBody(put)).toEqual([200, expect.objectContaining({ id, amount: '40000.00', status: 'PENDING' })]);
    const patch = await kopa('PATCH', `/loans/${id}`, { body: '{"amount": 250.50, "status": "APPROVED"}' });
    expect(statusAndBody(patch)).toEqual([200, expect.objectContaining({ id, amount: '250.50', status: 'PENDING' })]);
    const again = await kopa('PATCH', `/loans/${id}`, { body: { amount: '250.5' } });
    expect(again.body).toEqual(patch.body);
    expect(await loanCount()).toBe(count);
    expect((await kopa('PUT', `/loans/${id}/`, { body: { amount: 1 } })).body).toEqual({ customer_number: required });
    expect((await kopa('PATCH', `/loans/${id}/`, { body: { customer_number: DAVID } })).status).toBe(400);
    expect((await kopa('PATCH', `/loans/${id}/`, { body: { amount: -5 } })).status).toBe(400);
    scoring.simulate({});
    expect(await decided(BRIAN)).toMatchObject({ id, amount: '250.50', status: 'APPROVED' });
    for (const [method, body] of [
      ['PUT', { customer_number: BRIAN, amount: 1 }],
      ['PATCH', { amount: 1 }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const) {
      const { status, body: told } = await kopa(method, `/loans/${id}/`, body && { body });
      expect([status, told]).toEqual([409, { detail: 'Only a pending loan can be changed.' }]);
    }
  });

  test('DELETE cancels a pending loan; a customer with an open one stays', async () => {
    scoring.simulate({ initiate: 'down' });
    const { id } = (await apply(CHEBET, 100)).body;
    const customer = await numberOf(CHEBET);
    expect(statusAndBody(await kopa('DELETE', `/customers/${customer}/`))).toEqual([
      409,
      { detail: 'The customer has an open loan.' },
    ]);
    expect(statusAndBody(await kopa('DELETE', `/loans/${id}/`))).toEqual([204, undefined]);
    expect((await kopa('GET', `/loans/${id}/`)).body).toMatchObject({ id, status: 'REJECTED' });
    for (let count = 0; count < 10; count += 1) {
      const { body } = await apply(CHEBET, 100);
      expect((await kopa('DELETE', `/loans/${body.id}`)).status).toBe(204);
    }
  });

  test('are listed ten to a page, each as it is read alone', async () => {
    const first = (await kopa('GET', '/loans/')).body;
    expect([first.results.length, first.next]).toEqual([10, `${system.url}/kopa/loans/?page=2`]);
    const [loan] = first.results;
    expect((await kopa('GET', `/loans/${loan?.id}/`)).body).toEqual(loan);
    const last = (await kopa('GET', '/loans?page=last')).body;
    expect([last.next, last.results.length]).toEqual([null, first.count % 10 || 10]);
  });

  test('a path that does not take the method says so', async () => {
    const { status, headers, body } = await kopa('PUT', '/loans/', { body: {} });
    expect([status, headers.get('allow'), Object.keys(body)]).toEqual([
      405,
      expect.stringContaining('POST'),
      ['detail'],
    ]);
  });
});
