import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { CONNECTIONS } from './load.ts';

/** The least SQL that the same durable work takes; each file of `yardstick/` is one. */
export const scripts = [
  'a_record_payment',
  'a1_record_payment_one_statement',
  'b_apply_payment',
  'b1_apply_payment_one_statement',
  'c_create_loan',
  'd_read_outstanding',
  'e_read_schedule',
] as const;
export type Script = (typeof scripts)[number];

export interface Pgbench {
  /** Transactions per second of one script; null where pgbench is not installed. Rejects when a transaction fails. */
  run(script: Script, length: string): Promise<number | null>;
  /** Begins with fresh tables. */
  reset(): Promise<void>;
}

const DATABASE = 'yardstick';
const THREADS = 2;
const RUN_TIMEOUT_MS = 60_000;

const fileOf = (name: string): string => fileURLToPath(new URL(`../yardstick/${name}.sql`, import.meta.url));

/** Makes a database of its own on the server and fills it with `loans` loans of 50 instalments. */
export async function preparePgbench(adminUrl: string, loans: number): Promise<Pgbench> {
  await inDatabase(adminUrl, async (admin) => {
    await admin.query(`drop database if exists ${DATABASE}`);
    await admin.query(`create database ${DATABASE}`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${DATABASE}`;
  return {
    run: (script, length) => runScript(url, script, length, loans),
    reset: () =>
      inDatabase(url.href, async (client) => {
        const text = readFileSync(fileOf('schema'), 'utf8').replaceAll(':loans', String(loans));
        // One by one: a vacuum is refused among others.
        for (const statement of text.split(/;\s*\n/)) if (statement.trim() !== '') await client.query(statement);
      }),
  };
}

async function inDatabase(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function runScript(url: URL, script: Script, length: string, loans: number): Promise<number | null> {
  const options = ['--no-vacuum', '--protocol=prepared', `--client=${CONNECTIONS}`, `--jobs=${THREADS}`];
  const server = [`--host=${url.hostname}`, `--port=${url.port}`, `--username=${url.username}`];
  const work = [length, `--define=loans=${loans}`, `--file=${fileOf(script)}`];
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(url.password) };
  const output = await outputOf('pgbench', [...options, ...server, ...work, DATABASE], env);
  if (output === undefined) return null;
  const perSecond = /^tps = ([\d.]+)/m.exec(output)?.[1];
  const failed = /number of failed transactions: (\d+)/.exec(output)?.[1] ?? '0';
  if (perSecond === undefined || failed !== '0') throw new Error(`pgbench ${script} failed:\n${output}`);
  return Number(perSecond);
}

/** All that a program writes; undefined when there is no such program. Rejects when it fails. */
function outputOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      timeout: RUN_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    );
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}:\n${output}`)),
    );
  });
}

/** As pgbench tells it; null where it is not installed. */
export async function pgbenchVersion(): Promise<string | null> {
  const output = await outputOf('pgbench', ['--version'], process.env);
  return output === undefined ? null : output.trim();
}
