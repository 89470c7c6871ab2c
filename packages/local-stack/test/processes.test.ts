import { join } from 'node:path';
import { type Launched, lastLines, launch } from '../src/launch.ts';
import { identityOf, isAlive, type ProcessRecord, readRecords, stopProcess, stopRecorded } from '../src/processes.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

afterAll(removeScratch);

const polite = [{ signal: 'SIGTERM', graceMs: 100 }] as const;

/** Starts a small Node program, and returns when it has said that it is up. */
async function run(folder: string, script: string): Promise<Launched> {
  const logFile = join(folder, 'program.log');
  const launched = await launch(folder, {
    name: 'program',
    command: process.execPath,
    args: ['-e', `${script}; process.stdout.write('up\\n'); setInterval(() => undefined, 1000)`, folder],
    cwd: folder,
    env: {},
    logFile,
    marker: folder,
    stop: polite,
  });
  while (!lastLines(logFile).includes('up')) await new Promise((resolve) => setTimeout(resolve, 20));
  return launched;
}

function recordOf(folder: string): ProcessRecord {
  const [record] = readRecords(folder);
  if (!record) throw new Error('nothing is recorded');
  return record;
}

describe('a launched process', () => {
  test('is recorded while it runs, and not after', async () => {
    const folder = scratchFolder();
    const launched = await run(folder, '');
    expect(recordOf(folder)).toMatchObject({ name: 'program', pid: launched.pid, marker: folder });
    await launched.stop();
    expect(await launched.ended).toBe('SIGTERM');
    expect(readRecords(folder)).toEqual([]);
  });

  test('is killed when it does not heed the polite signal', async () => {
    const launched = await run(scratchFolder(), "process.on('SIGTERM', () => undefined)");
    await launched.stop();
    expect(await launched.ended).toBe('SIGKILL');
  });

  test('is refused with the reason when the program does not exist', async () => {
    const folder = scratchFolder();
    const program = {
      name: 'none',
      command: join(folder, 'none'),
      args: [],
      cwd: folder,
      marker: folder,
      stop: polite,
    };
    await expect(launch(folder, { ...program, logFile: join(folder, 'log') })).rejects.toThrow(
      /none did not start.*ENOENT/,
    );
  });
});

describe('a recorded process', () => {
  test.each([
    { what: 'another start time', change: { startedAt: '1' } },
    { what: 'another command line', change: { marker: '/somewhere/else' } },
  ])('is left alone when the pid now has $what', async ({ change }) => {
    const folder = scratchFolder();
    const launched = await run(folder, '');
    const record = recordOf(folder);
    await stopProcess({ ...record, ...change });
    expect(isAlive(record)).toBe(true);
    await launched.stop();
  });

  test('is stopped with all others of its folder, and none is named twice', async () => {
    const folder = scratchFolder();
    const launched = [await run(folder, ''), await run(folder, '')];
    expect(await stopRecorded(folder)).toEqual(['program', 'program']);
    expect(launched.map(({ pid }) => identityOf(pid))).toEqual([undefined, undefined]);
    expect(await stopRecorded(folder)).toEqual([]);
  });
});
