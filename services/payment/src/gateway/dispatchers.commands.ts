import { type DispatcherOptions, startDispatcher } from './dispatcher.commands.ts';
import { type PollerOptions, startPoller } from './poller.commands.ts';
import { createProviderClient, type Provider } from './provider.client.ts';

export interface Dispatchers {
  /** Tells that a call to this provider was committed. */
  wake(provider: string): void;
  stop(): Promise<void>;
}

/** A dispatcher and a poller for each provider, so that one that does not answer holds up its own calls only. */
export function startDispatchers(
  providers: readonly Provider[],
  options: Omit<DispatcherOptions & PollerOptions, 'provider' | 'client'>,
): Dispatchers {
  const running = new Map(
    providers.map((provider) => {
      const own = { ...options, provider, client: createProviderClient(provider) };
      return [provider.name, { dispatcher: startDispatcher(own), poller: startPoller(own) }] as const;
    }),
  );
  return {
    wake: (provider) => running.get(provider)?.dispatcher.wake(),
    async stop() {
      await Promise.all([...running.values()].flatMap(({ dispatcher, poller }) => [dispatcher.stop(), poller.stop()]));
    },
  };
}
