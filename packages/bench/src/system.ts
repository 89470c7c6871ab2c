import { rm } from 'node:fs/promises';
import { readRecords, startSystem, temporaryFolder } from '@tenor/local-stack';
import type { Pids } from './processes.ts';

/** The whole system on servers of its own, thrown away at the end. */
export interface BenchSystem extends AsyncDisposable {
  readonly billing: string;
  readonly payment: string;
  readonly gateway: string;
  readonly adminUrl: string;
  /** As they are now. */
  pids(): Pids;
  /** Stops billing; the answer starts it again. */
  pauseBilling(): Promise<() => Promise<void>>;
}

/**
 * Starts what `npm start` starts, with its settings but without limits and tokens, in a folder of its own: embedded servers that write durably, and
 * the compiled services and gateway as processes.
 */
export async function startBenchSystem(onProgress: (line: string) => void): Promise<BenchSystem> {
  const folder = await temporaryFolder();
  const { DATABASE_URL: _url, KAFKA_BROKERS: _brokers, ...given } = process.env;
  // One client asks for all that the system can do.
  const env = { RATE_LIMIT_PER_MINUTE: '0', AUTH_REQUIRED: 'false', ...given };
  const forget = () => rm(folder, { recursive: true, force: true });
  try {
    const system = await startSystem({ folder, env, onProgress, only: 'embedded' });
    return {
      billing: system.billing,
      payment: system.payment,
      gateway: system.gateway,
      adminUrl: system.adminUrl,
      pids: () =>
        Object.fromEntries(
          readRecords(folder).map(({ name, pid }) => [name === 'PostgreSQL' ? 'postgres' : name.toLowerCase(), pid]),
        ),
      pauseBilling: () => system.pause('billing'),
      async [Symbol.asyncDispose]() {
        await system.stop();
        await forget();
      },
    };
  } catch (error) {
    await forget();
    throw error;
  }
}
