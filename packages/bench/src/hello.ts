import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Hello extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

const START_TIMEOUT_MS = 20_000;

/** Runs the bare server in a process of its own. */
export async function startHello(): Promise<Hello> {
  const script = fileURLToPath(new URL('./bin/hello.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => end(child);
  try {
    const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
    if (child.pid === undefined) throw new Error('The bare server did not start');
    return { url: String(line).trim(), pid: child.pid, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
