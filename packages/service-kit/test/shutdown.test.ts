import { EventEmitter } from 'node:events';
import { ConfigError, type Running, runService } from '../src/index.ts';

/** A process that remembers instead of dying. */
function host() {
  const emitter = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const codes: number[] = [];
  const told: string[] = [];
  return {
    on: emitter.on.bind(emitter),
    emit: (event: string, value?: unknown) => emitter.emit(event, value),
    exit: (code: number) => {
      codes.push(code);
      exited.resolve(code);
    },
    stderr: { write: (text: string) => told.push(text) },
    codes,
    told,
    exited: exited.promise,
  };
}

/** A service that counts how often it is stopped. */
function counted() {
  const stops: string[] = [];
  const stop = async (): Promise<void> => {
    stops.push('stop');
  };
  return { stops, running: { stop } };
}

const never = () => new Promise<void>(() => undefined);

describe('a running service', () => {
  test.each(['SIGTERM', 'SIGINT'])('stops once on %s and exits 0', async (signal) => {
    const on = host();
    const { stops, running } = counted();
    await runService({ host: on, start: async () => running });
    on.emit(signal);
    expect(await on.exited).toBe(0);
    expect({ stops: stops.length, codes: on.codes, told: on.told }).toEqual({ stops: 1, codes: [0], told: [] });
  });

  test.each<{ because: string; running: Running; says: RegExp }>([
    { because: 'takes too long', running: { stop: never, shutdownTimeoutMs: 10 }, says: /not stopped within 10 ms/ },
    { because: 'fails', running: { stop: () => Promise.reject(new Error('pool stuck')) }, says: /pool stuck/ },
  ])('exits 1 when its stop $because', async ({ running, says }) => {
    const on = host();
    await runService({ host: on, start: async () => running });
    on.emit('SIGTERM');
    expect(await on.exited).toBe(1);
    expect(on.told.join()).toMatch(says);
  });

  test('ends at once on a second signal', async () => {
    const on = host();
    await runService({ host: on, start: async () => ({ stop: never, shutdownTimeoutMs: 50 }) });
    on.emit('SIGINT');
    on.emit('SIGINT');
    expect(await on.exited).toBe(130);
  });

  test('stops and exits 1 after an error that nobody caught', async () => {
    const on = host();
    const { stops, running } = counted();
    await runService({ host: on, start: async () => running });
    on.emit('uncaughtException', new Error('broken invariant'));
    expect(await on.exited).toBe(1);
    expect(stops).toHaveLength(1);
    expect(on.told.join()).toContain('broken invariant');
  });

  test('stops after its start when the signal came before it was up', async () => {
    const on = host();
    const up = Promise.withResolvers<Running>();
    const run = runService({ host: on, start: () => up.promise });
    on.emit('SIGTERM');
    const { stops, running } = counted();
    up.resolve(running);
    await run;
    expect(await on.exited).toBe(0);
    expect(stops).toHaveLength(1);
  });

  test('that cannot start says why and exits 1, without a stack where the configuration is at fault', async () => {
    const on = host();
    await runService({
      host: on,
      start: () => Promise.reject(new ConfigError(['PORT: is missing', 'HOST: is missing'])),
    });
    expect(await on.exited).toBe(1);
    expect(on.told.join('')).toBe(
      'the service did not start: The configuration is not usable:\n  - PORT: is missing\n  - HOST: is missing\n',
    );
  });
});
