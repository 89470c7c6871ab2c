import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.ts';

/** What Node compiles of a program is kept for its next start, which then takes half the processor's time. */
const COMPILE_CACHE = join(tmpdir(), 'tenor-testing-compiled');

/** All that a program of ours is given of this process's environment. */
export const bareEnvironment = () => ({ PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE });

const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
const LINES_TOLD = 40;

export interface ServiceProcess {
  readonly pid: number;
  /** Whether it has ended, by whatever cause. */
  hasEnded(): boolean;
  /** The end of what it has written. */
  output(): string;
  /** The lines that it has written so far, to both its streams. */
  lines(): readonly string[];
  /** Asks it to stop and waits; after 20 s it is killed and the call rejects, since a service must end by itself. */
  stop(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Runs a TypeScript program as production would, in a process of its own, with nothing of this process's environment
 * but PATH, and nothing of an earlier run but what was compiled. Resolves once `url`/readyz answers 2xx; rejects with
 * the end of its output when it ends before, or is not ready within 90 s.
 */
export async function startServiceProcess(
  script: string,
  { url, environment }: { url: string; environment: Readonly<Record<string, string>> },
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [script], {
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const told = () => lines.slice(-LINES_TOLD).join('\n');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let isReady = false;
  await eventually(
    async () => {
      isReady = !hasEnded() && (await fetch(`${url}/readyz`)).ok;
      return isReady || hasEnded();
    },
    { timeoutMs: READY_TIMEOUT_MS },
  ).catch(() => undefined);
  if (!isReady || child.pid === undefined) {
    await end(child, 'SIGKILL');
    throw new Error(`${script} did not become ready:\n${told()}`);
  }
  return {
    pid: child.pid,
    hasEnded,
    output: told,
    lines: () => lines,
    kill: () => end(child, 'SIGKILL'),
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await end(child, 'SIGTERM');
      clearTimeout(timer);
      if (child.signalCode === 'SIGKILL') throw new Error(`${script} did not stop by itself:\n${told()}`);
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
