import { createApp, createLogger, isRefusal, refuse } from '@tenor/service-kit';
import { Type } from 'typebox';
import {
  decimal,
  djangoErrors,
  integer,
  listOf,
  optional,
  profileContext,
  readFields,
  record,
  registerProfile,
  text,
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
  await registerProfile(app, { name: 'toy', errors: djangoErrors({ limit_exceeded: 400 }), isOpen }, ({ route }) => {
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
  });
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
    expect(Object.keys(paths).filter((path) => path.startsWith('/toy'))).toEqual(['/toy/loans', '/toy/loans/{id}']);
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

test('refusals and unknown paths have the words of the original', async () => {
  const refused = await post({ name: 'over', amount: 1 });
  expect([refused.statusCode, refused.headers['content-type'], refused.json()]).toEqual([
    400,
    'application/json',
    { detail: 'Too much.' },
  ]);
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
