import { Readable } from 'node:stream';
import {
  auditLogMigration,
  createLogger,
  kitMigration,
  migrate,
  openDatabase,
  refuse,
  statement,
} from '@tenor/service-kit';
import { createTestTenant } from '@tenor/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  type AnyRowKind,
  type RowJobsOptions,
  type RowKind,
  receiveFile,
  rowJobsMigration,
  rowLimits,
  submitFile,
} from '../src/index.ts';

class Effects1763700000999 implements MigrationInterface {
  name = 'Effects1763700000999';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create table billing.effects (name text not null)');
    await queryRunner.query(
      'create table billing.customers (id uuid primary key, outbox_position bigint not null default 0)',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations only go forward');
  }
}

const insertEffects = statement('effects_insert', 'insert into effects (name) select unnest($1::text[])');
const lockNames = statement('names_lock', 'select pg_advisory_xact_lock(1)');
const selectTaken = statement('names_taken', 'select name from effects where name = any($1::text[])');
const selectEffects = statement('effects_select', 'select name from effects order by name');

/** A database with jobs, and a kind whose rows only leave their names. */
export async function startJobsTest(name: string) {
  const tenant = await createTestTenant(name);
  const database = await openDatabase({
    url: tenant.billingUrl,
    schema: 'billing',
    poolSize: 6,
    migrations: [
      kitMigration('billing'),
      auditLogMigration('billing'),
      rowJobsMigration('billing'),
      Effects1763700000999,
    ],
    applicationName: 'row-jobs-test',
  });
  await migrate(database);
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return {
    database,
    lines,
    options: (kind: AnyRowKind, more: Partial<RowJobsOptions> = {}): RowJobsOptions => ({
      database,
      logger,
      kinds: [kind],
      limits: rowLimits(10_000),
      secret: 'a-key-for-tests-only',
      ...more,
    }),
    /** Queues a CSV file with these names for rows. */
    async queue(kind: AnyRowKind, names: readonly string[]): Promise<string> {
      const text = ['name', ...names].join('\n');
      const file = await receiveFile(database, 'test', Readable.from([Buffer.from(text)]), 10_000_000);
      const context = { caller: { id: 'test', roles: [] }, requestId: 'test' };
      await submitFile(database, context, file, { kind: kind.name, format: 'csv', parameters: {} });
      return file.id;
    },
    effects: async () => (await database.query<{ name: string }>(selectEffects)).map(({ name }) => name),
    async query<Row>(text: string): Promise<Row[]> {
      return (await database.dataSource.query(text)) as Row[];
    },
    async stop() {
      await database.close();
      await tenant.drop();
    },
  };
}
export type JobsTest = Awaited<ReturnType<typeof startJobsTest>>;

/** A row leaves its name; one named `refused…` is refused. `onPerform` may throw, or wait. */
export function namesKind(onPerform: (names: readonly string[]) => unknown = () => undefined): RowKind<string> {
  return {
    name: 'names',
    columns: [{ name: 'name', required: true }],
    rowsPerChunk: 5,
    read({ cells }) {
      const name = cells['name'] ?? '';
      if (name.startsWith('unreadable')) throw new Error(`secret ${name}`);
      return name;
    },
    identify: (name) => ({ key: name, content: name }),
    async perform(uow, names) {
      const good = names.filter((name) => !name.startsWith('refused'));
      uow.write(insertEffects, [good]);
      await onPerform(names);
      return names.map((name) =>
        good.includes(name) ? { result: { name } } : refuse('state_conflict', 'It does not want to.'),
      );
    },
  };
}

/** A name is there once: under a lock, as customers' are, one that has been left is refused. */
export function uniqueNamesKind(beforeLock: () => Promise<unknown>): RowKind<string> {
  return {
    ...namesKind(),
    read({ cells }) {
      return cells['name'] ?? '';
    },
    identify: (name) => ({ key: name.split('=')[0] ?? '', content: name }),
    async perform(uow, rows) {
      await beforeLock();
      await uow.query(lockNames, []);
      const names = rows.map((row) => row.split('=')[0] ?? '');
      const taken = (await uow.query<{ name: string }>(selectTaken, [names])).map(({ name }) => name);
      uow.write(insertEffects, [names.filter((name) => !taken.includes(name))]);
      return names.map((name) =>
        taken.includes(name) ? refuse('already_exists', 'The name is there already.') : { result: { name } },
      );
    },
  };
}

export const numbered = (count: number, prefix = 'n'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(5, '0')}`);
