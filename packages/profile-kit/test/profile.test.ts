import { createApp, createLogger, isRefusal, refuse } from '@tenor/service-kit';
import { Type } from 'typebox';
import {
  alias,
  decimal,
  djangoErrors,
  externalId,
  flag,
  instant,
  integer,
  listOf,
  oneOf,
  optional,
  profileContext,
  profilePage,
  readFields,
  record,
  registerProfile,
  sentFile,
  taken,
  text,
  wholeNumber,
} from '../src/index.ts';

const anything = Type.Object({}, { additionalProperties: true });
const fields = {
  name: text({ max: 10 }),
  amount: decimal({ digits: 12, places: 2, min: '0.01' }),
  tenure: optional(integer({ min: 1 }), 12),
  details: optional(listOf(record({ loan: text({ max: 5 }), amount: decimal({ digits: 20, places: 10 }) }), 3), []),
};

async function start(isOpen: boolean, AUTH_REQUIRED: boolean) {
  const app = await createApp({
    name: 'test',
    config: {
      AUTH_REQUIRED,
      AUTH_ISSUER: 'tenor-test',
      AUTH_AUDIENCE: 'tenor',
      ...(AUTH_REQUIRED ? { AUTH_JWKS_FILE: jwks } : {}),
    },
    logger: createLogger({ service: 'test', level: 'silent' }),
    openapi: { title: 'Test', version: '1' },
  });
  await registerProfile(
    app,
    { name: 'toy', errors: djangoErrors({ limit_exceeded: 400 }), isOpen },
    ({ route, upload }) => {
      upload({
        method: 'POST',
        paths: ['/files'],
        permission: 'loans:write',
        summary: 'Send a file',
        body: Type.Unknown(),
        responses: { 200: anything },
        async handler(request) {
          const file = await sentFile(request);
          if (file === undefined) return { list: request.body };
          const chunks: Buffer[] = [];
          for await (const chunk of file.chunks) chunks.push(chunk);
          return { name: file.name, text: Buffer.concat(chunks).toString('utf8') };
        },
      });
      route({
        method: 'GET',
        paths: ['/list'],
        permission: 'reports:read',
        summary: 'A list of three',
        responses: { 200: anything },
        handler: (request) =>
          profilePage(
            request,
            async ({ limit, cursor }) => {
              const from = cursor === undefined ? 0 : Number.parseInt(Buffer.from(cursor, 'base64url').toString(), 10);
              const data = [1, 2, 3].slice(from, from + limit);
              const end = from + limit;
              return { data, next_cursor: end < 3 ? Buffer.from(String(end)).toString('base64url') : null };
            },
            async (rows) => rows.map(String),
          ),
      });
      route({
        method: 'POST',
        paths: ['/loans', '/v2/loans'],
        permission: 'loans:write',
        summary: 'Open a loan',
        body: Type.Object({ name: Type.String(), amount: Type.Number() }),
        responses: { 201: anything },
        handler: async (request, reply) => {
          const given = readFields(request.body, fields);
          if (isRefusal(given)) return given;
          if (given.name === 'unable') return refuse('customer_inactive', 'Not now.');
          if (given.name === 'over') return refuse('limit_exceeded', 'Too much.');
          const { idempotency } = profileContext(request, 'toy', [given.name]);
          return reply.code(201).send({ ...given, caller: request.caller.id, scope: idempotency?.scope });
        },
      });
      route({
        method: 'GET',
        paths: ['/loans/:id'],
        permission: 'reports:read',
        summary: 'Read a loan',
        params: Type.Object({ id: Type.String() }),
        responses: { 200: anything },
        handler: async ({ params }) => ({ id: (params as { id: string }).id }),
      });
    },
  );
  await app.ready();
  return app;
}

let jwks: string;
let app: Awaited<ReturnType<typeof start>>;
const post = (payload: string | object, type = 'application/json', url = '/toy/loans') =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

beforeAll(async () => {
  const { testIssuer } = await import('@tenor/testing');
  jwks = testIssuer().jwksFile;
  app = await start(true, true);
});
afterAll(() => app.close());

describe('paths and callers', () => {
  test.each(['/toy/loans/7', '/toy/loans/7/'])('%s answers', async (url) => {
    expect((await app.inject({ url })).json()).toEqual({ id: '7' });
  });

  test('the documentation names each route once', async () => {
    const { paths } = (await app.inject({ url: '/openapi.json' })).json();
    const own = Object.keys(paths).filter((path) => path.startsWith('/toy'));
    expect(own.sort()).toEqual(['/toy/files', '/toy/list', '/toy/loans', '/toy/loans/{id}']);
  });

  test('a request without a token acts as the service account, and one with a bad token does not', async () => {
    const answer = await post({ name: 'a', amount: 1 });
    expect(answer.json()).toMatchObject({ caller: 'profile:toy' });
    const refused = await app.inject({ url: '/toy/loans/7', headers: { authorization: 'Bearer x' } });
    expect([refused.statusCode, refused.json()]).toEqual([401, { detail: expect.stringContaining('malformed') }]);
  });

  test('a profile that is not open asks for a token', async () => {
    const closed = await start(false, true);
    const answer = await closed.inject({ url: '/toy/loans/7' });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({ detail: 'Authentication credentials were not provided.' });
    await closed.close();
  });
});

describe('bodies', () => {
  test('numbers are taken as they were written', async () => {
    const answer = await post('{"name": 5, "amount": 9007199254740.55, "tenure": "12", "unknown": {"x": 1}}');
    expect(answer.json()).toEqual({ amount: [expect.stringContaining('10 digits')] });
    const small = await post('{"name": 5, "amount": 1e2, "tenure": 6.0}');
    expect(small.json()).toMatchObject({ name: '5', amount: '100', tenure: 6 });
  });

  test.each([
    ['application/x-www-form-urlencoded', 'name=ann&amount=10.50'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nann\r\n--x\r\nContent-Disposition: form-data; name="amount"\r\n\r\n10.50\r\n--x--\r\n',
    ],
  ])('%s is read as JSON is', async (type, body) => {
    const answer = await post(body, type);
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      expect.objectContaining({ name: 'ann', amount: '10.50' }),
    ]);
  });

  test.each([
    ['', { name: ['This field is required.'], amount: ['This field is required.'] }],
    ['[]', { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    [
      '{"name": null, "amount": "abc"}',
      { name: ['This field may not be null.'], amount: ['A valid number is required.'] },
    ],
    [
      '{"name": " ", "amount": -500}',
      { name: ['This field may not be blank.'], amount: ['Ensure this value is greater than or equal to 0.01.'] },
    ],
    [
      '{"name": "elevenchars", "amount": 1.005}',
      {
        name: ['Ensure this field has no more than 10 characters.'],
        amount: ['Ensure that there are no more than 2 decimal places.'],
      },
    ],
    [
      '{"name": "a", "amount": 1e10, "tenure": 1.5}',
      {
        amount: ['Ensure that there are no more than 10 digits before the decimal point.'],
        tenure: ['A valid integer is required.'],
      },
    ],
    [
      '{"name": "a", "amount": 1, "details": [{"loan": "l", "amount": 1}, {"amount": true}]}',
      { details: [{}, { loan: ['This field is required.'], amount: ['A valid number is required.'] }] },
    ],
  ])('%s is refused field by field', async (body, faults) => {
    const answer = await post(body);
    expect([answer.statusCode, answer.json()]).toEqual([400, faults]);
  });

  test('what is no JSON, and no form', async () => {
    expect([(await post('{')).statusCode, (await post('x', 'text/plain')).statusCode]).toEqual([400, 415]);
  });
});

describe('values', () => {
  const given = {
    id: externalId({ max: 9 }),
    status: optional(oneOf({ 1: 'active', 2: 'inactive' }), 'active'),
    at: optional(instant, null),
    all: optional(flag, false),
  };
  test.each([
    [{ id: 'a' }, { id: 'a', status: 'active', at: null, all: false }],
    [
      { id: '7', status: '2', at: '2026-01-31', all: 'Yes' },
      { id: '7', status: 'inactive', at: '2026-01-31T00:00:00.000Z', all: true },
    ],
    [
      { id: 'a', at: '2026-01-31 12:30+02:00' },
      { id: 'a', status: 'active', at: '2026-01-31T10:30:00.000Z', all: false },
    ],
  ])('%j is read as it is meant', (body, expected) => expect(readFields(body, given)).toEqual(expected));

  test.each([
    [{ id: 'a\u202eb' }, '/id'],
    [{ id: 'a', status: '3' }, '/status'],
    [{ id: 'a', status: 'active' }, '/status'],
    [{ id: 'a', at: '2026-02-31' }, '/at'],
    [{ id: 'a', at: 'now' }, '/at'],
    [{ id: 'a', all: 'perhaps' }, '/all'],
  ])('%j is refused at %s', (body, pointer) =>
    expect(readFields(body, given)).toMatchObject({ refused: 'validation_failed', meta: { errors: [{ pointer }] } }),
  );

  test.each([
    ['7', 7],
    ['007', 7],
    ['0', undefined],
    ['7.0', undefined],
    ['-7', undefined],
    ['1'.repeat(16), undefined],
  ])('the path %s says the whole number %s', (said, number) => expect(wholeNumber(said)).toBe(number));

  test('a field may go by another name, unless its own is there', () => {
    expect(alias({ loan_id: 1 }, 'loan', ['loan_id'])).toEqual({ loan_id: 1, loan: 1 });
    expect(alias({ loan: 2, loan_id: 1 }, 'loan', ['loan_id'])).toEqual({ loan: 2, loan_id: 1 });
    expect(alias('loan', 'loan', ['loan_id'])).toBe('loan');
  });

  test('an external id that is taken is a fault of its field, another refusal stays', () => {
    const field = {
      meta: { errors: [{ pointer: '/external_id', message: 'loan with this external id already exists.' }] },
    };
    expect(taken(refuse('already_exists', 'It is.'), 'loan')).toMatchObject(field);
    expect(taken(refuse('idempotency_mismatch', 'It is.'), 'loan')).toMatchObject(field);
    expect(taken(refuse('not_found', 'It is not.'), 'loan')).toEqual(refuse('not_found', 'It is not.'));
  });
});

describe('uploads and pages', () => {
  const file = 'a,b\n1,2\n';
  const form = (name: string) =>
    `--x\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${file}\r\n--x--\r\n`;
  test.each([
    ['text/csv', file, { name: '', text: file }],
    ['multipart/form-data; boundary=x', form('f.csv'), { name: 'f.csv', text: file }],
    ['application/json', '[1.10]', { list: ['1.10'] }],
  ])('%s comes as it was sent', async (type, body, expected) => {
    const answer = await post(body, type, '/toy/files/');
    expect([answer.statusCode, answer.json()]).toEqual([200, expected]);
  });

  test('a form without a file, or cut off, is refused', async () => {
    const type = 'multipart/form-data; boundary=x';
    const none = await post('--x--\r\n', type, '/toy/files');
    expect([none.statusCode, none.json()]).toEqual([400, { file: ['No file was submitted.'] }]);
    const cut = await post(form('f.csv').slice(0, -12), type, '/toy/files');
    expect([cut.statusCode, cut.json()]).toEqual([400, { detail: 'The form cannot be read to its end.' }]);
  });

  test('a page says where the list goes on', async () => {
    const first = await app.inject({ url: '/toy/list?page_size=2&text=a' });
    expect(first.json()).toEqual({
      next: '/toy/list?page_size=2&text=a&cursor=Mg',
      previous: null,
      results: ['1', '2'],
    });
    const last = await app.inject({ url: first.json().next });
    expect(last.json()).toEqual({ next: null, previous: null, results: ['3'] });
    expect((await app.inject({ url: '/toy/list?page_size=201' })).statusCode).toBe(400);
  });
});

test('refusals and unknown paths have the words of the original', async () => {
  const refused = await post({ name: 'over', amount: 1 });
  expect([refused.statusCode, refused.headers['content-type'], refused.json()]).toEqual([
    400,
    'application/json',
    { detail: 'Too much.' },
  ]);
  const unable = await post({ name: 'unable', amount: 1 });
  expect([unable.statusCode, unable.json()]).toEqual([400, { detail: 'Not now.' }]);
  const unknown = await app.inject({ url: '/toy/nothing' });
  expect([unknown.statusCode, unknown.json()]).toEqual([404, { detail: 'Not found.' }]);
  expect((await app.inject({ url: '/toys' })).json()).toMatchObject({ code: 'not_found' });
});

test('a natural key is the same on each spelling of the path, and gives way to one that was sent', async () => {
  const [first, second] = [
    await post({ name: 'k', amount: 1 }),
    await post({ name: 'k', amount: 1 }, 'application/json', '/toy/v2/loans/'),
  ];
  expect(first.json().scope).toBe(second.json().scope);
  const named = await app.inject({
    method: 'POST',
    url: '/toy/loans',
    payload: { name: 'k', amount: 1 },
    headers: { 'idempotency-key': 'mine' },
  });
  expect(named.json().scope).toContain('mine');
});
