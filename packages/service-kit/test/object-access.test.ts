import { Type } from 'typebox';
import { type App, confinedTo, type Owners, refuse } from '../src/index.ts';
import { testApp, testIssuer } from './app-fixture.ts';

const ANN = '018f0000-0000-7000-8000-00000000000a';
const BEN = '018f0000-0000-7000-8000-00000000000b';
const NOBODY = '00000000-0000-0000-0000-000000000000';
const UNKNOWN = '018f0000-0000-7000-8000-00000000000f';

const LOAN_A = '018f0000-0000-7000-8000-0000000000aa';
const LOAN_B = '018f0000-0000-7000-8000-0000000000bb';
const loans: Readonly<Record<string, string>> = { [LOAN_A]: ANN, [LOAN_B]: BEN };
const numbers: Readonly<Record<string, string>> = { a: ANN, b: BEN };
const owners: Owners = {
  customer: { of: async (id) => id, unknown: () => refuse('not_found', 'No such customer.') },
  loan: { of: async (id) => loans[id], unknown: () => refuse('not_found', 'No such loan.') },
};

const Id = Type.Object({ id: Type.String() });
const Customer = Type.Object({ customer_id: Type.String() });
const response = { 200: Type.Any() };

function routes(app: App): void {
  const permission = 'loans:read';
  const byLoan = { permission, own: { loan: 'params.id' } } as const;
  app.get('/loans/:id', { config: byLoan, schema: { params: Id, response } }, async ({ params }) => params);
  const byFilter = { permission, own: { customer: 'query.customer_id' } } as const;
  const querystring = Type.Partial(Customer);
  app.get('/loans', { config: byFilter, schema: { querystring, response } }, async ({ query }) => query);
  const byBoth = { permission, own: { customer: 'body.customer_id', loan: 'body.id' } } as const;
  const body = Type.Object({ ...Customer.properties, ...Id.properties });
  app.post('/loans', { config: byBoth, schema: { body, response } }, async (request) => request.body);
  const inItsOwnWay = {
    permission,
    own: async ({ params }: { params: unknown }) => ({
      customerId: numbers[(params as { id: string }).id],
      unknown: refuse('not_found', 'No such number.'),
    }),
  } as const;
  app.get('/numbers/:id', { config: inItsOwnWay, schema: { params: Id, response } }, async ({ params }) => params);
  app.get('/confined', { config: { permission, own: 'nobody' }, schema: { response } }, async (request) => ({
    to: confinedTo(request) ?? null,
  }));
  app.get('/rates', { config: { permission, own: 'nobody' }, schema: { response } }, async () => ({ rate: '1' }));
}

let issuer: Awaited<ReturnType<typeof testIssuer>>;
let app: App;
beforeAll(async () => {
  issuer = await testIssuer();
  const config = {
    AUTH_REQUIRED: true,
    AUTH_ISSUER: 'tenor-test',
    AUTH_AUDIENCE: 'tenor',
    AUTH_JWKS_FILE: issuer.jwksFile,
  };
  ({ app } = await testApp({ config, owners }, routes));
});
afterAll(async () => {
  await app.close();
  await issuer.remove();
});

type Claims = Readonly<Record<string, unknown>>;
const ann: Claims = { roles: ['customer'], customer_id: ANN };

async function ask(claims: Claims, url: string, body?: object) {
  const headers = { authorization: `Bearer ${await issuer.key.sign(claims)}` };
  const { statusCode, payload } = await app.inject({
    url,
    headers,
    ...(body === undefined ? {} : { method: 'POST', payload: body }),
  });
  return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
}

test.each([
  { claims: ann, to: ANN, because: 'a customer sees their own' },
  { claims: { ...ann, customer_id: ANN.toUpperCase() }, to: ANN, because: 'an id means the same in either case' },
  { claims: { roles: ['customer'] }, to: NOBODY, because: 'a customer of no id owns nothing' },
  { claims: { ...ann, roles: ['customer', 'officer'] }, to: null, because: 'the wider role counts' },
  { claims: { ...ann, roles: ['customer', 'landlord'] }, to: ANN, because: 'the other role may nothing' },
])('a request is confined to $to: $because', async ({ claims, to }) => {
  expect((await ask(claims, '/confined')).body).toEqual({ to });
});

describe('a customer', () => {
  test.each([
    { url: `/loans/${LOAN_A}`, status: 200, because: 'the loan is theirs' },
    { url: `/loans/${LOAN_A.toUpperCase()}`, status: 200, because: 'an id means the same in either case' },
    { url: `/loans/${LOAN_B}`, status: 404, because: "the loan is another's" },
    { url: '/loans/7', status: 404, because: 'what is no id is nobody’s' },
    { url: `/loans/${UNKNOWN}`, status: 404, because: 'there is no such loan' },
    { url: '/numbers/a', status: 200, because: 'the route finds it theirs' },
    { url: '/numbers/b', status: 404, because: "the route finds it another's" },
    { url: '/numbers/x', status: 404, because: 'the route finds nothing' },
    { url: '/rates', status: 200, because: 'rates are nobody’s' },
    { url: `/loans?customer_id=${ANN}`, status: 200, because: 'the filter names them' },
    { url: `/loans?customer_id=${BEN}`, status: 404, because: 'the filter names another' },
  ])('is answered $status at $url: $because', async ({ url, status }) => {
    expect((await ask(ann, url)).status).toBe(status);
  });

  test('has a list narrowed to their own when they name nobody', async () => {
    expect((await ask(ann, '/loans')).body).toEqual({ customer_id: ANN });
  });

  test.each([
    { body: { customer_id: ANN, id: LOAN_A }, status: 200 },
    { body: { customer_id: BEN, id: LOAN_A }, status: 404 },
    { body: { customer_id: ANN, id: LOAN_B }, status: 404 },
    { body: { customer_id: ANN, id: UNKNOWN }, status: 404 },
  ])('who names $body is answered $status: each thing must be theirs', async ({ body, status }) => {
    expect((await ask(ann, '/loans', body)).status).toBe(status);
  });

  test.each([
    { theirs: `/loans/${LOAN_B}`, none: `/loans/${UNKNOWN}` },
    { theirs: '/numbers/b', none: '/numbers/x' },
    { theirs: `/loans?customer_id=${BEN}`, none: `/loans?customer_id=${UNKNOWN}` },
  ])("is told of another's $theirs what they are told of $none", async ({ theirs, none }) => {
    const [foreign, unknown] = await Promise.all([ask(ann, theirs), ask(ann, none)]);
    const told = ({ body }: typeof foreign) => ({ ...body, instance: '', request_id: '' });
    expect(told(foreign)).toEqual(told(unknown));
  });

  test('with another role that may has the wider of the two', async () => {
    expect((await ask({ ...ann, roles: ['customer', 'auditor'] }, `/loans/${LOAN_B}`)).status).toBe(200);
    expect((await ask({ ...ann, roles: ['customer', 'auditor'] }, '/loans')).body).toEqual({});
  });

  test.each([undefined, '', 'ann', 7])('whose token names the customer %p owns nothing', async (customer_id) => {
    const claims = { roles: ['customer'], customer_id };
    expect((await ask(claims, `/loans/${LOAN_A}`)).status).toBe(404);
    expect((await ask(claims, `/loans?customer_id=${ANN}`)).status).toBe(404);
    expect((await ask(claims, '/loans')).body).toEqual({ customer_id: NOBODY });
    expect((await ask(claims, '/rates')).status).toBe(200);
  });
});

test.each([
  { own: { loan: 'params.number' }, schema: { params: Id }, because: 'the path has no such parameter' },
  { own: { loan: 'body.id' }, schema: { body: Type.Partial(Id) }, because: 'a body may lack it' },
  { own: { payment: 'params.id' }, schema: { params: Id }, because: 'nothing tells whose a payment is' },
  { own: { customer: 'query.customer_id' }, schema: { params: Id }, because: 'the list takes no such filter' },
] as const)('a route that says own $own does not start: $because', async ({ own, schema }) => {
  const register = (unready: App) =>
    unready.post(
      '/x',
      { config: { permission: 'loans:read', own }, schema: { ...schema, response } },
      async () => ({}),
    );
  await expect(testApp({ owners }, register)).rejects.toThrow('which it cannot look up');
});
