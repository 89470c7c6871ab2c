import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Database, openDatabase, type Sql } from '../src/database.ts';
import { isEnvironmentFault } from '../src/errors.ts';
import { newId } from '../src/ids.ts';
import { hasPendingMigrations, migrate } from '../src/migrate.ts';
import { instantOf, textList } from '../src/pg-types.ts';
import { statement } from '../src/statement.ts';
import { addEffect, allEffects, type Fixture, openFixture } from './data-fixture.ts';

let fixture: Fixture;
let database: Database;
beforeAll(async () => {
  fixture = await openFixture('database');
  database = fixture.database;
});
afterAll(() => fixture.close());

const ownPid = statement('test_pid', 'select pg_backend_pid() as pid');

async function terminate(pid: number): Promise<void> {
  const admin = new pg.Client({ connectionString: fixture.adminUrl });
  await admin.connect();
  await admin.query('select pg_terminate_backend($1)', [pid]);
  await admin.end();
}

describe('values', () => {
  test('come as exact types', async () => {
    const types = statement(
      'test_types',
      `select 9007199254740993::bigint as big, 0.10::numeric as amount, date '2026-02-28' as day, 7::integer as small,
         timestamptz '2026-11-21 09:50:05.12+02' as instant, array[1, null]::bigint[] as bigs,
         array[date '2026-01-01'] as days, array[timestamptz '2026-01-01 00:00:00+00'] as instants,
         array[0.10]::numeric[] as amounts, '{"a": [1]}'::jsonb as data, null::bigint as none`,
    );
    expect(await database.query(types)).toEqual([
      {
        big: 9007199254740993n,
        amount: '0.10',
        day: '2026-02-28',
        small: 7,
        instant: '2026-11-21T07:50:05.120000Z',
        bigs: [1n, null],
        days: ['2026-01-01'],
        instants: ['2026-01-01T00:00:00.000000Z'],
        amounts: ['0.10'],
        data: { a: [1] },
        none: null,
      },
    ]);
  });

  test.each([
    ['2026-11-21 07:50:05+00', '2026-11-21T07:50:05.000000Z'],
    ['2026-11-21 07:50:05.123456+00', '2026-11-21T07:50:05.123456Z'],
  ])('reads %s as %s', (text, instant) => expect(instantOf(text)).toBe(instant));

  test.each(['infinity', '2026-11-21 07:50:05+02'])('refuses %s as an instant', (text) => {
    expect(() => instantOf(text)).toThrow('Not an instant');
  });

  test.each([
    { texts: [] },
    { texts: ['', ' ', 'null', 'NULL', '{}'] },
    { texts: ['{"a":"b\\\\c, \\"d\\""}', "it's", 'ß – € – 😀', 'line\nline\ttab'] },
  ])('are sent as a list of text as they are: $texts', async ({ texts }) => {
    const echoed = await database.query(statement('test_text_list', 'select $1::text[] as texts'), [textList(texts)]);
    expect(echoed).toEqual([{ texts }]);
  });

  test('leave the rest of the process as it was', () => {
    expect(pg.types.getTypeParser(20)('1')).toBe('1');
  });
});

describe('statements', () => {
  test('are prepared once per connection', async () => {
    const prepared = statement('test_prepared', `select count(*) as times from pg_prepared_statements where name = $1`);
    const seen = await database.transaction(async (sql) => {
      await sql.query(prepared, ['test_prepared']);
      return sql.query(prepared, ['test_prepared']);
    });
    expect(seen).toEqual([{ times: 1n }]);
  });

  test('cannot share a name', () => {
    expect(() => statement('test_pid', 'select 2')).toThrow('Two statements');
    expect(() => statement('x'.repeat(64), 'select 3')).toThrow('wrong length');
  });
});

describe('a connection', () => {
  test('has the time-outs, zone and schema of the service', async () => {
    const settings = statement(
      'test_settings',
      `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
         current_setting('transaction_timeout') as transaction,
         current_setting('idle_in_transaction_session_timeout') as idle, current_setting('TimeZone') as zone, current_schema() as schema`,
    );
    expect(await database.query(settings)).toEqual([
      { lock: '5s', statement: '10s', transaction: '15s', idle: '7s', zone: 'UTC', schema: 'billing' },
    ]);
  });

  test('that broke in a transaction is an environment fault, and is not used again', async () => {
    let pid = 0;
    const broken = database.transaction(async (sql) => {
      const [row] = await sql.query<{ pid: number }>(ownPid);
      pid = row?.pid ?? 0;
      await terminate(pid);
      await sleep(20);
      await sql.query(ownPid);
    });
    const error = await broken.catch((caught: unknown) => caught);
    expect(isEnvironmentFault(error)).toBe(true);
    const pids = await Promise.all(Array.from({ length: 20 }, () => database.query<{ pid: number }>(ownPid)));
    expect(pids.flat().map((row) => row.pid)).not.toContain(pid);
  });

  test('whose prepared statement is older than its table is an environment fault, and is not used again', async () => {
    const one = await openDatabase({ ...fixture.options, poolSize: 1 });
    const all = statement('test_stale_plan', 'select * from stale');
    await database.dataSource.query('create table stale (id integer)');
    await one.query(all);
    await database.dataSource.query('alter table stale add column note text');
    const error = await one.transaction((sql) => sql.query(all)).catch((thrown: unknown) => thrown);
    expect(isEnvironmentFault(error)).toBe(true);
    expect(await one.query(all)).toEqual([]);
    await one.close();
  });

  test('is given back after every failure', async () => {
    const failing = statement('test_failing', 'select 1 / $1::integer');
    for (let round = 0; round < 30; round += 1) {
      await expect(database.query(failing, [0])).rejects.toThrow('division by zero');
      await expect(database.transaction((sql) => sql.query(failing, [0]))).rejects.toThrow('division by zero');
    }
    expect(database.poolCounts().totalCount - database.poolCounts().idleCount).toBe(0);
  });

  test('takes no statement after the end of its transaction', async () => {
    const leaked: Sql[] = [];
    await database.transaction(async (sql) => {
      leaked.push(sql);
    });
    await expect(leaked[0]?.query(ownPid)).rejects.toThrow('after the end');
  });

  test('shows others nothing before the commit', async () => {
    const subject = newId();
    const subjects = async () =>
      (await database.query<{ subject: string }>(allEffects)).map((effect) => effect.subject);
    await database.transaction(async (sql) => {
      await sql.query(addEffect, [null, subject, '']);
      expect(await subjects()).not.toContain(subject);
    });
    expect(await subjects()).toContain(subject);
  });
});

describe('migrations', () => {
  test('have all run, and run once also when started together', async () => {
    expect(await hasPendingMigrations(database)).toBe(false);
    const ran = await Promise.all([migrate(database), migrate(await fixture.another())]);
    expect(ran).toEqual([[], []]);
  });

  test('are not started in a schema whose name is not a plain one', async () => {
    await expect(openDatabase({ ...fixture.options, schema: 'a; drop' })).rejects.toThrow('plain schema name');
  });
});
