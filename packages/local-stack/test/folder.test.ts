import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder, ownerOf, releaseFolder, temporaryFolder } from '../src/folder.ts';
import { identityOf } from '../src/processes.ts';
import { resetFolder } from '../src/reset.ts';
import { runningSystem, writeRunning } from '../src/running.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

afterAll(removeScratch);

const system = {
  gateway: 'http://g',
  billing: 'http://b',
  payment: 'http://p',
  notifications: 'http://127.0.0.1:8092',
  paymentProvider: 'http://m',
  brokers: ['k'],
  pids: { starter: 1 },
};

/** Makes the folder owned by a process that has ended. */
async function abandon(folder: string): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(identityOf(child.pid ?? 0)));
  expect(ownerOf(folder)).toMatchObject({ pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the folder of a stack', () => {
  test('has one living owner at a time', async () => {
    const folder = scratchFolder();
    await claimFolder(folder);
    await expect(claimFolder(folder)).rejects.toThrow('already runs');
    releaseFolder(folder);
    await claimFolder(folder);
    expect(ownerOf(folder)).toMatchObject({ pid: process.pid });
  });

  test.each([
    ['a dead process', abandon],
    ['half a file', async (folder: string) => writeFileSync(join(folder, 'owner.json'), '{"pid":')],
  ])('is taken over from %s', async (_, leave) => {
    const folder = scratchFolder();
    await leave(folder);
    await claimFolder(folder);
    expect(ownerOf(folder)).toMatchObject({ pid: process.pid });
  });

  test('tells of a running system only while its owner lives', async () => {
    const folder = scratchFolder();
    writeRunning(folder, system);
    expect(runningSystem(folder)).toBeUndefined();
    await claimFolder(folder);
    expect(runningSystem(folder)).toEqual(system);
  });

  test('is cleared by a reset, but for the downloads', async () => {
    const folder = scratchFolder();
    for (const name of ['cache', 'postgres', 'keys']) mkdirSync(join(folder, name));
    expect(await resetFolder(folder, {})).toContain(folder);
    expect(readdirSync(folder)).toEqual(['cache']);
  });

  test.each([
    { because: 'it runs', env: {}, claimed: true, says: 'already runs' },
    {
      because: 'the servers are not its own',
      env: { DATABASE_URL: 'postgres://x' },
      claimed: false,
      says: 'not your own',
    },
  ])('is not reset when $because', async ({ env, claimed, says }) => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'postgres'));
    if (claimed) await claimFolder(folder);
    await expect(resetFolder(folder, env)).rejects.toThrow(says);
    expect(existsSync(join(folder, 'postgres'))).toBe(true);
  });
});

describe('temporary folders', () => {
  test('of killed runs are swept when the next is made; those of living runs are not', async () => {
    const abandoned = mkdtempSync(join(tmpdir(), 'tenor-stack-'));
    const living = mkdtempSync(join(tmpdir(), 'tenor-stack-'));
    await abandon(abandoned);
    await claimFolder(living);
    const made = await temporaryFolder();
    expect([abandoned, living, made].map((folder) => existsSync(folder))).toEqual([false, true, true]);
    for (const folder of [living, made]) rmSync(folder, { recursive: true });
  });
});
