import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/keep-stack.ts', import.meta.url));

export interface Keeper {
  readonly coordinates: string;
  /** Stops the stack and waits until nothing of it is left. */
  release(): Promise<void>;
}

/** Starts a stack in a process that outlives this one by just the time that it takes to stop it. */
export async function startKeeper(): Promise<Keeper> {
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Away from the terminal's Ctrl-C, which would end it before its servers.
    detached: true,
    // Options for jest are none for it.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const coordinates = await firstLine(child);
  return {
    coordinates,
    release: async () => {
      child.stdin?.end();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The test stack did not start (exit code ${code}); see above.`)));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });
}
