import { type Dispatcher, type DispatcherOptions, startDispatcher } from './dispatcher.commands.ts';
import { createProviderClient, type Provider } from './provider.client.ts';

export interface Dispatchers {
  /** Tells that a call to this provider was committed. */
  wake(provider: string): void;
  stop(): Promise<void>;
}

/** A dispatcher for each provider, so that one that does not answer holds up its own calls only. */
export function startDispatchers(
  providers: readonly Provider[],
  options: Omit<DispatcherOptions, 'provider' | 'send'>,
): Dispatchers {
  const running = new Map<string, Dispatcher>(
    providers.map((provider) => [
      provider.name,
      startDispatcher({ ...options, provider, send: createProviderClient(provider) }),
    ]),
  );
  return {
    wake: (provider) => running.get(provider)?.wake(),
    async stop() {
      await Promise.all([...running.values()].map((dispatcher) => dispatcher.stop()));
    },
  };
}
