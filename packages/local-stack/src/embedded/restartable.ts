import type { Launched } from '../launch.ts';
import type { CrashableServer, Death } from '../stack.ts';

interface RestartableServer extends CrashableServer {
  /** Calls back when it ends though nobody here ended it, in this run or a later one. */
  onDeath(listener: (death: Death) => void): void;
  stop(): Promise<void>;
}

/** A running server that can be killed, and run again by `runAgain`; what it held on disk decides what it then has. */
export function restartable(first: Launched, runAgain: () => Promise<Launched>): RestartableServer {
  const listeners: ((death: Death) => void)[] = [];
  const endedByUs = new WeakSet<Launched>();
  let current = first;
  const watch = (run: Launched, listener: (death: Death) => void): void => {
    const { name, logFile, ended } = run;
    ended.then((how) => endedByUs.has(run) || listener({ name, how, logFile }));
  };
  return {
    onDeath(listener) {
      listeners.push(listener);
      watch(current, listener);
    },
    async kill() {
      endedByUs.add(current);
      await current.kill();
    },
    async start() {
      if (!current.hasEnded()) throw new Error(`${current.name} still runs`);
      current = await runAgain();
      for (const listener of listeners) watch(current, listener);
    },
    async stop() {
      endedByUs.add(current);
      await current.stop();
    },
  };
}
