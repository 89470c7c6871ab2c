import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { repositoryRoot } from '@tenor/local-stack';
import pg from 'pg';
import { pgbenchVersion } from './pgbench.ts';
import { rounded } from './samples.ts';

/** What a reader must know of the machine to read the figures. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_mb: number;
  readonly kernel: string;
  readonly node: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly pgbench: string | null;
  readonly commit: string;
  /** Over 1, 5 and 15 minutes before the run: what else the machine had to do. */
  readonly load_average_before: readonly number[];
  readonly postgres_settings: Readonly<Record<string, string>>;
}

const SETTINGS = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_connections'];

export async function machineFacts(adminUrl: string, loadBefore: readonly number[]): Promise<MachineFacts> {
  const [first] = cpus();
  const { version, settings } = await postgresFacts(adminUrl);
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_mb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    postgres: version,
    kafka: kafkaVersion(),
    pgbench: await pgbenchVersion(),
    commit: await commit(),
    load_average_before: loadBefore.map((load) => rounded(load, 2)),
    postgres_settings: settings,
  };
}

export const loadNow = (): readonly number[] => loadavg();

async function postgresFacts(url: string): Promise<{ version: string; settings: Record<string, string> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      'select name, current_setting(name) as value from unnest($1::text[]) as name',
      [['server_version', ...SETTINGS]],
    );
    const { server_version: version = '', ...settings } = Object.fromEntries(
      rows.map(({ name, value }) => [name, value]),
    );
    return { version, settings };
  } finally {
    await client.end();
  }
}

function kafkaVersion(): string {
  const pom = readFileSync(`${repositoryRoot}/packages/local-stack/kafka/pom.xml`, 'utf8');
  return /kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1] ?? 'unknown';
}

/** The commit, marked where the tree differs from it. */
async function commit(): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: repositoryRoot })).stdout.trim();
  try {
    const dirty = (await git('status', '--porcelain', '--untracked-files=no')) === '' ? '' : ' with changes';
    return `${await git('rev-parse', '--short', 'HEAD')}${dirty}`;
  } catch {
    return 'unknown';
  }
}
