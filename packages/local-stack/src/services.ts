import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Launched, lastLines, launch, type Program } from './launch.ts';
import { repositoryRoot } from './paths.ts';
import { StackError } from './stack-error.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const PROBE_TIMEOUT_MS = 2_000;
// As in deploy/Dockerfile. Left to itself V8 takes hundreds of megabytes before it collects, because the machine has them.
const HEAP = ['--max-old-space-size=128', '--max-semi-space-size=8'];
// The services finish their requests and batches within SHUTDOWN_TIMEOUT_MS, which is shorter.
const STOP = [{ signal: 'SIGTERM', graceMs: 15_000 }] as const;

export interface ServiceProgram {
  readonly name: string;
  /** The compiled program, relative to the repository. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

function programOf(folder: string, service: ServiceProgram, env: NodeJS.ProcessEnv): Program {
  const script = join(repositoryRoot, service.script);
  if (!existsSync(script)) throw new StackError(`${service.script} is missing: run npm start, which compiles it.`);
  // The admin's own DATABASE_URL is no business of a service.
  const { DATABASE_URL: _admin, NODE_OPTIONS: _options, ...inherited } = env;
  return {
    name: service.name,
    command: process.execPath,
    args: ['--conditions=compiled', ...HEAP, script],
    cwd: join(repositoryRoot, service.script, '..', '..'),
    env: { ...inherited, ...service.env },
    logFile: join(folder, 'logs', `${service.name}.log`),
    marker: script,
    stop: STOP,
  };
}

/** Runs a program to its end. Throws a StackError with the end of its log when it fails. */
export async function runToEnd(folder: string, service: ServiceProgram, env: NodeJS.ProcessEnv): Promise<void> {
  const running = await launch(folder, programOf(folder, service, env));
  const how = await running.ended;
  if (how !== 'exit code 0') throw new StackError(`${service.name} failed (${how}):\n${lastLines(running.logFile)}`);
}

/** Starts a service and returns when its /readyz says yes. */
export async function startService(
  folder: string,
  service: ServiceProgram,
  options: { url: string; env: NodeJS.ProcessEnv },
): Promise<Launched> {
  const running = await launch(folder, programOf(folder, service, options.env));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(options.url))) {
    if (running.hasEnded()) {
      throw new StackError(`${service.name} ended while it started:\n${lastLines(running.logFile)}`);
    }
    if (performance.now() > deadline) {
      throw new StackError(
        `${service.name} was not ready after ${READY_TIMEOUT_MS / 1000} s:\n${lastLines(running.logFile)}`,
      );
    }
    await sleep(READY_POLL_MS);
  }
  return running;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}
