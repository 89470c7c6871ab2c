import { Type } from 'typebox';
import type { App } from '../src/index.ts';
import { testApp } from './app-fixture.ts';

function routes(app: App): void {
  app.get(
    '/v1/loans/:id',
    {
      config: { permission: 'reports:read' },
      schema: { params: Type.Object({ id: Type.String() }), response: { 200: Type.Object({ id: Type.String() }) } },
    },
    async ({ params }) => ({ id: params.id }),
  );
}

describe('request ids and traces', () => {
  test.each([
    { given: 'abc-1.2:3_4', kept: true },
    { given: 'x'.repeat(129), kept: false },
    { given: 'a b', kept: false },
    { given: '"><script>', kept: false },
    { given: undefined, kept: false },
  ])('x-request-id $given is kept: $kept', async ({ given, kept }) => {
    const { app } = await testApp();
    const answer = await app.inject({ url: '/livez', headers: given === undefined ? {} : { 'x-request-id': given } });
    const id = String(answer.headers['x-request-id']);
    expect(id === given).toBe(kept);
    expect(id).toMatch(/^[\w.:-]{1,128}$/);
    await app.close();
  });

  test('logs one line for a request, with its trace, and nothing that it carried', async () => {
    const { app, lines } = await testApp({}, routes);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await app.inject({
      url: '/v1/loans/1?email=ana@example.com',
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, cookie: 'sid=1', 'x-request-id': 'r-1' },
    });
    await app.close();
    const own = lines.filter((line) => line['request_id'] === 'r-1');
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({
      trace_id: traceId,
      route: '/v1/loans/:id',
      method: 'GET',
      status: 200,
      caller: 'anonymous',
    });
    expect(JSON.stringify(own)).not.toMatch(/ana@|sid=1/);
  });
});

describe('a route at boot', () => {
  const response = { 200: Type.Object({}) };
  test.each([
    {
      because: 'it declares no permission',
      options: { schema: { response } },
      says: /GET \/x declares no known permission/,
    },
    {
      because: 'its permission is not known',
      options: { config: { permission: 'loans:wirte' }, schema: { response } },
      says: /declares no known permission/,
    },
    {
      because: 'it asks for a signature that nobody checks',
      options: { config: { permission: 'signed' }, schema: { response } },
      says: /must give permission: 'signed' and signature together/,
    },
    {
      because: 'a signature would stand in for its token',
      options: {
        config: { permission: 'loans:write', signature: () => ({ id: 'x', roles: [] }) },
        schema: { response },
      },
      says: /must give permission: 'signed' and signature together/,
    },
    {
      because: 'it is signed and has no body to sign',
      options: { config: { permission: 'signed', signature: () => ({ id: 'x', roles: [] }) }, schema: { response } },
      says: /is signed but takes no body/,
    },
    {
      because: 'it asks for credentials that nobody knows',
      options: { config: { permission: 'basic' }, schema: { response } },
      says: /must give permission: 'basic' and basic together/,
    },
    {
      because: 'credentials would stand in for its token',
      options: { config: { permission: 'reports:read', basic: () => ({ id: 'x', roles: [] }) }, schema: { response } },
      says: /must give permission: 'basic' and basic together/,
    },
    {
      because: 'customers may call it and it does not say whose things they are',
      options: { config: { permission: 'loans:read' }, schema: { response } },
      says: /must say own:/,
    },
    {
      because: 'it says whose things they are though no customer may call it',
      options: { config: { permission: 'loans:write', own: 'nobody' }, schema: { response } },
      says: /must say own:/,
    },
    {
      because: 'it says whose things they are and names none',
      options: { config: { permission: 'loans:read', own: {} }, schema: { response } },
      says: /says own: {}, which names nothing/,
    },
    {
      because: 'it has no response schema',
      options: { config: { permission: 'public' } },
      says: /declares no response schema/,
    },
    {
      because: 'it documents problems alone',
      options: { config: { permission: 'public' }, schema: { response: { 404: Type.Object({}) } } },
      says: /declares no response schema/,
    },
  ])('is refused when $because', async ({ options, says }) => {
    const { app } = await testApp({}, (unready) => {
      const register = unready.get.bind(unready) as (
        url: string,
        options: object,
        handler: () => Promise<object>,
      ) => unknown;
      expect(() => register('/x', options, async () => ({}))).toThrow(says);
    });
    await app.close();
  });
});
