import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { isPortFree } from '../src/ports.ts';
import { isAlive, type ProcessRecord, readRecords } from '../src/processes.ts';
import { provision } from '../src/provision.ts';
import { type Death, type Stack, startStack } from '../src/stack.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

const START_TIMEOUT_MS = 120_000;
const holder = fileURLToPath(new URL('support/start-and-hold.ts', import.meta.url));

async function sql<T>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed fails the statement; the connection's own complaint adds nothing.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const env = { ...process.env, DATABASE_URL: '', KAFKA_BROKERS: '' };
const start = (folder: string, lines: string[] = []): Promise<Stack> =>
  startStack({ folder, keep: true, only: 'embedded', env, onProgress: (line) => lines.push(line) });

/** Starts a stack in another process, leaves a table behind, and kills that process outright. */
async function startAndKillTheStarter(folder: string): Promise<ProcessRecord[]> {
  const starter: ChildProcess = spawn(process.execPath, [holder, folder], {
    env: { ...env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(starter, 'exit');
  const lines = createInterface({ input: starter.stdout ?? process.stdin });
  const [adminUrl] = await Promise.race([once(lines, 'line'), gone]);
  await sql(adminUrl, 'create table kept (n int); insert into kept values (7)');
  starter.kill('SIGKILL');
  await gone;
  return readRecords(folder);
}

describe('an embedded stack whose starter was killed', () => {
  const folder = scratchFolder();
  const told: string[] = [];
  let orphans: ProcessRecord[];
  let stack: Stack;

  beforeAll(async () => {
    orphans = await startAndKillTheStarter(folder);
    expect(
      orphans
        .filter(isAlive)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Kafka', 'PostgreSQL']);
    stack = await start(folder, told);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await stack.stop();
    removeScratch();
  }, START_TIMEOUT_MS);

  test('has its servers stopped by the next start, which says so', () => {
    expect(orphans.filter(isAlive)).toEqual([]);
    expect(told[0]).toMatch(/^stopped what an earlier run left behind: .*(PostgreSQL, Kafka|Kafka, PostgreSQL)$/);
  });

  test('still has what was committed', async () => {
    expect(await sql(stack.postgres.adminUrl, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('is PostgreSQL 18, durable, in UTC, with room for the tests', async () => {
    const shown = await sql<Record<string, string>>(
      stack.postgres.adminUrl,
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync,
              current_setting('timezone') as zone, current_setting('max_connections') as connections`,
    );
    expect(shown).toEqual([{ version: 18, fsync: 'on', zone: 'UTC', connections: '300' }]);
  });

  test('knows the time zones of the world', async () => {
    const query = `select timestamptz '2026-11-21 20:00Z' at time zone 'Asia/Jakarta' = '2026-11-22 03:00' as late`;
    expect(await sql(stack.postgres.adminUrl, query)).toEqual([{ late: true }]);
  });

  test('refuses a second starter in the same folder while it runs', async () => {
    await expect(start(folder)).rejects.toThrow(`already runs in ${folder}, by process ${process.pid}`);
    expect(await sql(stack.postgres.adminUrl, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('is used, and left running, when given by its addresses', async () => {
    const given = await startStack({
      folder: scratchFolder(),
      keep: false,
      env: { DATABASE_URL: stack.postgres.adminUrl, KAFKA_BROKERS: stack.kafka.brokers.join(', ') },
    });
    expect(given).toMatchObject({ kind: 'given', postgres: stack.postgres, kafka: stack.kafka });
    await given.stop();
    expect(await sql(stack.postgres.adminUrl, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('is provisioned again without harm, with the passwords given last', async () => {
    const { adminUrl } = stack.postgres;
    const first = await provision(adminUrl, { database: 'tenor', passwords: { billing: 'one', payment: 'two' } });
    await sql(first.billingUrl, 'create table billing.mine (n int)');
    const again = await provision(adminUrl, { database: 'tenor', passwords: { billing: "o'1/%@:", payment: 'two' } });
    expect(await sql(again.billingUrl, 'select n from billing.mine')).toEqual([]);
    await expect(sql(first.billingUrl, 'select 1')).rejects.toThrow('password authentication failed');
    await expect(sql(again.paymentUrl, 'select n from billing.mine')).rejects.toThrow('permission denied for schema');
  });

  test(
    'leaves no process and no open port when stopped, and has its data at the next start',
    async () => {
      const processes = readRecords(folder);
      expect(processes).toHaveLength(2);
      const port = new URL(stack.postgres.adminUrl).port;
      await stack.stop();
      expect(processes.filter(isAlive)).toEqual([]);
      expect(await isPortFree(Number.parseInt(port, 10))).toBe(true);
      expect([readRecords(folder), existsSync(join(folder, 'owner.json'))]).toEqual([[], false]);

      stack = await start(folder);
      expect(new URL(stack.postgres.adminUrl).port).toBe(port);
      expect(await sql(stack.postgres.adminUrl, 'select n from kept')).toEqual([{ n: 7 }]);
      expect(readFileSync(join(folder, 'logs', 'postgres.log'), 'utf8')).not.toContain('PANIC');
    },
    START_TIMEOUT_MS,
  );

  test(
    'has what was committed after kill -9 of Postgres with a statement under way, and tells nobody of the death',
    async () => {
      const deaths: Death[] = [];
      stack.onDeath((death) => deaths.push(death));
      const cutOff = sql(stack.postgres.adminUrl, 'select pg_sleep(30)').catch((error: Error) => error.message);
      const underWay = `select from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'`;
      while ((await sql(stack.postgres.adminUrl, underWay)).length === 0);
      await sql(stack.postgres.adminUrl, 'insert into kept values (8)');
      await stack.crashable?.postgres.kill();
      await expect(sql(stack.postgres.adminUrl, 'select 1')).rejects.toThrow('ECONNREFUSED');
      expect(await cutOff).toMatch(/terminated|ECONNRESET/);
      await stack.crashable?.postgres.start();
      expect(await sql(stack.postgres.adminUrl, 'select n from kept order by n')).toEqual([{ n: 7 }, { n: 8 }]);
      expect(readFileSync(join(folder, 'logs', 'postgres.log'), 'utf8')).toContain('was not properly shut down');
      expect(deaths).toEqual([]);
    },
    START_TIMEOUT_MS,
  );

  test('tells when a server ends by itself', async () => {
    const death = new Promise((resolve) => stack.onDeath(resolve));
    const kafka = readRecords(folder).find(({ name }) => name === 'Kafka');
    process.kill(kafka?.pid ?? 0, 'SIGKILL');
    expect(await death).toMatchObject({ name: 'Kafka', how: 'SIGKILL' });
  });
});
