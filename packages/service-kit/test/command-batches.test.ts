import { createHash } from 'node:crypto';
import { paymentSettled } from '@tenor/contracts';
import type { CommandContext } from '../src/caller.ts';
import { type BatchedCommand, inBatches, type Locking } from '../src/command-batches.ts';
import { type Sql, statement } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { addEffect, allEffects, context, type Effect, newCustomer, openFixture, settled } from './data-fixture.ts';

const lockAll = statement(
  'test_lock_all',
  'select id from customers where id = any($1::uuid[]) order by id for update',
);
const lockFree = statement(
  'test_lock_free',
  'select id from customers where id = any($1::uuid[]) order by id for update skip locked',
);
const countEffects = statement('test_count_effects', 'select count(*) as effects from effects where subject = $1');
const outboxOf = statement('test_outbox_of', 'select payload from outbox where customer_id = $1');
const breakIt = statement('test_break_it', 'select 1 / 0');
const severIt = statement('test_sever_it', 'select pg_terminate_backend(pg_backend_pid())');
const holdKey = statement('test_hold_key', `insert into idempotency_keys (scope, request_hash) values ($1, '')`);

interface Note {
  readonly customerId: string;
  readonly note: string;
}

const fixture = await openFixture('batches');
const { database } = fixture;
afterAll(() => fixture.close());

/** The notes of each transaction, and how it locked. */
const transactions: { notes: string[]; locking: Locking }[] = [];
const told: string[] = [];

/** Leaves a note with a customer, once; refuses `not_found` and, for a note that says so, `state_conflict`. */
const noting: BatchedCommand<Note, string, undefined, { note: string }> = {
  customerOf: ({ customerId }) => customerId,
  async lock(sql, ids, locking) {
    transactions.push({ notes: [], locking });
    const rows = await sql.query<{ id: string }>(locking === 'wait' ? lockAll : lockFree, [ids]);
    return new Map(rows.map(({ id }) => [id, id]));
  },
  load: async () => undefined,
  async perform(sql, asked) {
    if (asked.some(({ command: { note } }) => note === 'broken')) await sql.query(breakIt);
    if (asked.some(({ command: { note } }) => note === 'severed')) sql.write(severIt);
    transactions.at(-1)?.notes.push(...asked.map(({ command: { note } }) => note));
    return asked.map(({ command: { customerId, note }, customer, uow }) => {
      uow.afterCommit(() => {
        if (note === 'told in vain') throw new TypeError('a bug');
        told.push(note);
      });
      uow.publish({
        contract: paymentSettled,
        subject: newId(),
        customerId,
        sequence: 1n,
        data: settled(customerId, note),
      });
      if (customer === undefined) return { refused: 'not_found', detail: 'nobody' };
      if (note === 'refused') return { refused: 'state_conflict', detail: 'no' };
      sql.write(addEffect, [newId(), customerId, note]);
      return { note };
    });
  },
};
const leaveNote = inBatches(database, noting);

async function customers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  for (const id of ids) await database.query(newCustomer, [id]);
  return ids;
}

const keyed = (scope: string, requestHash = 'same'): CommandContext => context({ scope, requestHash });

async function effectsOf(sql: Sql, customerId: string): Promise<number> {
  const [row] = await sql.query<{ effects: bigint }>(countEffects, [customerId]);
  return Number(row?.effects);
}

beforeEach(() => {
  transactions.length = 0;
  told.length = 0;
});

test('commands that come together share one transaction, and each has its own result, key and event', async () => {
  const ids = await customers(5);
  const outcomes = await Promise.all(
    ids.map((customerId, index) => leaveNote(keyed(customerId), { customerId, note: `n${index}` })),
  );
  expect(outcomes).toEqual(ids.map((_, index) => ({ result: { note: `n${index}` }, replayed: false })));
  expect(transactions).toEqual([{ notes: ['n0', 'n1', 'n2', 'n3', 'n4'], locking: 'skip' }]);
  expect(told).toEqual(['n0', 'n1', 'n2', 'n3', 'n4']);
  for (const [index, id] of ids.entries()) {
    const events = await database.query<{ payload: string }>(outboxOf, [id]);
    expect(events.map(({ payload }) => JSON.parse(payload).data.method)).toEqual([`n${index}`]);
  }
  const again = await leaveNote(keyed(ids[0] ?? ''), { customerId: ids[0] ?? '', note: 'another' });
  expect(again).toEqual({ result: { note: 'n0' }, replayed: true });
});

test('a refused command leaves nothing: no row, no event, no key, no callback; its neighbours succeed', async () => {
  const [first = '', second = ''] = await customers(2);
  const stranger = newId();
  const outcomes = await Promise.all([
    leaveNote(keyed(`${first} refused`), { customerId: first, note: 'refused' }),
    leaveNote(keyed(second), { customerId: second, note: 'kept' }),
    leaveNote(keyed(stranger), { customerId: stranger, note: 'nobody' }),
  ]);
  expect(outcomes).toMatchObject([{ refused: 'state_conflict' }, { replayed: false }, { refused: 'not_found' }]);
  expect(told).toEqual(['kept']);
  expect(await effectsOf(database, first)).toBe(0);
  expect(await database.query(outboxOf, [first])).toEqual([]);
  expect(await leaveNote(keyed(`${first} refused`, 'corrected'), { customerId: first, note: 'corrected' })).toEqual({
    result: { note: 'corrected' },
    replayed: false,
  });
});

test('a command that breaks does so alone', async () => {
  const ids = await customers(3);
  const notes = ['one', 'broken', 'three'];
  const outcomes = await Promise.allSettled(
    ids.map((customerId, index) => leaveNote(keyed(customerId), { customerId, note: notes[index] ?? '' })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await Promise.all(ids.map((id) => effectsOf(database, id)))).toEqual([1, 0, 1]);
});

test('who is locked by somebody else is waited for alone', async () => {
  const [locked = '', free = ''] = await customers(2);
  let release = (): void => {};
  const isHeld = new Promise<void>((held) => {
    void database.transaction(async (sql) => {
      await sql.query(lockAll, [[locked]]);
      held();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
  });
  await isHeld;
  const slow = leaveNote(keyed(locked), { customerId: locked, note: 'slow' });
  expect(await leaveNote(keyed(free), { customerId: free, note: 'fast' })).toMatchObject({ replayed: false });
  release();
  expect(await slow).toEqual({ result: { note: 'slow' }, replayed: false });
  expect(transactions.at(-1)).toEqual({ notes: ['slow'], locking: 'wait' });
});

test('two commands of one customer follow one another', async () => {
  const [customerId = ''] = await customers(1);
  const both = ['first', 'second'].map((note) => leaveNote(keyed(`${customerId} ${note}`), { customerId, note }));
  await Promise.all(both);
  expect(transactions.map(({ notes }) => notes)).toEqual([['first'], ['second']]);
});

test('one key at the same time in two processes has one effect; with another body it is a mismatch', async () => {
  const other = inBatches(await fixture.another(), noting);
  for (let round = 0; round < 10; round += 1) {
    const [customerId = '', someone = ''] = await customers(2);
    const [one, two, three] = await Promise.all([
      leaveNote(keyed(customerId), { customerId, note: 'once' }),
      other(keyed(customerId), { customerId, note: 'once' }),
      other(keyed(customerId, 'another body'), { customerId: someone, note: 'never' }).catch((error: unknown) => error),
    ]);
    const results = [one, two, three];
    const done = results.filter((outcome) => outcome !== null && typeof outcome === 'object' && 'replayed' in outcome);
    const effects = (await effectsOf(database, customerId)) + (await effectsOf(database, someone));
    expect(effects).toBe(1);
    expect(done.length + results.filter((each) => isMismatch(each)).length).toBe(3);
    expect(done.filter((outcome) => !(outcome as { replayed: boolean }).replayed)).toHaveLength(1);
  }
  const effects = await database.query<Effect>(allEffects);
  expect(effects.length).toBeGreaterThan(0);
});

test.each(['severed', 'told in vain'])('a batch that may have been committed is not run again: %s', async (note) => {
  const [customerId = ''] = await customers(1);
  await expect(leaveNote(context(), { customerId, note })).rejects.toThrow();
  expect(transactions).toEqual([{ notes: [note], locking: 'skip' }]);
  expect(await effectsOf(database, customerId)).toBe(note === 'severed' ? 0 : 1);
});

test('a key that somebody else is about to take holds up only who has it', async () => {
  const [waiting = '', free = ''] = await customers(2);
  const other = await fixture.another();
  let release = (): void => {};
  let holding: Promise<void> | undefined;
  await new Promise<void>((held) => {
    holding = other.transaction(async (sql) => {
      await sql.query(holdKey, [createHash('sha256').update(waiting, 'utf8').digest()]);
      held();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      throw new Error('not committed after all');
    });
  });
  const slow = leaveNote(keyed(waiting), { customerId: waiting, note: 'slow' });
  const fast = leaveNote(keyed(free), { customerId: free, note: 'fast' });
  expect(await fast).toMatchObject({ replayed: false });
  release();
  await expect(holding).rejects.toThrow('not committed after all');
  expect(await slow).toEqual({ result: { note: 'slow' }, replayed: false });
});

test('many commands of a locked customer leave connections to the others', async () => {
  const [locked = '', free = ''] = await customers(2);
  let release = (): void => {};
  const isHeld = new Promise<void>((held) => {
    void database.transaction(async (sql) => {
      await sql.query(lockAll, [[locked]]);
      held();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
  });
  await isHeld;
  const many = Array.from({ length: 40 }, (_, index) =>
    leaveNote(keyed(`${locked} ${index}`), { customerId: locked, note: `n${index}` }),
  );
  expect(await leaveNote(keyed(free), { customerId: free, note: 'fast' })).toMatchObject({ replayed: false });
  expect(database.poolCounts().totalCount - database.poolCounts().idleCount).toBeLessThanOrEqual(6);
  release();
  expect((await Promise.all(many)).every((outcome) => 'result' in outcome)).toBe(true);
  expect(await effectsOf(database, locked)).toBe(40);
});

const isMismatch = (outcome: unknown): boolean =>
  (outcome as { refused?: string } | undefined)?.refused === 'idempotency_mismatch';
