import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { type Database, openDatabase } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { createPipeline } from '../src/pipeline.ts';
import { statement } from '../src/statement.ts';
import { addEffect, allEffects, type Effect, type Fixture, newCustomer, openFixture } from './data-fixture.ts';

const lock = statement('test_pipeline_lock', 'select id from customers where id = $1 for update');
const position = statement('test_pipeline_position', 'select outbox_position from customers where id = $1');
const advance = statement('test_pipeline_advance', 'update customers set outbox_position = 7 where id = $1');
const divide = statement('test_pipeline_divide', 'select 1 / $1::integer as quotient');

const circular: Record<string, unknown> = { amount: 1n };
circular['itself'] = circular;
const unspeakable = [
  { what: 'a circular object', value: circular },
  { what: 'a bigint in an object', value: { amount: 1n } },
  { what: 'a date that is none', value: new Date(Number.NaN) },
  { what: 'a date that is none in a list', value: ['2026-11-21', new Date(Number.NaN)] },
  {
    what: 'an object whose toJSON throws',
    value: {
      toJSON() {
        throw new Error('not to be said');
      },
    },
  },
];

let fixture: Fixture;
let database: Database;
beforeAll(async () => {
  fixture = await openFixture('pipeline');
  // One connection, so that what a failure leaves behind on it is met again.
  database = await openDatabase({ ...fixture.options, poolSize: 1 });
});
afterAll(async () => {
  await database.close();
  await fixture.close();
});

const notesOf = async (subject: string): Promise<string[]> =>
  (await database.query<Effect>(allEffects)).filter((effect) => effect.subject === subject).map(({ note }) => note);

describe('statements asked for together', () => {
  test('run in the order of asking', async () => {
    const subject = newId();
    await database.transaction(async (sql) => {
      for (const note of ['a', 'b', 'c']) sql.write(addEffect, [null, subject, note]);
    });
    expect(await notesOf(subject)).toEqual(['a', 'b', 'c']);
  });

  test('each see what was committed while the one before waited for a lock', async () => {
    const customerId = newId();
    await database.query(newCustomer, [customerId]);
    let reading: Promise<unknown> = Promise.resolve();
    await fixture.database.transaction(async (other) => {
      await other.query(lock, [customerId]);
      reading = database.transaction((sql) =>
        Promise.all([sql.query(lock, [customerId]), sql.query(position, [customerId])]),
      );
      await other.query(advance, [customerId]);
    });
    expect(await reading).toEqual([[{ id: customerId }], [{ outbox_position: 7n }]]);
  });

  test('wait for those under way, also those that undo them, so that the client never has two waiting', async () => {
    const subject = newId();
    const pause = statement('test_pipeline_pause', 'select pg_sleep(0.05)');
    const client = pg.Client.prototype as unknown as { _queryQueue: unknown[]; query(asked: unknown): unknown };
    const { query } = client;
    const before: number[] = [];
    client.query = function (this: typeof client, asked) {
      before.push(this._queryQueue.length);
      return query.call(this, asked);
    };
    const failing = database.transaction(async (sql) => {
      sql.write(pause);
      for (const note of ['a', 'b', 'c']) {
        await nextTurn();
        sql.write(addEffect, [null, subject, note]);
      }
      throw new Error('thought better of it');
    });
    await expect(failing).rejects.toThrow('thought better of it');
    client.query = query;
    expect(before).toEqual([0, 0, 0]);
    expect(await notesOf(subject)).toEqual([]);
  });

  test('are not run behind one that failed, and fail as it did', async () => {
    const unseen = statement('test_pipeline_unseen', 'select $1::text as text');
    const subject = newId();
    const outcomes = await database
      .transaction(async (sql) => {
        const asked = [sql.query(divide, [1]), sql.query(divide, [0]), sql.query(unseen, ['a'])];
        sql.write(addEffect, [null, subject, 'never']);
        return Promise.allSettled(asked);
      })
      .catch((error: Error) => error.message);
    expect(outcomes).toBe('division by zero');
    expect(await notesOf(subject)).toEqual([]);
    expect(await database.query(unseen, ['b'])).toEqual([{ text: 'b' }]);
    expect(await database.query(divide, [1])).toEqual([{ quotient: 1 }]);
  });
});

describe('a value that Postgres cannot be sent', () => {
  test.each(unspeakable)('$what fails its own statement alone, and nothing is committed', async ({ value }) => {
    const subject = newId();
    const read = statement('test_pipeline_unspeakable', 'select $1::text as value, $2::text as neighbour');
    const outcomes: PromiseSettledResult<unknown>[] = [];
    const failing = database.transaction(async (sql) => {
      sql.write(addEffect, [null, subject, 'never']);
      const asked = [sql.query(divide, [1]), sql.query(read, [value, 'a']), sql.query(divide, [-1])];
      outcomes.push(...(await Promise.allSettled(asked)));
    });
    await expect(failing).rejects.toThrow(/^Postgres cannot be sent the value of \$1: /);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: [{ quotient: 1 }] },
      { status: 'rejected', reason: expect.objectContaining({ name: 'TypeError' }) },
      { status: 'fulfilled', value: [{ quotient: -1 }] },
    ]);
    expect(await notesOf(subject)).toEqual([]);
    expect(await database.query(read, ['b', 'c'])).toEqual([{ value: 'b', neighbour: 'c' }]);
  });

  test('keeps a transaction from its commit though nobody waited for the statement', async () => {
    const subject = newId();
    const failing = database.transaction(async (sql) => {
      sql.write(addEffect, [null, subject, 'never']);
      sql.write(addEffect, [null, subject, circular]);
    });
    await expect(failing).rejects.toThrow('Postgres cannot be sent the value of $3');
    expect(await notesOf(subject)).toEqual([]);
  });

  test('fails a statement without a transaction, and the connection serves the next', async () => {
    await expect(database.query(divide, [circular])).rejects.toThrow('Postgres cannot be sent');
    expect(await database.query(divide, [1])).toEqual([{ quotient: 1 }]);
  });
});

describe('an answer of another kind', () => {
  test('to an empty statement has no rows, and the next ones get their own', async () => {
    const empty = statement('test_pipeline_empty', '');
    const asked = database.transaction((sql) => Promise.all([sql.query(empty), sql.query(divide, [1])]));
    expect(await asked).toEqual([[], [{ quotient: 1 }]]);
    expect(await database.query(empty)).toEqual([]);
  });

  test('which stops amid the rows fails the statement and those behind it', async () => {
    type Suspended = { handlePortalSuspended(connection: object): void };
    const query = (batch: Suspended): void => batch.handlePortalSuspended({ submittedNamedStatements: {} });
    const pipeline = createPipeline({ query } as never);
    const asked = [pipeline.query(divide, [1]), pipeline.query(divide, [2])];
    for (const rows of asked) await expect(rows).rejects.toThrow('Postgres stopped amid the rows');
  });

  test('a failure of the commit that ends a lone statement is the failure of the statement', async () => {
    const link = 'references customers (id) deferrable initially deferred';
    await database.dataSource.query(`create table late_checks (customer_id uuid ${link})`);
    const insert = statement('test_pipeline_late_check', 'insert into late_checks values ($1)');
    await expect(database.query(insert, [newId()])).rejects.toMatchObject({ code: '23503' });
  });
});

describe('a transaction', () => {
  test('is not committed after a failed write that nobody waited for', async () => {
    const subject = newId();
    const failing = database.transaction(async (sql) => {
      sql.write(addEffect, [null, subject, 'lost']);
      sql.write(divide, [0]);
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await notesOf(subject)).toEqual([]);
  });

  test('is not taken for committed after a failure that was caught', async () => {
    const subject = newId();
    const failing = database.transaction(async (sql) => {
      await sql.query(addEffect, [null, subject, 'lost']);
      await sql.query(divide, [0]).catch(() => undefined);
      return 'done';
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await notesOf(subject)).toEqual([]);
  });

  test('of no statement at all begins and ends', async () => {
    expect(await database.transaction(async () => 'nothing')).toBe('nothing');
  });
});
