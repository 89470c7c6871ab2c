import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { choosePort } from '@tenor/local-stack';
import { testIssuer } from './issuer.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { createTestTenant } from './tenant.ts';

export type TestSystem = Awaited<ReturnType<typeof startTestSystem>>;

const scriptOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Both services and the gateway as processes of their own, on a tenant of their own, asking for tokens. */
export async function startTestSystem(name: string, more: Readonly<Record<string, string>> = {}) {
  const tenant = await createTestTenant(name);
  const issuer = testIssuer();
  const ports: number[] = [];
  for (let count = 0; count < 3; count += 1) ports.push(await choosePort(undefined, ports));
  const [billingUrl = '', paymentUrl = '', url = ''] = ports.map((port) => `http://127.0.0.1:${port}`);

  const environment = (port: number | undefined, databaseUrl: string) => ({
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: tenant.brokers.join(','),
    TOPIC_PREFIX: tenant.topicPrefix,
    LOG_LEVEL: 'warn',
    AUTH_REQUIRED: 'true',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_FILE: issuer.jwksFile,
    EXTERNAL_REF_KEY: 'a-key-for-tests-only-0123456789abcdef',
    ...more,
  });
  const service = async (folder: string, serviceUrl: string, env: ReturnType<typeof environment>) => {
    const { PATH } = process.env;
    await promisify(execFile)(process.execPath, [scriptOf(`${folder}/src/migrate.ts`)], { env: { PATH, ...env } });
    return restartable(scriptOf(`${folder}/src/main.ts`), { url: serviceUrl, environment: env });
  };
  const started = await Promise.allSettled([
    service('services/billing', billingUrl, environment(ports[0], tenant.billingUrl)),
    service('services/payment', paymentUrl, environment(ports[1], tenant.paymentUrl)),
  ]);
  const [billing, payment] = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (billing === undefined || payment === undefined) {
    // A process left running would keep the test run from ending.
    await billing?.stop();
    throw started.find((each) => each.status === 'rejected')?.reason;
  }
  const gateway = await startServiceProcess(scriptOf('deploy/gateway/src/main.ts'), {
    url,
    environment: {
      HOST: '127.0.0.1',
      GATEWAY_PORT: String(ports[2]),
      BILLING_URL: billingUrl,
      PAYMENT_URL: paymentUrl,
      LOG_LEVEL: 'warn',
    },
  });
  return {
    url,
    urls: { billing: billingUrl, payment: paymentUrl },
    tenant,
    token: await issuer.token('officer'),
    /** Both by name, each to be stopped and started again on its old port. */
    services: { billing, payment },
    async stop(): Promise<void> {
      await gateway.stop();
      await Promise.all([payment.stop(), billing.stop()]);
      await tenant.drop();
    },
  };
}

/** A running service that can be stopped and started again; stopping a stopped one does nothing. */
async function restartable(script: string, options: Parameters<typeof startServiceProcess>[1]) {
  let running: ServiceProcess | undefined = await startServiceProcess(script, options);
  return {
    async stop(): Promise<void> {
      const stopping = running;
      running = undefined;
      await stopping?.stop();
    },
    async start(): Promise<void> {
      running ??= await startServiceProcess(script, options);
    },
  };
}
