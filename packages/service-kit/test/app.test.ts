import { Type } from 'typebox';
import { type App, ProblemError, refuse } from '../src/index.ts';
import { testApp } from './app-fixture.ts';

const Amount = Type.Object({ amount: Type.String({ pattern: '^\\d+$' }), currency: Type.String() });
const Loan = Type.Object({
  principal: Amount,
  disbursed_on: Type.Optional(Type.String({ format: 'date' })),
  count: Type.Optional(Type.Integer()),
  note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  shape: Type.Optional(
    Type.Union([
      Type.Object({ kind: Type.Literal('circle'), radius: Type.Integer() }),
      Type.Object({ kind: Type.Literal('square'), side: Type.Integer() }),
    ]),
  ),
  method: Type.Optional(Type.Union([Type.Literal('cash'), Type.Literal('transfer')])),
});
const faults: Record<string, unknown> = {
  bug: new Error('secret of the house'),
  database: Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' }),
  thrown: new ProblemError({ refused: 'projection_behind', detail: 'Slow down.', meta: { retry_after_seconds: 7 } }),
  text: 'a thrown text',
};

function routes(app: App): void {
  app.post(
    '/v1/loans',
    { config: { permission: 'loans:write' }, schema: { body: Loan, response: { 201: Loan } } },
    async (request, reply) => reply.code(201).send(request.body),
  );
  app.get(
    '/v1/loans/:id',
    {
      config: { permission: 'reports:read' },
      schema: {
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({ limit: Type.Integer({ maximum: 200, default: 50 }) }),
        response: { 200: Type.Object({ id: Type.String(), limit: Type.Integer() }) },
      },
    },
    async ({ params, query }) => ({ id: params.id, limit: query.limit, secret: 'not in the schema' }),
  );
  app.post(
    '/v1/loans/:id/approve',
    {
      config: { permission: 'loans:write', refusals: ['limit_exceeded'] },
      schema: { params: Type.Object({ id: Type.String() }), response: { 200: Type.Object({ id: Type.String() }) } },
    },
    async ({ params }, reply) => {
      if (params.id === 'ok') return { id: params.id };
      reply.code(200);
      return refuse('limit_exceeded', 'Too much.', { available: '5.00' });
    },
  );
  app.post(
    '/v1/loans/:id/cancel',
    {
      config: { permission: 'loans:write', optionalBody: true },
      schema: {
        body: Type.Object({ reason: Type.Optional(Type.String()) }),
        response: { 200: Type.Object({ reason: Type.String() }) },
      },
    },
    async ({ body }) => ({ reason: body.reason ?? 'none' }),
  );
  app.post(
    '/v1/payments',
    {
      config: { permission: 'payments:write', idempotency: 'required' },
      schema: { response: { 200: Type.Object({}) } },
    },
    async () => ({}),
  );
  app.get(
    '/v1/faults/:kind',
    {
      config: { permission: 'public' },
      schema: { params: Type.Object({ kind: Type.String() }), response: { 200: Type.Object({}) } },
    },
    async ({ params }) => {
      throw faults[params.kind];
    },
  );
}

const principal = { amount: '100', currency: 'IDR' };

describe('an app', () => {
  let app: App;
  let lines: Record<string, unknown>[];
  beforeAll(async () => {
    ({ app, lines } = await testApp({}, routes));
  });
  afterAll(() => app.close());

  const post = (payload: unknown) =>
    app.inject({ method: 'POST', url: '/v1/loans', payload: payload as Record<string, unknown> });

  test('answers a body that fits as it was sent', async () => {
    const payload = { principal, disbursed_on: '2024-02-29', note: null, method: 'cash' };
    const answer = await post(payload);
    expect({ status: answer.statusCode, body: answer.json() }).toEqual({ status: 201, body: payload });
  });

  test.each([
    { because: 'a required field is missing', body: {}, errors: [['/principal', 'required']] },
    {
      because: 'fields are unknown, at any depth',
      body: { principal: { ...principal, 'a/b': 1 }, extra: 1 },
      errors: [
        ['/extra', 'unknown_field'],
        ['/principal/a~1b', 'unknown_field'],
      ],
    },
    { because: 'nothing is coerced', body: { principal, count: '1' }, errors: [['/count', 'type']] },
    {
      because: 'a number is no text',
      body: { principal: { ...principal, amount: 100 } },
      errors: [['/principal/amount', 'type']],
    },
    {
      because: 'the day does not exist',
      body: { principal, disbursed_on: '2026-02-30' },
      errors: [['/disbursed_on', 'format']],
    },
    { because: 'text or null takes no number', body: { principal, note: 1 }, errors: [['/note', 'type']] },
    { because: 'a choice has no such member', body: { principal, method: 'gold' }, errors: [['/method', 'enum']] },
    {
      because: 'the field is wrong of the object that was meant',
      body: { principal, shape: { kind: 'square', side: 1.5 } },
      errors: [['/shape/side', 'type']],
    },
    {
      because: 'it says to be none of the objects',
      body: { principal, shape: { kind: 'line' } },
      errors: [['/shape/kind', 'enum']],
    },
    { because: 'the body is null', body: 'null', errors: [['', 'type']] },
    { because: 'the body is a list', body: [], errors: [['', 'type']] },
    { because: 'a number is beyond any range', body: '{"principal":1e999}', errors: [['/principal', 'number']] },
    { because: 'text holds a NUL', body: { principal, note: 'a\u0000b' }, errors: [['/note', 'text']] },
    { because: 'text holds half a surrogate pair', body: { principal, note: '\ud800' }, errors: [['/note', 'text']] },
  ])('refuses a body when $because', async ({ body, errors }) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/loans',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    const problem = answer.json();
    expect(answer.statusCode).toBe(400);
    expect(problem.code).toBe('validation_failed');
    const found = problem.errors.map((error: { pointer: string; code: string }) => [error.pointer, error.code]);
    expect(found.sort()).toEqual(errors);
  });

  test('tells every fault of a body at once', async () => {
    const problem = (await post({ principal: { amount: 'x' }, count: 'y' })).json();
    expect(problem.errors).toHaveLength(3);
  });

  test('refuses a body nested without end, and goes on', async () => {
    const payload = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/v1/loans', headers, payload });
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ code: 'depth' }] });
  });

  test.each([
    { because: 'it is cut off', payload: '{"a":', type: 'application/json', code: 'malformed_json', status: 400 },
    { because: 'it is empty', payload: '', type: 'application/json', code: 'malformed_json', status: 400 },
    {
      because: 'it would set a prototype',
      payload: '{"__proto__":{}}',
      type: 'application/json',
      code: 'malformed_json',
      status: 400,
    },
    {
      because: 'it is not UTF-8',
      payload: Buffer.from([0x22, 0xff, 0x22]),
      type: 'application/json',
      code: 'malformed_json',
      status: 400,
    },
    { because: 'it is no JSON', payload: '<a/>', type: 'application/xml', code: 'unsupported_media_type', status: 415 },
    { because: 'it is plain text', payload: '{}', type: 'text/plain', code: 'unsupported_media_type', status: 415 },
    {
      because: 'it is too large',
      payload: `"${'x'.repeat(300_000)}"`,
      type: 'application/json',
      code: 'body_too_large',
      status: 413,
    },
  ])('answers $code to a body when $because', async ({ payload, type, code, status }) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/loans', headers: { 'content-type': type }, payload });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test('makes numbers of the query by its schema, with defaults', async () => {
    expect((await app.inject('/v1/loans/1?limit=7')).json()).toEqual({ id: '1', limit: 7 });
    expect((await app.inject('/v1/loans/1')).json()).toEqual({ id: '1', limit: 50 });
    const refused = (await app.inject('/v1/loans/1?limit=many')).json();
    expect(refused.errors).toMatchObject([{ pointer: '/query/limit', code: 'type' }]);
    const nul = (await app.inject('/v1/loans/a%00b')).json();
    expect(nul.errors).toMatchObject([{ pointer: '/path/id', code: 'text' }]);
  });

  test('leaves out what the response schema does not name', async () => {
    expect((await app.inject('/v1/loans/1')).body).not.toContain('secret');
  });

  test('turns a returned refusal into its problem, whatever status was set', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/loans/7/approve?x=1' });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toEqual({
      type: 'urn:tenor:problem:limit_exceeded',
      title: 'The credit limit does not allow it',
      status: 422,
      detail: 'Too much.',
      instance: '/v1/loans/7/approve',
      code: 'limit_exceeded',
      request_id: answer.headers['x-request-id'],
      meta: { available: '5.00' },
    });
    expect(answer.statusCode).toBe(422);
  });

  test('takes an empty body where none is asked for, even under a JSON content type', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/v1/loans/ok/approve', headers });
    expect(answer.json()).toEqual({ id: 'ok' });
  });

  test.each([{ headers: {} }, { headers: { 'content-type': 'application/json' } }])(
    'takes a missing body as an empty one where the route says so: %j',
    async ({ headers }) => {
      const answer = await app.inject({ method: 'POST', url: '/v1/loans/1/cancel', headers });
      expect(answer.json()).toEqual({ reason: 'none' });
    },
  );

  test('asks for an Idempotency-Key where money moves', async () => {
    const without = await app.inject({ method: 'POST', url: '/v1/payments' });
    expect({ status: without.statusCode, code: without.json().code }).toEqual({
      status: 400,
      code: 'idempotency_key_required',
    });
    const withKey = await app.inject({ method: 'POST', url: '/v1/payments', headers: { 'idempotency-key': 'k' } });
    expect(withKey.statusCode).toBe(200);
  });

  test('refuses a key that is no plain text on whatever changes something, used there or not', async () => {
    const headers = { 'idempotency-key': 'two words' };
    const answer = await app.inject({ method: 'POST', url: '/v1/loans/ok/approve', headers });
    expect([answer.statusCode, answer.json().errors[0].pointer]).toEqual([400, '/headers/idempotency-key']);
  });

  test.each([
    { kind: 'bug', status: 500, code: 'internal_error', retryAfter: undefined },
    { kind: 'text', status: 500, code: 'internal_error', retryAfter: undefined },
    { kind: 'database', status: 503, code: 'database_unavailable', retryAfter: '1' },
    { kind: 'thrown', status: 503, code: 'projection_behind', retryAfter: '7' },
  ])('answers $code to a handler that throws: $kind', async ({ kind, status, code, retryAfter }) => {
    const answer = await app.inject(`/v1/faults/${kind}`);
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code });
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.body).not.toMatch(/secret of the house|connect failed|a thrown text/);
  });

  test('logs a bug with the request id and its stack', async () => {
    const answer = await app.inject({ url: '/v1/faults/bug', headers: { 'x-request-id': 'req-bug' } });
    expect(answer.json().request_id).toBe('req-bug');
    const line = lines.find((entry) => entry['request_id'] === 'req-bug' && entry['level'] === 'error');
    expect(line).toMatchObject({ service: 'test', err: { message: 'secret of the house' } });
  });

  test.each(['1e400', '-1e999'])('refuses %s, which is no number once it is read', async (limit) => {
    const answer = await app.inject(`/v1/loans/1?limit=${limit}`);
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ pointer: '/query/limit', code: 'number', message: 'is too large a number' }],
    ]);
  });

  test('answers not_found for a path that nothing has', async () => {
    const answer = await app.inject('/v1/nothing?email=ana@example.com');
    expect({ status: answer.statusCode, ...answer.json() }).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: '/v1/nothing',
    });
  });

  test('answers method_not_allowed with the methods that the path takes', async () => {
    const answer = await app.inject({ method: 'DELETE', url: '/v1/loans/1' });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({
      status: 405,
      code: 'method_not_allowed',
    });
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });

  test.each([
    { method: 'QUERY', url: '/v1/loans/1', headers: {}, status: 405, code: 'method_not_allowed' },
    {
      method: 'PUT',
      url: '/v1/loans',
      headers: { 'content-type': 'text/xml' },
      status: 405,
      code: 'method_not_allowed',
    },
    { method: 'PUT', url: '/v1/none', headers: { 'content-type': 'nonsense' }, status: 404, code: 'not_found' },
  ])('says that no route takes $method $url before it looks at the body', async ({ status, code, ...request }) => {
    const answer = await app.inject({ ...request, method: request.method as 'PUT', payload: '<a/>' });
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code });
  });

  test('answers a URL that cannot be decoded, and one with an endless parameter, as problems', async () => {
    expect((await app.inject('/v1/loans/%E0%A4%A')).json()).toMatchObject({ status: 400, code: 'malformed_request' });
    const long = await app.inject(`/v1/loans/${'x'.repeat(300)}`);
    expect(long.json()).toMatchObject({ status: 414, code: 'uri_too_long', request_id: long.headers['x-request-id'] });
  });
});
