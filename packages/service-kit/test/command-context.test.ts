import { Type } from 'typebox';
import { type App, type CommandContext, canonicalJson, commandContext } from '../src/index.ts';
import { testApp } from './app-fixture.ts';

describe('the context of a command', () => {
  const seen: CommandContext[] = [];
  let app: App;
  beforeAll(async () => {
    ({ app } = await testApp({}, (unready) =>
      unready.post(
        '/v1/loans/:id',
        { config: { permission: 'loans:write' }, schema: { response: { 200: Type.Object({}) } } },
        async (request) => {
          seen.push(commandContext(request));
          return {};
        },
      ),
    ));
  });
  afterAll(() => app.close());

  async function contextOf(key: string | undefined, payload: object | undefined, url = '/v1/loans/1') {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    await app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) });
    return seen.at(-1)?.idempotency;
  }

  test('names caller, request and trace, and has no key where none was sent', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/loans/1', headers: { 'x-request-id': 'r-9' } });
    expect(answer.statusCode).toBe(200);
    expect(seen.at(-1)).toEqual({
      caller: { id: 'anonymous', roles: ['admin', 'service'] },
      requestId: 'r-9',
      address: '127.0.0.1',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    });
  });

  test('tells the same request again by key and body, however the body is written', async () => {
    const first = await contextOf('k', { a: 1, b: { c: [1, 2], d: 'é' } });
    expect(await contextOf('k', { b: { d: 'é', c: [1, 2] }, a: 1 }, '/v1/loans/1?trace=1')).toEqual(first);
  });

  test.each([
    { what: 'another key', key: 'l', url: '/v1/loans/1' },
    { what: 'another path', key: 'k', url: '/v1/loans/2' },
  ])('has another scope under $what', async ({ key, url }) => {
    const first = await contextOf('k', { a: 1 });
    expect((await contextOf(key, { a: 1 }, url))?.scope).not.toBe(first?.scope);
  });

  test('has another hash for another body, in the same scope', async () => {
    const first = await contextOf('k', { a: 1 });
    const other = await contextOf('k', { a: 2 });
    expect(other?.scope).toBe(first?.scope);
    expect(other?.requestHash).not.toBe(first?.requestHash);
    expect((await contextOf('k', undefined))?.requestHash).not.toBe(first?.requestHash);
  });

  test.each(['x'.repeat(256), 'a b', 'ключ'])('a key that is no plain text is refused: %p', async (key) => {
    const bytes = Buffer.from(key, 'utf8').toString('latin1');
    const answer = await app.inject({ method: 'POST', url: '/v1/loans/1', headers: { 'idempotency-key': bytes } });
    expect(answer.json()).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/headers/idempotency-key' }],
    });
  });
});

test('canonical JSON sorts keys at every depth and refuses what JSON cannot carry', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 'x' }], a: null })).toBe('{"a":null,"b":[{"c":"x","d":1}]}');
  expect(() => canonicalJson(undefined)).toThrow(/no JSON form/);
  expect(() => canonicalJson(Number.NaN)).toThrow();
});
