import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually, type StackCoordinates, testStack } from '@tenor/testing';
import startStack from '../src/jest/start-stack.ts';

const START_TIMEOUT_MS = 120_000;
const holder = fileURLToPath(new URL('support/hold-keeper.ts', import.meta.url));

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('the stack of a jest run', () => {
  test(
    'is gone with its folder when jest is killed outright',
    async () => {
      // Embedded, even where a Docker engine runs the tests: what is to be gone is told by pid.
      const env = { ...process.env, NODE_OPTIONS: '', TENOR_TEST_STACK: '', DOCKER_HOST: 'unix:///nowhere.sock' };
      const jest = spawn(process.execPath, [holder], { env, stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        const [line] = await Promise.race([once(createInterface(jest.stdout), 'line'), once(jest, 'exit')]);
        const { folder } = JSON.parse(line) as StackCoordinates;
        const records = JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8')) as { pid: number }[];
        const pids = records.map(({ pid }) => pid);
        expect(pids).toHaveLength(2);

        jest.kill('SIGKILL');
        await eventually(() => !existsSync(folder) && !pids.some(isRunning), { timeoutMs: 20_000 });
      } finally {
        jest.kill('SIGKILL');
      }
    },
    START_TIMEOUT_MS,
  );

  test('is the one that TENOR_TEST_STACK names, where it is set', async () => {
    const before = testStack();
    await startStack();
    expect(testStack()).toEqual(before);
  });
});
