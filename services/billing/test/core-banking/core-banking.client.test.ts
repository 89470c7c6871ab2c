import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Fault, type Simulator, startSimulator } from '@tenor/core-banking-simulator';
import { createLogger } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import {
  type CoreBanking,
  type CoreBankingAddress,
  createCoreBanking,
} from '../../src/core-banking/core-banking.client.ts';

const credentials = { username: 'tenor', password: 'a-password' };
const KNOWN = '234774784';
const TIMEOUT_MS = 600;
const REST_MS = 100;

let simulator: Simulator;
let outcomes: string[] = [];
let states: string[] = [];
const made: CoreBanking[] = [];

function clientOf(more: Partial<CoreBankingAddress> = {}): CoreBanking {
  const { url } = simulator;
  const address = { wsdlUrl: `${url}/service.wsdl`, url: `${url}/service`, ...credentials };
  const limits = { timeoutMs: TIMEOUT_MS, concurrency: 10, restMs: REST_MS };
  const meters = {
    called: (_operation: string, outcome: string) => void outcomes.push(outcome),
    breaker: (state: string) => void states.push(state),
  };
  const client = createCoreBanking(
    { ...address, ...limits, ...more },
    meters,
    createLogger({ service: 'test', level: 'silent' }),
  );
  made.push(client);
  return client;
}

beforeAll(async () => {
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, ...credentials });
});
afterAll(() => simulator.stop());
afterEach(() => {
  for (const client of made.splice(0)) client.stop();
  simulator.simulate({});
  [outcomes, states] = [[], []];
});

const hostile: Fault[] = [
  'down',
  'garbage',
  'wrong_schema',
  'lost',
  'entity_bomb',
  'external_entity',
  'polluted',
  'oversized',
];

describe.each(hostile)('answered by %s', (fault) => {
  test('knows neither a customer nor transactions, and nothing is changed by it', async () => {
    simulator.simulate({ customer: fault, transactions: fault });
    const client = clientOf();
    const began = performance.now();
    expect(await client.customer(KNOWN)).toEqual({ kind: 'unavailable' });
    expect(await client.transactions(KNOWN)).toEqual({ kind: 'unavailable' });
    // An expanded bomb would take its gigabytes, and minutes, first.
    expect(performance.now() - began).toBeLessThan(4 * TIMEOUT_MS + 2_000);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('obj' in {}).toBe(false);
    simulator.simulate({});
    await eventually(async () => (await client.customer(KNOWN)).kind === 'known');
  });

  test('reads the WSDL again once it is proper', async () => {
    simulator.simulate({ wsdl: fault });
    const client = clientOf();
    expect(await client.customer(KNOWN)).toEqual({ kind: 'unavailable' });
    simulator.simulate({});
    await eventually(async () => (await client.customer(KNOWN)).kind === 'known');
  });
});

test('waits for a slow answer within the time-out, and no longer', async () => {
  const client = clientOf();
  simulator.simulate({ customer: 'slow', delay_ms: TIMEOUT_MS / 4 });
  expect((await client.customer(KNOWN)).kind).toBe('known');
  simulator.simulate({ customer: 'slow', delay_ms: 3 * TIMEOUT_MS });
  expect(await client.customer(KNOWN)).toEqual({ kind: 'unavailable' });
  expect(outcomes).toEqual(['known', 'timeout']);
});

test('a WSDL that never comes holds a call up no longer than two time-outs', async () => {
  simulator.simulate({ wsdl: 'slow', delay_ms: 5 * TIMEOUT_MS });
  expect(await clientOf().customer(KNOWN)).toEqual({ kind: 'unavailable' });
});

test('says that a number is unknown, which is no failure', async () => {
  const client = clientOf();
  expect(await client.customer('1')).toEqual({ kind: 'unknown' });
  expect(await client.transactions('1')).toEqual({ kind: 'known', known: [] });
  expect(client.health()).toBe('ok');
});

test.each([` ${KNOWN}`, `${KNOWN} `, `${KNOWN}\n`, '2347 74784', `${KNOWN}\u00a0`, `${KNOWN}\u200b`, '\u0001', ' '])(
  'does not ask about %j, which is the number of nobody',
  async (number) => {
    const client = clientOf();
    const before = { ...simulator.calls };
    expect(await client.customer(number)).toEqual({ kind: 'unknown' });
    expect(await client.transactions(number)).toEqual({ kind: 'unknown' });
    expect([simulator.calls, outcomes]).toEqual([before, []]);
  },
);

/** A core banking that answers with what `change` makes of the simulator's answers. */
async function changing(change: (envelope: string) => { status?: number; body: string }) {
  const server = createServer((asked, answer) => {
    const headers = asked.headers as Record<string, string>;
    const forwarded = request(`${simulator.url}/service`, { method: 'POST', headers }, async (told) => {
      const { status = 200, body } = change(await text(told));
      answer.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
    asked.pipe(forwarded);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    client: clientOf({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/service` }),
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

const emptied = (envelope: string, response: string): string =>
  envelope.replace(/<([\w.-]+:)?(Customer|Transactions)Response[\s\S]*Response>/, response);

test.each([
  ['an empty body', () => ({ body: '' })],
  ['no more than a declaration', () => ({ body: '<?xml version="1.0"?>' })],
  ['a body without a response', (envelope: string) => ({ body: emptied(envelope, '') })],
  ['a response in a comment', (envelope: string) => ({ body: emptied(envelope, '<!-- <CustomerResponse/> -->') })],
  [
    'a response of something else',
    (envelope: string) => ({
      body: emptied(
        envelope,
        '<CustomerResponse xmlns="http://credable.io/cbs/customer"><error>db down</error></CustomerResponse>',
      ),
    }),
  ],
  ['a good record under a status of trouble', (envelope: string) => ({ status: 500, body: envelope })],
])('%s does not say that the customer is unknown', async (_name, change) => {
  const { client, stop } = await changing(change);
  expect([await client.customer(KNOWN), await client.transactions(KNOWN)]).toEqual([
    { kind: 'unavailable' },
    { kind: 'unavailable' },
  ]);
  await stop();
});

test('answers about another number are unfit, and no reason to leave core banking alone', async () => {
  const { client, stop } = await changing((envelope) => ({ body: envelope.replaceAll(KNOWN, '318411216') }));
  for (let calls = 0; calls < 10; calls += 1) expect(await client.customer(KNOWN)).toEqual({ kind: 'unavailable' });
  expect([new Set(outcomes), client.health()]).toEqual([new Set(['unfit']), 'ok']);
  await stop();
});

test('wrong credentials make it unavailable', async () => {
  expect(await clientOf({ password: 'wrong' }).customer(KNOWN)).toEqual({ kind: 'unavailable' });
});

test('asks core banking no more while it fails, and again after a rest', async () => {
  const client = clientOf({ restMs: 300 });
  await client.customer(KNOWN);
  simulator.simulate({ customer: 'down' });
  for (let calls = 0; calls < 10; calls += 1) await client.customer(KNOWN);
  expect(client.health()).toBe('degraded');
  const { customer: asked } = simulator.calls;
  expect(await client.customer(KNOWN)).toEqual({ kind: 'unavailable' });
  expect(simulator.calls.customer).toBe(asked);
  expect(outcomes.at(-1)).toBe('resting');
  simulator.simulate({});
  await eventually(async () => (await client.customer(KNOWN)).kind === 'known');
  expect(client.health()).toBe('ok');
  expect([states[0], states[1], states.at(-1)]).toEqual(['closed', 'open', 'closed']);
});

test('asks no more at once than it may', async () => {
  const client = clientOf({ concurrency: 3, timeoutMs: 1_000 });
  await client.customer(KNOWN);
  simulator.simulate({ customer: 'slow', delay_ms: 100 });
  const { customer: before } = simulator.calls;
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.customer(KNOWN)));
  expect(answers.filter(({ kind }) => kind === 'known')).toHaveLength(3);
  expect(simulator.calls.customer - before).toBe(3);
  expect(client.health()).toBe('ok');
});
