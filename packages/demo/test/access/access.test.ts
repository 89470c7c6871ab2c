import { startTestSystem, type TestSystem, testIssuer } from '@tenor/testing';
import { connect } from '../../src/client.ts';
import { lender } from '../../src/lender.ts';
import { type Asked, asking, bytesOf, guessed, type Told } from './asking.ts';
import { type Access, type CallerName, callers, routes, type Things } from './routes.ts';

type Ask = (asked: Asked) => Promise<Told>;
const WEEK = { amount: '44000.00', currency: 'IDR' };
const LOAN = { product: 'weekly-flat-50', principal: { amount: '2000000.00', currency: 'IDR' } };

let system: TestSystem;
/** Through the gateway, by who asks. */
let ask: Record<CallerName, Ask>;
/** A customer's token without a customer. */
let unlinked: Ask;
let ann: Things;
let ben: Things;

beforeAll(async () => {
  system = await startTestSystem('access');
  const desk = lender(connect(system.url, system.token), 'access');
  const thingsOf = async (name: string): Promise<Things> => {
    const customers = await desk.customer(name);
    const { id: loans } = await desk.open(customers, LOAN);
    const { body: payment } = await desk.pay(customers, WEEK, `first-${name}`);
    return { customers, loans, payments: payment.id };
  };
  [ann, ben] = await Promise.all([thingsOf('Ann'), thingsOf('Ben')]);
  const { token } = testIssuer();
  const tokens: Record<CallerName, string | undefined> = {
    admin: await token('admin'),
    officer: await token('officer'),
    auditor: await token('auditor'),
    service: await token('service'),
    customer: await token('customer', 'ann', { customerId: ann.customers }),
    nobody: undefined,
  };
  ask = Object.fromEntries(callers.map((name) => [name, asking(system.url, tokens[name])])) as typeof ask;
  unlinked = asking(system.url, await token('customer', 'cas'));
}, 60_000);
afterAll(async () => system?.stop());

const entries = Object.entries(routes);
const isInside = (route: string): boolean => / \/(internal|livez|readyz)/.test(route);
const routed = entries.filter(([route, { tokenless }]) => !isInside(route) && !tokenless);
const entriesFor = (...kinds: readonly unknown[]) =>
  entries.filter(([, { customer }]) => kinds.includes(typeof customer === 'function' ? 'body' : customer));

/** What a request is to come to, whatever it then finds. */
function expected({ staff, customer }: Access, caller: CallerName): string {
  if (caller === 'nobody') return '401';
  const isAllowed = caller === 'customer' ? customer !== undefined : staff.includes(caller);
  return isAllowed ? 'allowed' : '403';
}

function outcomeOf({ status }: Told): string {
  return status < 500 && status !== 401 && status !== 403 ? 'allowed' : String(status);
}

/** What is Ann's is asked for by Ann and by those who only look; what staff would change is not there. */
function asked(route: string, { customer }: Access, caller: CallerName): Asked {
  const isLook = route.startsWith('GET') || caller === 'customer';
  const things = isLook ? ann : guessed;
  return { route, things, ...(typeof customer === 'function' && isLook ? { body: customer(things) } : {}) };
}

/** What comes of an empty request to a route that asks for no token of ours. */
function withoutToken(route: string): number {
  if (route.includes('jwks')) return 200;
  if (route.includes('/v1/auth/token')) return 415;
  if (route.includes('/v1/auth/')) return 400;
  return route.includes('webhooks') ? 404 : 401;
}

describe('the table', () => {
  test('has a line for each operation that the services document, and no other', async () => {
    const documented = await Promise.all(
      Object.values(system.urls).map(async (url) => {
        const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
        return Object.entries(paths).flatMap(([path, methods]) =>
          Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
        );
      }),
    );
    expect([...new Set(documented.flat())].sort()).toEqual(Object.keys(routes).sort());
  });
});

describe.each(callers)('%s, through the gateway', (caller) => {
  test('may call what the table says, and nothing else', async () => {
    const walk = async ([route, access]: [string, Access]) =>
      [route, outcomeOf(await ask[caller](asked(route, access, caller)))] as const;
    const outcomes = Object.fromEntries(await Promise.all(routed.map(walk)));
    expect(outcomes).toEqual(Object.fromEntries(routed.map(([route, access]) => [route, expected(access, caller)])));
  });

  test('reads everything of whoever it may read, and finds nothing that stays inside', async () => {
    const reads = entriesFor('own', 'listed').filter(([, access]) => expected(access, caller) === 'allowed');
    const answers = await Promise.all(
      reads.map(async ([route]) => [route, (await ask[caller]({ route, things: ann })).status]),
    );
    expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
    const inside = entries.filter(([route]) => route.includes(' /internal/'));
    const hidden = await Promise.all(inside.map(async ([route]) => (await ask[caller]({ route, things: ann })).status));
    expect(hidden).toEqual(inside.map(() => 404));
  });
});

test('what asks for no token of ours is answered alike to everybody', async () => {
  for (const [route] of entries.filter(([route, { tokenless }]) => tokenless && !isInside(route))) {
    const answers = await Promise.all(callers.map((caller) => ask[caller]({ route, things: ann })));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([withoutToken(route)]);
  }
});

test('what services ask each other is answered to services only, also at their own address', async () => {
  for (const [route, access] of entries.filter(([route]) => route.includes(' /internal/'))) {
    for (const caller of callers) {
      const token = caller === 'nobody' ? undefined : await testIssuer().token(caller);
      const answer = await asking(system.urls.billing, token)({ route, things: ann });
      expect([route, caller, outcomeOf(answer)]).toEqual([route, caller, expected(access, caller)]);
    }
  }
});

describe('a customer', () => {
  const bodyFor = ({ customer }: Access, things: Things) =>
    typeof customer === 'function' ? { body: customer(things) } : {};
  const requests = (things: Things) =>
    entriesFor('own', 'body').map(([route, access]) => ({ route, things, ...bodyFor(access, things) }));

  test('applies, borrows and pays for themselves', async () => {
    const answers = [];
    for (const [route, access] of entriesFor('body')) {
      const told = await ask.customer({ route, things: ann, ...bodyFor(access, ann) });
      answers.push([route, told.status]);
    }
    expect(answers).toEqual([
      ['POST /v1/eligibility', 200],
      ['POST /v1/loans', 201],
      ['POST /v1/payments', 201],
    ]);
  });

  test("is told of another's things, byte for byte, what they are told of ids that are guessed", async () => {
    const [foreign, unknown] = await Promise.all(
      [ben, guessed].map((things) => Promise.all(requests(things).map((each) => ask.customer(each)))),
    );
    expect(foreign?.map(({ status }) => status)).toEqual(foreign?.map(() => 404));
    expect(foreign?.map((told) => bytesOf(told, ben))).toEqual(unknown?.map((told) => bytesOf(told, guessed)));
    expect(foreign?.length).toBeGreaterThan(20);
  });

  test('is told so by HEAD too, and however the id is spelt', async () => {
    const head = (things: Things) => ask.customer({ route: 'HEAD /v1/loans/{id}', things });
    expect([(await head(ann)).status, (await head(ben)).status]).toEqual([200, 404]);
    const upper = (things: Things) => ({ ...things, loans: things.loans.toUpperCase() });
    const read = (things: Things) => ask.customer({ route: 'GET /v1/loans/{id}', things: upper(things) });
    expect([(await read(ann)).status, (await read(ben)).status]).toEqual([200, 404]);
  });

  test.each(entriesFor('listed').map(([route]) => route))('finds only their own in %s', async (route) => {
    const owned = (told: Told) => told.body.data.map(({ customer_id, id }) => customer_id ?? id);
    const everything = await ask.officer({ route, things: ann });
    expect(new Set(owned(everything))).toContain(ben.customers);
    for (const query of ['', `?customer_id=${ann.customers}`, `?customer_id=${ann.customers.toUpperCase()}`]) {
      const told = await ask.customer({ route, things: ann, query });
      expect([...new Set(owned(told))]).toEqual([ann.customers]);
    }
    const [foreign, unknown] = await Promise.all(
      [ben, guessed].map(async (things) => {
        const told = await ask.customer({ route, things, query: `?customer_id=${things.customers}` });
        return { status: told.status, bytes: bytesOf(told, things) };
      }),
    );
    expect(foreign).toEqual({ ...unknown, status: 404 });
    const both = `?customer_id=${ann.customers}&customer_id=${ben.customers}`;
    expect((await ask.customer({ route, things: ann, query: both })).status).toBe(400);
    const { next_cursor: cursor } = (await ask.officer({ route, things: ann, query: '?limit=1' })).body;
    const after = await ask.customer({ route, things: ann, query: `?cursor=${cursor}` });
    expect(owned(after).every((id) => id === ann.customers)).toBe(true);
  });

  test("finds no payments of another's loan", async () => {
    const paid = (query: string) => ask.customer({ route: 'GET /v1/payments', things: ann, query });
    expect((await paid(`?loan_id=${ann.loans}`)).body.data).not.toEqual([]);
    expect((await paid(`?loan_id=${ben.loans}`)).body.data).toEqual([]);
  });

  test('whose token names no customer owns nothing', async () => {
    const answers = await Promise.all(requests(ann).map(unlinked));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    for (const [route] of entriesFor('listed')) {
      expect((await unlinked({ route, things: ann })).body.data).toEqual([]);
    }
    expect((await unlinked({ route: 'GET /v1/products', things: ann })).status).toBe(200);
  });
});

describe('a payment of a customer', () => {
  const route = 'POST /v1/payments';
  const paying = (things: Things, loan: string | undefined) => ({
    customer_id: things.customers,
    amount: WEEK,
    ...(loan === undefined ? {} : { allocations: [{ loan_id: loan, amount: WEEK.amount }] }),
  });

  test("that names another's loan is refused as one that names a loan there is not, and moves nothing", async () => {
    // As old as Ben's, so that news of it could be on its way as well.
    const none = ben.loans.replace(/.{12}$/, '000000000000');
    const [foreign, unknown] = await Promise.all(
      [ben.loans, none].map(async (loan) => {
        const told = await ask.customer({ route, things: ann, body: paying(ann, loan) });
        return bytesOf(told, { ...ann, loans: loan });
      }),
    );
    expect(foreign).toMatch(/^\[(404|503),/);
    expect(foreign).toEqual(unknown);
    const payments = await ask.officer({ route: 'GET /v1/customers/{id}/payments', things: ben });
    expect(payments.body.data).toHaveLength(1);
  });

  test("under another caller's Idempotency-Key is a payment of its own, and never an answer to theirs", async () => {
    const headers = { 'idempotency-key': 'a-key-of-the-desk', prefer: 'wait=5' };
    const theirs = await ask.officer({ route, things: ben, body: paying(ben, ben.loans), headers });
    expect(theirs.status).toBe(201);
    const replayed = await ask.customer({ route, things: ben, body: paying(ben, ben.loans), headers });
    expect(replayed.status).toBe(404);
    const own = await ask.customer({ route, things: ann, body: paying(ann, ann.loans), headers });
    expect([own.status, own.headers.get('idempotency-replayed'), own.body['customer_id']]).toEqual([
      201,
      null,
      ann.customers,
    ]);
  });
});
