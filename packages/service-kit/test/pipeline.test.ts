import { type Database, openDatabase } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { statement } from '../src/statement.ts';
import { addEffect, allEffects, type Effect, type Fixture, newCustomer, openFixture } from './data-fixture.ts';

const lock = statement('test_pipeline_lock', 'select id from customers where id = $1 for update');
const position = statement('test_pipeline_position', 'select outbox_position from customers where id = $1');
const advance = statement('test_pipeline_advance', 'update customers set outbox_position = 7 where id = $1');
const divide = statement('test_pipeline_divide', 'select 1 / $1::integer as quotient');

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
