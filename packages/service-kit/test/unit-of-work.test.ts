import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, type EventContract, paymentSettled } from '@tenor/contracts';
import { isRefusal } from '../src/errors.ts';
import { newId } from '../src/ids.ts';
import { statement } from '../src/statement.ts';
import { execute, type UnitOfWork } from '../src/unit-of-work.ts';
import {
  addEffect,
  allEffects,
  context,
  countOutbox,
  type Effect,
  type Fixture,
  newCustomer,
  openFixture,
  publishPayment,
} from './data-fixture.ts';

const countKeys = statement('test_count_keys', 'select count(*) as keys from idempotency_keys');
const activity = statement(
  'test_activity',
  `select count(*) as connections from pg_stat_activity where application_name = 'unit_of_work' and state <> 'idle'
     and pid <> pg_backend_pid()`,
);
const payloadsOf = statement('test_payloads', 'select payload from outbox where subject = $1 order by position');
const key = (hash = 'a') => ({ scope: `tester POST /v1/payments ${newId()}`, requestHash: hash });

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture('unit_of_work');
});
afterAll(() => fixture.close());

const effectsOf = async (subject: string): Promise<Effect[]> =>
  (await fixture.database.query<Effect>(allEffects)).filter((effect) => effect.subject === subject);

/** Leaves one trace under `subject` and answers its id. */
const leaveTrace = (subject: string) => async (uow: UnitOfWork) => {
  await uow.query(addEffect, [null, subject, 'done']);
  await sleep(20);
  return { payment_id: newId() };
};

describe('one key', () => {
  test('has one effect and one answer for 200 requests at once', async () => {
    const idempotency = key();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => execute(fixture.database, context(idempotency), leaveTrace('burst'))),
    );
    const answers = outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : [outcome]));
    expect(new Set(answers.map(({ result }) => result.payment_id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(answers).toHaveLength(200);
    expect(await effectsOf('burst')).toHaveLength(1);
  });

  test('takes one connection for its duplicates in a process', async () => {
    const idempotency = key();
    const all = Array.from({ length: 50 }, () =>
      execute(fixture.database, context(idempotency), async (uow) => {
        const [row] = await uow.query<{ connections: bigint }>(activity);
        return { connections: Number(row?.connections) };
      }),
    );
    for (const outcome of await Promise.all(all)) expect(outcome).toMatchObject({ result: { connections: 0 } });
  });

  test('has one effect across processes: the second waits and is told the first answer', async () => {
    const idempotency = key();
    const other = await fixture.another();
    const [first, second] = await Promise.all([
      execute(fixture.database, context(idempotency), leaveTrace('replicas')),
      execute(other, context(idempotency), leaveTrace('replicas')),
    ]);
    expect(await effectsOf('replicas')).toHaveLength(1);
    expect([first, second].map((outcome) => 'replayed' in outcome && outcome.replayed).sort()).toEqual([false, true]);
    expect('result' in first && first.result).toEqual('result' in second && second.result);
  });

  test('answers a later repetition with what was stored', async () => {
    const idempotency = key();
    const first = await execute(fixture.database, context(idempotency), leaveTrace('later'));
    const again = await execute(fixture.database, context(idempotency), leaveTrace('later'));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await effectsOf('later')).toHaveLength(1);
  });

  test.each(['at once', 'later'])('refuses another body %s', async (when) => {
    const idempotency = key();
    const first = execute(fixture.database, context(idempotency), leaveTrace('mismatch'));
    if (when === 'later') await first;
    const other = await execute(
      fixture.database,
      context({ ...idempotency, requestHash: 'b' }),
      leaveTrace('mismatch'),
    );
    expect(other).toMatchObject({ refused: 'idempotency_mismatch' });
    expect(await first).toMatchObject({ replayed: false });
  });

  test('is told to be in flight when another process does not finish within 5 s', async () => {
    const idempotency = key();
    const other = await fixture.another();
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const first = execute(other, context(idempotency), async () => {
      await held;
      return { payment_id: 'slow' };
    });
    await sleep(100);
    const [second, third] = await Promise.all(
      [1, 2].map(() => execute(fixture.database, context(idempotency), leaveTrace('slow'))),
    );
    expect(second).toMatchObject({ refused: 'idempotency_in_flight' });
    expect(third).toMatchObject({ refused: 'idempotency_in_flight' });
    finish();
    expect(await first).toMatchObject({ result: { payment_id: 'slow' } });
  });
});

describe('a refusal', () => {
  test('stores nothing, the key included, so that the same key may succeed later', async () => {
    const idempotency = key();
    const before = await fixture.database.query<{ keys: bigint }>(countKeys);
    const refused = await execute(fixture.database, context(idempotency), async (uow) => {
      await uow.query(addEffect, [null, 'refused', 'never']);
      return { refused: 'loan_closed', detail: 'The loan is paid.' } as const;
    });
    expect(refused).toMatchObject({ refused: 'loan_closed' });
    expect(await effectsOf('refused')).toEqual([]);
    expect(await fixture.database.query(countKeys)).toEqual(before);
    expect(await execute(fixture.database, context(idempotency), leaveTrace('allowed'))).toMatchObject({
      replayed: false,
    });
  });

  test('lets a request with another body that waited for it run on its own', async () => {
    const idempotency = key();
    const refused = execute(fixture.database, context(idempotency), async () => {
      await sleep(50);
      return { refused: 'nothing_owed', detail: 'Nothing is owed.' } as const;
    });
    const other = execute(fixture.database, context({ ...idempotency, requestHash: 'b' }), leaveTrace('other body'));
    expect(await refused).toMatchObject({ refused: 'nothing_owed' });
    expect(await other).toMatchObject({ replayed: false });
  });
});

describe('a transaction', () => {
  test('is repeated after a deadlock', async () => {
    const customers = [newId(), newId()];
    for (const id of customers) await fixture.database.query(newCustomer, [id]);
    const lock = statement('test_lock_one', 'select id from customers where id = $1 for update');
    const inOrder = (order: string[]) => async (uow: UnitOfWork) => {
      for (const id of order) {
        await uow.query(lock, [id]);
        await sleep(50);
      }
      return { done: true };
    };
    const outcomes = await Promise.all([
      execute(fixture.database, context(), inOrder(customers)),
      execute(fixture.database, context(), inOrder([...customers].reverse())),
    ]);
    expect(outcomes).toEqual([
      { result: { done: true }, replayed: false },
      { result: { done: true }, replayed: false },
    ]);
  });

  test('publishes nothing and calls nothing back when the work throws', async () => {
    const customerId = newId();
    await fixture.database.query(newCustomer, [customerId]);
    let calls = 0;
    const failing = execute(fixture.database, context(), async (uow) => {
      uow.afterCommit(() => {
        calls += 1;
      });
      await publishPayment(uow, { subject: newId(), customerId, from: 0n, count: 2 });
      throw new Error('broken invariant');
    });
    await expect(failing).rejects.toThrow('broken invariant');
    expect(await fixture.database.query(countOutbox)).toEqual([{ waiting: 0n }]);
    expect(calls).toBe(0);
  });

  test('gives events of several customers consecutive positions, each its own', async () => {
    const customers = [newId(), newId()].sort();
    for (const id of customers) await fixture.database.query(newCustomer, [id]);
    for (const from of [0n, 3n]) {
      await execute(fixture.database, context(), async (uow) => {
        for (const customerId of customers)
          await publishPayment(uow, { subject: customerId, customerId, from, count: 3 });
        return {};
      });
    }
    const positions = statement(
      'test_positions',
      `select array_agg(position order by position) as positions,
         array_agg((payload::jsonb ->> 'sequence')::bigint order by position) as sequences
       from outbox group by customer_id`,
    );
    const counted = [1n, 2n, 3n, 4n, 5n, 6n];
    expect(await fixture.database.query(positions)).toEqual([
      { positions: counted, sequences: counted },
      { positions: counted, sequences: counted },
    ]);
    await fixture.database.query(statement('test_empty_outbox', 'delete from outbox'));
  });

  test('publishes an event again under the id that it had, which tells its time', async () => {
    const customerId = newId();
    await fixture.database.query(newCustomer, [customerId]);
    const again = { contract: paymentSettled, subject: newId(), customerId, sequence: 1, data: paymentSettled.example };
    const publish = (id?: string) =>
      execute(fixture.database, context(), async (uow) => ({ id: uow.publish({ ...again, id }) }));
    const first = await publish();
    if (isRefusal(first)) throw new Error(first.detail);
    expect(await publish(first.result.id)).toEqual(first);
    const payloads = await fixture.database.query<{ payload: string }>(payloadsOf, [again.subject]);
    const [one, other] = payloads.map(({ payload }) => JSON.parse(payload));
    expect(other).toEqual({ ...one, traceparent: other.traceparent });
    await expect(publish(randomUUID())).rejects.toThrow('no UUIDv7');
  });

  test('fails when an event breaks its contract or its customer has no row', async () => {
    const publish = (customerId: string, data: unknown) =>
      execute(fixture.database, context(), async (uow) => {
        const contract: EventContract = paymentSettled;
        uow.publish({ contract, subject: newId(), customerId, sequence: 1, data });
        return {};
      });
    await expect(publish(newId(), { payment_id: 'no uuid' })).rejects.toThrow(ContractError);
    await expect(publish(newId(), paymentSettled.example)).rejects.toThrow('column "position"');
  });
});
