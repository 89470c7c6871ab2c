import { fileURLToPath } from 'node:url';
import {
  type Simulator as CoreBankingSimulator,
  startSimulator as startCoreBanking,
} from '@tenor/core-banking-simulator';
import { choosePort } from '@tenor/local-stack';
import {
  type Part,
  type Simulator as ScoringSimulator,
  startSimulator as startScoring,
} from '@tenor/scoring-simulator';
import { eventually, type ServiceProcess, startServiceProcess } from '@tenor/testing';
import { type BillingTest, type Body, startBillingTest } from '../harness.ts';
import { applicationOf, bank, numbers, outsideEnvironment } from './with-outside.ts';

const script = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A process that starts on a busy machine takes long, and nobody answers until it has. */
const PATIENCE = { timeoutMs: 60_000 };
const TEST_TIMEOUT_MS = 180_000;

/** Each calls the engine by another address, so that the engine knows whom it talks to. */
const hosts = ['127.0.0.1', '127.0.0.2'] as const;
type Host = (typeof hosts)[number];

interface Replica {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

let coreBanking: CoreBankingSimulator;
let scoring: ScoringSimulator;
/** Asks for no scores, but answers the engine's callback, as the gateway would by whichever replica lives. */
let observer: BillingTest;
const replicas = new Map<Host, Replica>();
const customers: string[] = [];
/** The end of the last restart. */
let restarting: Promise<void> | undefined;
/** Where somebody is to be killed, once. */
let fatal: { part: Part; when: 'before' | 'after'; killed: PromiseWithResolvers<Host> } | undefined;

beforeAll(async () => {
  coreBanking = await startCoreBanking({ host: '0.0.0.0', port: 0, ...bank });
  scoring = await startScoring({ host: '0.0.0.0', port: 0, observe: killWhereWanted });
  const port = await choosePort();
  const { SCORING_URL: _url, TRANSACTIONS_URL: _callback, ...bankOnly } = outsideEnvironment(coreBanking.url, '', '');
  observer = await startBillingTest('crashes', { PORT: String(port), ...bankOnly });
  for (const number of numbers) customers.push(await observer.customer({ external_id: number }));
  for (const host of hosts) replicas.set(host, await replicaAt(host));
  await Promise.all([...replicas.values()].map((replica) => replica.start()));
}, TEST_TIMEOUT_MS);
afterAll(async () => {
  await restarting?.catch(() => {});
  for (const replica of replicas.values()) await replica.kill();
  await scoring.stop();
  await observer.stop();
  await coreBanking.stop();
});

async function killWhereWanted(part: Part, when: 'before' | 'after', address: string): Promise<void> {
  if (fatal === undefined || fatal.part !== part || fatal.when !== when) return;
  const { killed } = fatal;
  fatal = undefined;
  const host = hosts.find((each) => address.startsWith(each)) ?? hosts[0];
  await replicas.get(host)?.kill();
  killed.resolve(host);
}

async function replicaAt(host: Host): Promise<Replica> {
  const { tenant, config } = observer;
  const port = await choosePort();
  const url = `http://127.0.0.1:${port}`;
  const enginePort = new URL(scoring.url).port;
  const environment = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: tenant.billingUrl,
    KAFKA_BROKERS: tenant.brokers.join(','),
    TOPIC_PREFIX: tenant.topicPrefix,
    LOG_LEVEL: 'warn',
    AUTH_REQUIRED: 'false',
    RATE_LIMIT_PER_MINUTE: '0',
    EXTERNAL_REF_KEY: config.EXTERNAL_REF_KEY,
    ...outsideEnvironment(coreBanking.url, `http://${host}:${enginePort}`, observer.service.url),
    // Short, since it is what a lease is made of.
    SCORING_TIMEOUT_MS: '300',
    SCORING_FIRST_RETRY_MS: '300',
  };
  let running: ServiceProcess | undefined;
  return {
    url,
    async start() {
      running = await startServiceProcess(script, { url, environment });
    },
    async kill() {
      await running?.kill();
    },
  };
}

/** Applies at whichever replica answers, always with the same key. */
async function apply(customerId: string, key: string): Promise<string> {
  return eventually(async () => {
    for (const { url } of replicas.values()) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const body = JSON.stringify(applicationOf(customerId));
      const answer = await fetch(`${url}/v1/loans`, { method: 'POST', headers, body }).catch(() => undefined);
      if (answer?.status === 201) return ((await answer.json()) as Body).id;
    }
    throw new Error('no replica took the application');
  }, PATIENCE);
}

async function expectDecidedOnce(loanId: string): Promise<void> {
  await eventually(async () => {
    const [row] = await observer.rows<{ status: string }>('select status from loans where id = $1', [loanId]);
    if (row?.status !== 'active') throw new Error(`Loan ${loanId} is ${row?.status}`);
  }, PATIENCE);
  const journal = await observer.rows<{ type: string }>(
    'select type from loan_events where loan_id = $1 order by seq',
    [loanId],
  );
  expect(journal.map(({ type }) => type)).toEqual(['opened', 'approved', 'disbursed']);
  expect(await observer.isProven(loanId)).toBe(true);
}

const points = (['create_client', 'initiate', 'query'] as const).flatMap((part) =>
  (['before', 'after'] as const).map((when) => ({ part, when })),
);

test.each(points)(
  'killed $when $part: the other replica decides, once',
  async ({ part, when }) => {
    const index = points.findIndex((point) => point.part === part && point.when === when);
    const customerId = customers[index % customers.length] ?? '';
    if (part === 'create_client') await observer.rows('delete from scoring_clients');
    const killed = Promise.withResolvers<Host>();
    fatal = { part, when, killed };
    const loanId = await apply(customerId, `killed-${part}-${when}`);
    const host = await killed.promise;
    await expectDecidedOnce(loanId);
    await replicas.get(host)?.start();
  },
  TEST_TIMEOUT_MS,
);

test(
  'killed while KYC is asked: nothing is written, and the retry is taken',
  async () => {
    await restarting;
    const customerId = customers[0] ?? '';
    const before = await observer.rows('select id from loans');
    coreBanking.simulate({ customer: 'slow', delay_ms: 150 });
    const [first] = replicas.values();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'killed-kyc' };
    const body = JSON.stringify(applicationOf(customerId));
    const { customer: asked } = coreBanking.calls;
    const answer = fetch(`${first?.url}/v1/loans`, { method: 'POST', headers, body }).catch(() => 'cut');
    await eventually(() => coreBanking.calls.customer > asked, { intervalMs: 2 });
    await first?.kill();
    expect(await answer).toBe('cut');
    expect(await observer.rows('select id from loans')).toEqual(before);
    coreBanking.simulate({});
    restarting = first?.start();
    await expectDecidedOnce(await apply(customerId, 'killed-kyc'));
  },
  TEST_TIMEOUT_MS,
);

test(
  'all replicas down: the application waits, and goes on by itself when they are back',
  async () => {
    await restarting;
    scoring.simulate({ not_ready: 1_000 });
    const loanId = await apply(customers[1] ?? '', 'worker-down');
    await eventually(async () => {
      const [row] = await observer.rows<{ attempts: number }>('select attempts from score_queries where loan_id = $1', [
        loanId,
      ]);
      return (row?.attempts ?? 0) >= 2;
    });
    for (const replica of replicas.values()) await replica.kill();
    scoring.simulate({});
    const [kept] = await observer.rows<{ state: string; attempts: number }>(
      'select state, attempts from score_queries where loan_id = $1',
      [loanId],
    );
    expect(kept?.state).toBe('querying');
    const [first] = replicas.values();
    await first?.start();
    await expectDecidedOnce(loanId);
    const [row] = await observer.rows<{ attempts: number }>('select attempts from score_queries where loan_id = $1', [
      loanId,
    ]);
    expect(row?.attempts).toBe((kept?.attempts ?? 0) + 1);
  },
  TEST_TIMEOUT_MS,
);
