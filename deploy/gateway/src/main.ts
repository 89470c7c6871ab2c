import { createGateway } from './gateway.ts';
import { readRouteTable } from './route-table.ts';

const { BILLING_URL, PAYMENT_URL, GATEWAY_PORT = '8000', HOST = '0.0.0.0', LOG_LEVEL = 'info' } = process.env;
const { GATEWAY_UPSTREAM_TIMEOUT_MS, TRUSTED_PROXIES, CORS_ORIGINS } = process.env;
const SHUTDOWN_TIMEOUT_MS = 10_000;

if (BILLING_URL === undefined || PAYMENT_URL === undefined) {
  process.stderr.write('The gateway needs BILLING_URL and PAYMENT_URL, the base URLs of the two services.\n');
  process.exit(1);
}

const listOf = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);

const app = await createGateway({
  upstreams: { billing: BILLING_URL.replace(/\/$/, ''), payment: PAYMENT_URL.replace(/\/$/, '') },
  table: readRouteTable(),
  logLevel: LOG_LEVEL,
  trustedProxies: listOf(TRUSTED_PROXIES),
  corsOrigins: listOf(CORS_ORIGINS),
  ...(GATEWAY_UPSTREAM_TIMEOUT_MS ? { upstreamTimeoutMs: Number.parseInt(GATEWAY_UPSTREAM_TIMEOUT_MS, 10) } : {}),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT_MS).unref();
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

await app.listen({ port: Number.parseInt(GATEWAY_PORT, 10), host: HOST });
