import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { choosePort } from '@tenor/local-stack';
import { type StackCoordinates, testStack } from './coordinates.ts';
import { type TestIssuer, testIssuer } from './issuer.ts';
import { bareEnvironment, type ServiceProcess, startServiceProcess } from './service-process.ts';
import { createTestTenant, type TestTenant } from './tenant.ts';

type Environment = Readonly<Record<string, string>>;

/** The pairs of processes that a payment passes between, the one that asks first. */
export const links = [
  'billing-postgres',
  'billing-kafka',
  'payment-postgres',
  'payment-kafka',
  'payment-billing',
  'gateway-billing',
  'gateway-payment',
  'client-gateway',
] as const;
export type LinkName = (typeof links)[number];

/** Gives the addresses (`host:port`, several brokers separated by commas) by which a link is to be made. */
export type Reroute = (link: LinkName, addresses: string) => Promise<string>;

const directly: Reroute = async (_, addresses) => addresses;

async function rerouted(reroute: Reroute, link: LinkName, url: string): Promise<string> {
  const target = new URL(url);
  target.host = await reroute(link, target.host);
  return target.href.replace(/\/$/, '');
}

/** Both services, and a gateway that forwards to them, as processes of their own. */
export interface Replica {
  /** Of its gateway. */
  readonly url: string;
  /** Of its gateway without the link that clients take. */
  readonly gatewayUrl: string;
  readonly urls: { readonly billing: string; readonly payment: string };
  /** By name, each to be stopped or killed, and started again on its old port. */
  readonly services: Readonly<Record<'billing' | 'payment' | 'gateway', RestartableService>>;
  stop(): Promise<void>;
}

export interface TestSystem extends Replica {
  readonly tenant: TestTenant;
  /** Of an officer. */
  readonly token: string;
  readonly adminToken: string;
  /** Starts another replica that shares the tenant. The caller stops it, before the system. */
  replicate(): Promise<Replica>;
}

const scriptOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** One replica of the system on a tenant of its own, asking for tokens; on the run's stack, and directly, unless told. */
export async function startTestSystem(
  name: string,
  more: Environment = {},
  stack: StackCoordinates = testStack(),
  reroute: Reroute = directly,
): Promise<TestSystem> {
  const tenant = await createTestTenant(name, stack);
  const issuer = testIssuer(stack);
  const shared = {
    HOST: '127.0.0.1',
    TOPIC_PREFIX: tenant.topicPrefix,
    LOG_LEVEL: 'warn',
    AUTH_REQUIRED: 'true',
    // Limits are for tests of limits.
    RATE_LIMIT_PER_MINUTE: '0',
    LOGIN_LIMIT_PER_USER: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
    TRUSTED_PROXIES: 'loopback',
    AUTH_ISSUER: issuer.issuer,
    EXTERNAL_REF_KEY: 'a-key-for-tests-only-0123456789abcdef',
    ...more,
  };
  const environmentOf = async (name: 'billing' | 'payment', databaseUrl: string) => ({
    ...shared,
    DATABASE_URL: await rerouted(reroute, `${name}-postgres`, databaseUrl),
    KAFKA_BROKERS: await reroute(`${name}-kafka`, tenant.brokers.join(',')),
  });
  const wiring: Wiring = {
    billing: {
      ...(await environmentOf('billing', tenant.billingUrl)),
      // The issuer itself; keys from elsewhere are payment's business.
      AUTH_SIGNING_KEYS_FILE: issuer.signingKeysFile,
      AUTH_JWKS_URL: '',
    },
    payment: {
      ...(more['AUTH_JWKS_URL'] === undefined ? { AUTH_JWKS_FILE: issuer.jwksFile } : {}),
      ...(more['BILLING_CLIENT_ID'] === undefined
        ? { BILLING_TOKEN_FILE: await writeServiceToken(issuer, join(stack.folder, `${tenant.topicPrefix}token`)) }
        : {}),
      ...(await environmentOf('payment', tenant.paymentUrl)),
    },
    more,
    reroute,
  };
  await Promise.all([migrate('billing', wiring.billing), migrate('payment', wiring.payment)]);
  const first = await startReplica(wiring);
  return {
    ...first,
    tenant,
    token: await issuer.token('officer'),
    adminToken: await issuer.token('admin'),
    replicate: () => startReplica(wiring),
    async stop() {
      await allDone([() => first.stop(), () => tenant.drop()]);
    },
  };
}

interface Wiring {
  readonly billing: Environment;
  readonly payment: Environment;
  readonly more: Environment;
  readonly reroute: Reroute;
}

async function writeServiceToken(issuer: TestIssuer, file: string): Promise<string> {
  await writeFile(file, await issuer.token('service', 'payment'), { mode: 0o600 });
  return file;
}

async function migrate(name: string, environment: Environment): Promise<void> {
  const env = { ...bareEnvironment(), PORT: '0', ...environment };
  await promisify(execFile)(process.execPath, [scriptOf(`services/${name}/src/migrate.ts`)], { env });
}

async function startReplica(wiring: Wiring): Promise<Replica> {
  const ports: number[] = [];
  for (let count = 0; count < 3; count += 1) ports.push(await choosePort(undefined, ports));
  // Given where an outside system has to know it beforehand.
  const given = Number.parseInt(wiring.more['GATEWAY_PORT'] ?? '', 10);
  if (given > 0) ports[2] = given;
  const [billingUrl = '', paymentUrl = '', url = ''] = ports.map((port) => `http://127.0.0.1:${port}`);
  const { reroute, more } = wiring;
  const BILLING_URL = await rerouted(reroute, 'payment-billing', billingUrl);
  const service = (name: 'billing' | 'payment', place: number, serviceUrl: string) =>
    restartable(scriptOf(`services/${name}/src/main.ts`), {
      url: serviceUrl,
      environment: { BILLING_URL, ...wiring[name], PORT: String(ports[place]) },
    });
  const gatewayEnvironment = {
    HOST: '127.0.0.1',
    GATEWAY_PORT: String(ports[2]),
    BILLING_URL: await rerouted(reroute, 'gateway-billing', billingUrl),
    PAYMENT_URL: await rerouted(reroute, 'gateway-payment', paymentUrl),
    LOG_LEVEL: 'warn',
    ...more,
  };
  const services = {
    billing: service('billing', 0, billingUrl),
    payment: service('payment', 1, paymentUrl),
    gateway: restartable(scriptOf('deploy/gateway/src/main.ts'), { url, environment: gatewayEnvironment }),
  };
  const stop = () => allDone([services.gateway.stop, services.payment.stop, services.billing.stop]);
  try {
    // A process left running would keep the test run from ending.
    const starting = await Promise.allSettled([services.billing.start(), services.payment.start()]);
    for (const each of starting) if (each.status === 'rejected') throw each.reason;
    await services.gateway.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const reached = await rerouted(reroute, 'client-gateway', url);
  return { url: reached, gatewayUrl: url, urls: { billing: billingUrl, payment: paymentUrl }, services, stop };
}

/** Takes every step, whatever became of those before it, and then throws what went wrong first. */
async function allDone(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

export interface RestartableService {
  /** Does nothing while it runs. */
  start(): Promise<void>;
  /** Does nothing to one that is stopped. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** What it has written since it was last started. */
  lines(): readonly string[];
  /** What it wrote last, when it has ended though nobody asked it to. */
  diedOf(): string | undefined;
}

function restartable(script: string, options: Parameters<typeof startServiceProcess>[1]): RestartableService {
  let running: ServiceProcess | undefined;
  const take = (): ServiceProcess | undefined => {
    const taken = running;
    running = undefined;
    return taken;
  };
  return {
    start: async () => {
      running ??= await startServiceProcess(script, options);
    },
    stop: async () => take()?.stop(),
    kill: async () => take()?.kill(),
    lines: () => running?.lines() ?? [],
    diedOf: () => (running?.hasEnded() ? running.output() : undefined),
  };
}
