import { startSimulator } from '@tenor/payment-gateway-simulator';
import {
  type KafkaProxy,
  type Passage,
  type PostgresProxy,
  startKafkaProxy,
  startOtlpCollector,
  startPostgresProxy,
  startTcpProxy,
  startTestSystem,
  type TcpProxy,
  links as withinTheSystem,
} from '@tenor/testing';

/** The pairs of processes that talk to each other, the one that asks first. */
export const links = [...withinTheSystem, 'payment-provider', 'provider-gateway', 'services-collector'] as const;
export type LinkName = (typeof links)[number];

type ProxyOf<Link extends LinkName> = Link extends `${string}-kafka`
  ? KafkaProxy
  : Link extends `${string}-postgres`
    ? PostgresProxy
    : TcpProxy;

export type Passages = Readonly<Record<LinkName, Passage>>;

export interface Readiness {
  readonly status: number;
  readonly body: { readonly status: string; readonly checks: readonly { name: string; status: string }[] };
}

export type FaultySystem = Awaited<ReturnType<typeof startFaultySystem>>;

/** The payment provider's name, as a payment's `method` says it. */
export const PROVIDER = 'mockpay';
const provided = { apiKey: 'an-api-key-for-tests', webhookSecret: 'a-webhook-secret-for-tests' };

/** The system, a payment provider and a collector of traces, with a proxy on every link, logging as production does. */
export async function startFaultySystem(name: string, more: Readonly<Record<string, string>> = {}) {
  const proxies = new Map<LinkName, TcpProxy | KafkaProxy>();
  const reroute = async (link: LinkName, addresses: string): Promise<string> => {
    if (link.endsWith('-kafka')) {
      const proxy = await startKafkaProxy(addresses.split(','));
      proxies.set(link, proxy);
      return proxy.brokers.join(',');
    }
    const [host = '', port = ''] = addresses.split(':');
    const start = link.endsWith('-postgres') ? startPostgresProxy : startTcpProxy;
    const proxy = await start({ host, port: Number.parseInt(port, 10) });
    proxies.set(link, proxy);
    return `${proxy.host}:${proxy.port}`;
  };
  const through = async (link: LinkName, url: string): Promise<string> =>
    `http://${await reroute(link, new URL(url).host)}`;
  let webhooks = '';
  const provider = await startSimulator({ ...provided, host: '127.0.0.1', port: 0, webhookUrl: () => webhooks });
  const url = await through('payment-provider', provider.url);
  const collector = await startOtlpCollector();
  const { apiKey: api_key, webhookSecret } = provided;
  const GATEWAY_PROVIDERS = JSON.stringify({ [PROVIDER]: { url, api_key, webhook_secrets: [webhookSecret] } });
  const environment = {
    LOG_LEVEL: 'info',
    GATEWAY_PROVIDERS,
    OTEL_EXPORTER_OTLP_ENDPOINT: await through('services-collector', collector.url),
    ...more,
  };
  const system = await startTestSystem(name, environment, undefined, reroute);
  webhooks = `${await through('provider-gateway', system.gatewayUrl)}/v1/gateway/${PROVIDER}/webhooks`;
  const on = <Link extends LinkName>(link: Link) => proxies.get(link) as ProxyOf<Link>;
  return {
    ...system,
    on,
    provider,
    passages: () => Object.fromEntries(links.map((link) => [link, on(link).passage()])) as Passages,
    /** What the gateway says of both. */
    async readyTogether(): Promise<{ readonly status: number; readonly body: object }> {
      const answer = await fetch(`${system.gatewayUrl}/readyz`);
      return { status: answer.status, body: (await answer.json()) as object };
    },
    async ready(service: 'billing' | 'payment'): Promise<Readiness> {
      const answer = await fetch(`${system.urls[service]}/readyz`);
      return { status: answer.status, body: (await answer.json()) as Readiness['body'] };
    },
    /** The value of a metric, of all its labels together; undefined while there is none. */
    async metric(service: 'billing' | 'payment', metric: string): Promise<number | undefined> {
      const text = await (await fetch(`${system.urls[service]}/metrics`)).text();
      const values = [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? ([-+.e\\d]+)$`, 'gm'))];
      if (values.length === 0) return undefined;
      return values.reduce((sum, [, value]) => sum + Number(value), 0);
    },
    async stop(): Promise<void> {
      for (const proxy of proxies.values()) await proxy.set({ kind: 'none' });
      await system.stop();
      await provider.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
      await collector.stop();
    },
  };
}
