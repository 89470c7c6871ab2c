import { startSimulator } from '@tenor/payment-gateway-simulator';
import {
  type KafkaProxy,
  startKafkaProxy,
  startTcpProxy,
  startTestSystem,
  type TcpProxy,
  links as withinTheSystem,
} from '@tenor/testing';

/** The pairs of processes that talk to each other, the one that asks first. */
export const links = [...withinTheSystem, 'payment-provider', 'provider-gateway'] as const;
export type LinkName = (typeof links)[number];

type KafkaLink = Extract<LinkName, `${string}-kafka`>;

export interface Readiness {
  readonly status: number;
  readonly body: { readonly status: string; readonly checks: readonly { name: string; status: string }[] };
}

export type FaultySystem = Awaited<ReturnType<typeof startFaultySystem>>;

/** The payment provider's name, as a payment's `method` says it. */
export const PROVIDER = 'mockpay';
const provided = { apiKey: 'an-api-key-for-tests', webhookSecret: 'a-webhook-secret-for-tests' };

/** The system and a payment provider, with a proxy on every link, logging as production does. */
export async function startFaultySystem(name: string, more: Readonly<Record<string, string>> = {}) {
  const tcp = new Map<LinkName, TcpProxy>();
  const kafka = new Map<LinkName, KafkaProxy>();
  const reroute = async (link: LinkName, addresses: string): Promise<string> => {
    if (link.endsWith('-kafka')) {
      const proxy = await startKafkaProxy(addresses.split(','));
      kafka.set(link, proxy);
      return proxy.brokers.join(',');
    }
    const [host = '', port = ''] = addresses.split(':');
    const proxy = await startTcpProxy({ host, port: Number.parseInt(port, 10) });
    tcp.set(link, proxy);
    return `${proxy.host}:${proxy.port}`;
  };
  const through = async (link: LinkName, url: string): Promise<string> =>
    `http://${await reroute(link, new URL(url).host)}`;
  let webhooks = '';
  const provider = await startSimulator({ ...provided, host: '127.0.0.1', port: 0, webhookUrl: () => webhooks });
  const url = await through('payment-provider', provider.url);
  const { apiKey: api_key, webhookSecret } = provided;
  const GATEWAY_PROVIDERS = JSON.stringify({ [PROVIDER]: { url, api_key, webhook_secrets: [webhookSecret] } });
  const system = await startTestSystem(name, { LOG_LEVEL: 'info', GATEWAY_PROVIDERS, ...more }, undefined, reroute);
  webhooks = `${await through('provider-gateway', system.gatewayUrl)}/v1/gateway/${PROVIDER}/webhooks`;
  const on = <Link extends LinkName>(link: Link) =>
    (tcp.get(link) ?? kafka.get(link)) as Link extends KafkaLink ? KafkaProxy : TcpProxy;
  return {
    ...system,
    on,
    provider,
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
      for (const proxy of [...tcp.values(), ...kafka.values()]) await proxy.set({ kind: 'none' });
      await system.stop();
      await provider.stop();
      await Promise.all([...tcp.values(), ...kafka.values()].map((proxy) => proxy.close()));
    },
  };
}
