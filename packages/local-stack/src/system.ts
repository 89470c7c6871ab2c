import { join } from 'node:path';
import { createIssuer, LOCAL_ISSUER } from './issuer.ts';
import type { Launched } from './launch.ts';
import { planOutsideSystems } from './outside-systems.ts';
import { choosePort } from './ports.ts';
import { type ProvisionedUrls, provision } from './provision.ts';
import { type RunningSystem, removeRunning, writeRunning } from './running.ts';
import { localSecrets, type Secrets } from './secrets.ts';
import { runToEnd, type ServiceProgram, startService } from './services.ts';
import { type Death, type Stack, startStack } from './stack.ts';

const DATABASE = 'tenor';
const BILLING_PORT = 8080;
const PAYMENT_PORT = 8081;
const GATEWAY_PORT = 8000;
const SIMULATOR_PORT = 8090;
const NOTIFICATIONS_PORT = 8092;
/** A newcomer may try each of the other systems' APIs. */
const ALL_PROFILES = 'mo,amartha,alemeno,kopa,lending';
const PROFILES_WITHOUT_LOGIN = 'mo,amartha,alemeno';
/** A newcomer's webhooks go to a program on this machine. */
const LOCAL_HOSTS = 'localhost,127.0.0.1,[::1]';
/** The name under which payments choose the simulated provider. */
const SIMULATED_PROVIDER = 'mockpay';
/** Who payment is at billing. */
const PAYMENT_CLIENT_ID = 'payment';
/** So that a newcomer finds the servers where such servers usually are. */
const USUAL_PORTS = { postgres: 5432, kafka: 9092 };

export interface SystemOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
  /** As for the stack. */
  readonly only?: 'embedded';
}

export interface System extends RunningSystem {
  /** The system's database, as a user who may do everything in it. */
  readonly adminUrl: string;
  /** Stops one service; the answer starts it again, in its old place. */
  pause(name: ServiceName): Promise<() => Promise<void>>;
  /** Calls back when a service or a server of the stack ends without being asked to. */
  onDeath(listener: (death: Death) => void): void;
  stop(): Promise<void>;
}

type ServiceName = 'billing' | 'payment';

interface Wiring {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly urls: ProvisionedUrls;
  readonly brokers: readonly string[];
}

/** The stack, the migrations, both services and the gateway; all stopped again when one of them does not start. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { folder, env } = options;
  const stack = await startStack({ ...options, keep: true, preferredPorts: USUAL_PORTS });
  const children: Launched[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    removeRunning(folder);
    // The gateway first, so that nothing new comes in; the services before the servers that they need.
    for (const child of [...children].reverse()) await child.stop();
    await stack.stop();
  };
  try {
    const { running, planned } = await startChildren({ ...options, stack, children });
    writeRunning(folder, running);
    return {
      ...running,
      adminUrl: inDatabase(stack.postgres.adminUrl),
      stop,
      pause: async (name) => {
        const at = children.findIndex((child) => child.name === name);
        for (const child of children.splice(at, 1)) await child.stop();
        const { program, url } = planned[name];
        return async () => {
          children.push(await startService(folder, program, { url, env }));
        };
      },
      onDeath: (listener) => {
        const tell = (death: Death): void => {
          if (!isStopping) listener(death);
        };
        stack.onDeath(tell);
        for (const { name, logFile, ended } of children) ended.then((how) => tell({ name, how, logFile }));
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function inDatabase(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

async function startChildren(
  given: SystemOptions & { stack: Stack; children: Launched[] },
): Promise<{ running: RunningSystem; planned: Readonly<Record<ServiceName, PlannedService>> }> {
  const { folder, env, stack, children, onProgress } = given;
  const secrets = localSecrets(folder);
  const passwords = { billing: secrets.billing_password, payment: secrets.payment_password };
  const urls = await provision(stack.postgres.adminUrl, { database: DATABASE, passwords });
  const wiring: Wiring = { folder, env, urls, brokers: stack.kafka.brokers };

  onProgress('migrating the databases');
  const gatewayPort = await choosePort(Number.parseInt(env['GATEWAY_PORT'] ?? '', 10) || GATEWAY_PORT);
  const gatewayUrl = `http://localhost:${gatewayPort}`;
  const outside = await planOutsideSystems(secrets, gatewayUrl, [gatewayPort]);
  const taken = [gatewayPort, ...outside.ports];
  const notifications = notificationsProgram(await choosePort(NOTIFICATIONS_PORT, taken), secrets);
  taken.push(notifications.port);
  const billing = serviceProgram('billing', wiring, await choosePort(BILLING_PORT, taken), {
    AUTH_SIGNING_KEYS_FILE: createIssuer(join(folder, 'keys')).signingKeysFile,
    INTEGRITY_KEY: secrets.integrity_key,
    WEBHOOK_ALLOWED_HOSTS: env['WEBHOOK_ALLOWED_HOSTS'] ?? LOCAL_HOSTS,
    NOTIFICATIONS_URL: notifications.url,
    NOTIFICATIONS_API_KEY: secrets.notifications_api_key,
    ...outside.billing,
  });
  taken.push(billing.port);
  const simulatorPort = await choosePort(SIMULATOR_PORT, taken);
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const payment = serviceProgram('payment', wiring, await choosePort(PAYMENT_PORT, [...taken, simulatorPort]), {
    GATEWAY_PROVIDERS: JSON.stringify({
      [SIMULATED_PROVIDER]: {
        url: simulatorUrl,
        api_key: secrets.mockpay_api_key,
        webhook_secrets: [secrets.mockpay_webhook_secret],
      },
    }),
    AUTH_JWKS_URL: `${billing.url}/.well-known/jwks.json`,
    BILLING_URL: billing.url,
    BILLING_CLIENT_ID: PAYMENT_CLIENT_ID,
    BILLING_CLIENT_SECRET: secrets.billing_client_secret,
  });
  for (const { migration } of [billing, payment]) await runToEnd(folder, migration, env);
  await runToEnd(folder, paymentUserProgram(billing, secrets), env);

  onProgress('starting billing and payment');
  const services = [billing, payment].map(({ program, url }) => startService(folder, program, { url, env }));
  for (const started of await Promise.allSettled(services)) {
    if (started.status === 'fulfilled') children.push(started.value);
  }
  await Promise.all(services);

  onProgress('starting the gateway and the simulated outside systems');
  const gateway = gatewayProgram(gatewayPort, { billing: billing.url, payment: payment.url });
  children.push(await startService(folder, gateway, { url: gatewayUrl, env }));
  for (const { program, url } of outside.programs) children.push(await startService(folder, program, { url, env }));
  const simulator = simulatorProgram(simulatorPort, secrets, gatewayUrl);
  children.push(await startService(folder, simulator, { url: simulatorUrl, env }));
  children.push(await startService(folder, notifications.program, { url: notifications.url, env }));
  const running = {
    gateway: gatewayUrl,
    billing: billing.url,
    payment: payment.url,
    paymentProvider: simulatorUrl,
    coreBanking: outside.coreBanking,
    scoring: outside.scoring,
    notifications: notifications.url,
    brokers: stack.kafka.brokers,
    pids: Object.fromEntries([['starter', process.pid], ...children.map(({ name, pid }) => [name, pid])]),
  };
  return { running, planned: { billing, payment } };
}

interface PlannedService {
  readonly port: number;
  readonly url: string;
  readonly program: ServiceProgram;
  readonly migration: ServiceProgram;
}

/** Makes the user that payment is at billing. */
function paymentUserProgram({ migration }: PlannedService, secrets: Secrets): ServiceProgram {
  return {
    name: 'create-service',
    script: 'services/billing/dist/create-service.js',
    env: { ...migration.env, NEW_USERNAME: PAYMENT_CLIENT_ID, NEW_PASSWORD: secrets.billing_client_secret },
  };
}

function serviceProgram(
  name: ServiceName,
  wiring: Wiring,
  port: number,
  more: Readonly<Record<string, string>> = {},
): PlannedService {
  const { folder, env, urls, brokers } = wiring;
  const config = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: name === 'billing' ? urls.billingUrl : urls.paymentUrl,
    KAFKA_BROKERS: brokers.join(','),
    TOPIC_PREFIX: env['TOPIC_PREFIX'] ?? '',
    TIME_ZONE: env['TIME_ZONE'] ?? 'UTC',
    AUTH_REQUIRED: env['AUTH_REQUIRED'] ?? 'true',
    AUTH_ISSUER: LOCAL_ISSUER,
    EXTERNAL_REF_KEY: localSecrets(folder).external_ref_key,
    PROFILES: env['PROFILES'] ?? ALL_PROFILES,
    OPEN_PROFILES: env['OPEN_PROFILES'] ?? PROFILES_WITHOUT_LOGIN,
    // More than one machine does: a trial shows the headers, and is not refused unless told.
    RATE_LIMIT_PER_MINUTE: env['RATE_LIMIT_PER_MINUTE'] ?? '600000',
    LOGIN_LIMIT_PER_ADDRESS: env['LOGIN_LIMIT_PER_ADDRESS'] ?? '100000',
    TRUSTED_PROXIES: 'loopback',
    ...more,
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    program: { name, script: `services/${name}/dist/main.js`, env: config },
    migration: { name: `${name}-migrate`, script: `services/${name}/dist/migrate.js`, env: config },
  };
}

function gatewayProgram(port: number, upstreams: { billing: string; payment: string }): ServiceProgram {
  const env = {
    HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    BILLING_URL: upstreams.billing,
    PAYMENT_URL: upstreams.payment,
  };
  return { name: 'gateway', script: 'deploy/gateway/dist/main.js', env };
}

/** Its webhooks take the way that a real provider's would: through the gateway. */
function simulatorProgram(port: number, secrets: Secrets, gatewayUrl: string): ServiceProgram {
  return {
    name: 'payment-gateway-simulator',
    script: 'deploy/simulators/payment-gateway/dist/main.js',
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      API_KEY: secrets.mockpay_api_key,
      WEBHOOK_SECRET: secrets.mockpay_webhook_secret,
      WEBHOOK_URL: `${gatewayUrl}/v1/gateway/${SIMULATED_PROVIDER}/webhooks`,
    },
  };
}

function notificationsProgram(port: number, secrets: Secrets): Omit<PlannedService, 'migration'> {
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    program: {
      name: 'notifications-simulator',
      script: 'deploy/simulators/notifications/dist/main.js',
      env: { HOST: '127.0.0.1', PORT: String(port), API_KEY: secrets.notifications_api_key },
    },
  };
}
