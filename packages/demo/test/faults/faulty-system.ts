import {
  type KafkaProxy,
  type LinkName,
  type Reroute,
  startKafkaProxy,
  startTcpProxy,
  startTestSystem,
  type TcpProxy,
} from '@tenor/testing';

type KafkaLink = Extract<LinkName, `${string}-kafka`>;

export interface Readiness {
  readonly status: number;
  readonly body: { readonly status: string; readonly checks: readonly { name: string; status: string }[] };
}

export type FaultySystem = Awaited<ReturnType<typeof startFaultySystem>>;

/** The system with a proxy on every link, logging as production does. */
export async function startFaultySystem(name: string, more: Readonly<Record<string, string>> = {}) {
  const tcp = new Map<LinkName, TcpProxy>();
  const kafka = new Map<LinkName, KafkaProxy>();
  const reroute: Reroute = async (link, addresses) => {
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
  const system = await startTestSystem(name, { LOG_LEVEL: 'info', ...more }, undefined, reroute);
  const on = <Link extends LinkName>(link: Link) =>
    (tcp.get(link) ?? kafka.get(link)) as Link extends KafkaLink ? KafkaProxy : TcpProxy;
  return {
    ...system,
    on,
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
      await Promise.all([...tcp.values(), ...kafka.values()].map((proxy) => proxy.close()));
    },
  };
}
