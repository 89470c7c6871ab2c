import { eventually } from '@tenor/testing';
import { startPayment } from '../../src/app.ts';
import { paying } from '../payment-service.ts';
import { apiKey } from './provider.ts';
import { startWithSimulator, type WithSimulator } from './with-simulator.ts';

let system: WithSimulator;
let payment: WithSimulator['payment'];
let simulator: WithSimulator['simulator'];
beforeAll(async () => {
  system = await startWithSimulator('simulator');
  ({ payment, simulator } = system);
});
afterAll(() => system.stop());

/** A payment of all that a new customer owes, by the provider. */
async function pay(): Promise<{ customerId: string; id: string }> {
  const { customerId } = await payment.customerWithLoan({ instalments: ['100.00'] });
  const { status, body } = await payment.post('/v1/payments', paying(customerId, '100.00', { method: 'mockpay' }));
  expect([status, body.status]).toEqual([201, 'pending']);
  return { customerId, id: body.id };
}

const read = async (id: string) => (await payment.get(`/v1/payments/${id}`)).body;
const chargesOf = (id: string) => simulator.operations().filter(({ reference }) => reference === id);
const idle = () =>
  eventually(async () => {
    const state = await fetch(`${simulator.url}/simulation`);
    expect(await state.json()).toMatchObject({ waiting: 0 });
  });
const becomes = (id: string, status: string) => eventually(async () => expect((await read(id)).status).toBe(status));
const callOf = async (id: string) => {
  const [row] = await payment.rows<{ attempts: number; provider_reference: string | null; is_open: boolean }>(
    'select attempts, provider_reference, next_attempt_at is not null as is_open from provider_calls where id = $1',
    [id],
  );
  return row;
};
const webhooksOf = async (id: string) => {
  const [row] = await payment.rows<{ count: number }>(
    'select event_sequence::int as count from payments where id = $1',
    [id],
  );
  return row?.count;
};

describe('a payment through the provider', () => {
  test('is charged once and settles; the provider keeps our id, and we keep the one it gave', async () => {
    simulator.simulate({});
    const { id } = await pay();
    await becomes(id, 'settled');
    const [charge, ...others] = chargesOf(id);
    expect([charge?.status, others]).toEqual(['succeeded', []]);
    await eventually(async () =>
      expect(await callOf(id)).toEqual({ attempts: 1, provider_reference: charge?.id, is_open: false }),
    );
    const answer = await fetch(`${simulator.url}/v1/charges/${id}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(await answer.json()).toMatchObject({ id: charge?.id, reference: id, amount: '100.00', currency: 'IDR' });
  });

  test('settles late, after its hold has run out and another payment has taken the instalment', async () => {
    simulator.simulate({ hold_back: true });
    const { customerId, id } = await pay();
    await eventually(async () => expect(chargesOf(id)).toHaveLength(1));
    await payment.rows('update payment_allocations set held_until = clock_timestamp() where payment_id = $1', [id]);
    expect((await payment.post('/v1/payments', paying(customerId, '100.00'))).status).toBe(201);
    expect((await read(id)).status).toBe('pending');
    simulator.simulate({});
    await becomes(id, 'settled');
  });

  test('settles once when every webhook comes three times at once, each after a forged one', async () => {
    simulator.simulate({ copies: 3, forged: true });
    const { id } = await pay();
    await becomes(id, 'settled');
    await idle();
    expect(await webhooksOf(id)).toBe(2);
  });

  test('fails, and settles when the provider finds the money after all', async () => {
    simulator.simulate({ outcome: 'fail_then_succeed' });
    const { id } = await pay();
    await becomes(id, 'settled');
    await idle();
    expect([await webhooksOf(id), (await read(id)).status]).toEqual([3, 'settled']);
  });

  test('stays settled when the failure that came before is told after', async () => {
    simulator.simulate({ outcome: 'fail_then_succeed', reverse_order: true });
    const { id } = await pay();
    await becomes(id, 'settled');
    await idle();
    expect([await webhooksOf(id), (await read(id)).status]).toEqual([2, 'settled']);
    const kept = 'select settled_sequence, settled_event_id is not null as has_id from payments where id = $1';
    expect(await payment.rows(kept, [id])).toEqual([{ settled_sequence: '2', has_id: true }]);
  });

  test('fails with the reason of the provider', async () => {
    simulator.simulate({ outcome: 'fail', failure_code: 'card_expired' });
    const { id } = await pay();
    await becomes(id, 'failed');
    expect((await read(id)).failure_code).toBe('card_expired');
  });

  test('fails when the provider refuses the charge itself', async () => {
    simulator.simulate({ answer: 'refused', failure_code: 'card_unknown' });
    const { id } = await pay();
    await becomes(id, 'failed');
    expect((await read(id)).failure_code).toBe('card_unknown');
    expect([chargesOf(id), await callOf(id)]).toEqual([[], { attempts: 1, provider_reference: null, is_open: false }]);
  });

  test('stays pending when a repetition is refused of what was made, and settles when that is told', async () => {
    simulator.simulate({ answer: 'lost', hold_back: true });
    const { id } = await pay();
    await eventually(() => expect(chargesOf(id)).toHaveLength(1));
    simulator.simulate({ answer: 'refused', hold_back: true });
    await eventually(async () => expect((await callOf(id))?.is_open).toBe(false));
    expect((await read(id)).status).toBe('pending');
    simulator.simulate({});
    await becomes(id, 'settled');
  });

  test('waits for a provider that is down, and settles when it is back', async () => {
    simulator.simulate({ answer: 'unavailable' });
    const { id } = await pay();
    await eventually(async () => expect((await callOf(id))?.attempts).toBeGreaterThanOrEqual(2));
    expect((await read(id)).status).toBe('pending');
    simulator.simulate({});
    await becomes(id, 'settled');
    expect(chargesOf(id)).toHaveLength(1);
  });

  test.each(['lost', 'garbage'] as const)('is charged once when the answer of the first call is %s', async (answer) => {
    simulator.simulate({ answer, hold_back: true });
    const { id } = await pay();
    await eventually(async () => expect((await callOf(id))?.attempts).toBeGreaterThanOrEqual(2));
    simulator.simulate({});
    await becomes(id, 'settled');
    await eventually(async () => expect((await callOf(id))?.is_open).toBe(false));
    expect(chargesOf(id)).toHaveLength(1);
  });

  test('is given up after a day without an answer, and settles by the poll if it had been made all the same', async () => {
    simulator.simulate({ answer: 'lost', silent: true });
    const { id } = await pay();
    await eventually(async () => expect(chargesOf(id)).toHaveLength(1));
    simulator.simulate({ answer: 'unavailable', silent: true });
    await payment.rows("update provider_calls set requested_at = requested_at - interval '25 hours' where id = $1", [
      id,
    ]);
    await becomes(id, 'failed');
    expect((await read(id)).failure_code).toBe('provider_unreachable');
    simulator.simulate({ silent: true });
    await payment.rows(
      'update provider_calls set next_poll_at = clock_timestamp() where id = $1 and next_poll_at is not null',
      [id],
    );
    await becomes(id, 'settled');
    expect(chargesOf(id)).toHaveLength(1);
  });
});

describe('two replicas', () => {
  test('send each call once, and one takes over what the other took and did not finish', async () => {
    simulator.simulate({});
    const other = await startPayment(payment.config);
    try {
      const ids = (await Promise.all(Array.from({ length: 12 }, pay))).map(({ id }) => id);
      for (const id of ids) await becomes(id, 'settled');
      const calls = await Promise.all(ids.map(callOf));
      expect(calls.map((call) => call?.attempts)).toEqual(ids.map(() => 1));
      expect(ids.map((id) => chargesOf(id).length)).toEqual(ids.map(() => 1));

      // As a process leaves it that is killed after the provider has answered and before it could write that down.
      const [id = ''] = ids;
      await payment.rows(
        'update provider_calls set provider_reference = null, next_attempt_at = clock_timestamp() where id = $1',
        [id],
      );
      await eventually(async () =>
        expect(await callOf(id)).toMatchObject({
          attempts: 2,
          provider_reference: chargesOf(id)[0]?.id,
          is_open: false,
        }),
      );
      expect([chargesOf(id).length, (await read(id)).status]).toEqual([1, 'settled']);
    } finally {
      await other.stop();
    }
  });
});
