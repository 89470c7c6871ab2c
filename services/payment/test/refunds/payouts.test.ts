import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { startWithSimulator, type WithSimulator } from '../gateway/with-simulator.ts';

let system: WithSimulator;
let payment: WithSimulator['payment'];
let simulator: WithSimulator['simulator'];
beforeAll(async () => {
  system = await startWithSimulator('payouts');
  ({ payment, simulator } = system);
});
afterAll(() => system.stop());

const money = { amount: '40.00', currency: 'IDR' };

/** A refund by the provider that billing has authorised. */
async function authorised() {
  const { customerId } = await payment.customerWithLoan();
  const asked = { amount: money, method: 'mockpay' };
  const { body } = await payment.post(`/v1/customers/${customerId}/refunds`, asked, { key: newId() });
  await payment.feed([payment.billing.authoriseRefund(customerId, body.id, money)]);
  return { customerId, id: body.id };
}

const read = async (customerId: string) => (await payment.get(`/v1/customers/${customerId}/refunds`)).body.data[0];
const becomes = (customerId: string, status: string) =>
  eventually(async () => expect((await read(customerId))?.status).toBe(status));
const payoutsOf = (id: string) => simulator.operations().filter(({ reference }) => reference === id);
const callOf = async (id: string) => {
  const [row] = await payment.rows<{ attempts: number; is_open: boolean }>(
    'select attempts, next_attempt_at is not null as is_open from provider_calls where id = $1',
    [id],
  );
  return row;
};
const attempted = (id: string, times: number) =>
  eventually(async () => expect((await callOf(id))?.attempts).toBeGreaterThanOrEqual(times));
const ended = (id: string) => eventually(async () => expect((await callOf(id))?.is_open).toBe(false));

describe('a refund through the provider', () => {
  test('is paid out once', async () => {
    simulator.simulate({});
    const { customerId, id } = await authorised();
    await becomes(customerId, 'paid_out');
    expect(payoutsOf(id)).toHaveLength(1);
  });

  test('that the provider cannot pay out has failed, for its reason', async () => {
    simulator.simulate({ outcome: 'fail', failure_code: 'account_closed' });
    const { customerId } = await authorised();
    await becomes(customerId, 'failed');
    expect(await read(customerId)).toMatchObject({ reason: 'account_closed' });
  });

  test('is returned when the payout bounces, also when every webhook comes three times', async () => {
    simulator.simulate({ outcome: 'succeed_then_fail', failure_code: 'account_closed', copies: 3 });
    const { customerId, id } = await authorised();
    await becomes(customerId, 'returned');
    expect(await read(customerId)).toMatchObject({ reason: 'account_closed' });
    const events = 'select event_sequence::int as count from refunds where id = $1';
    expect(await payment.rows(events, [id])).toEqual([{ count: 3 }]);
  });

  test('stays paid out when the provider refuses a repetition of its call', async () => {
    simulator.simulate({});
    const { customerId, id } = await authorised();
    await becomes(customerId, 'paid_out');
    await ended(id);
    simulator.simulate({ answer: 'refused' });
    // As a process leaves it that is killed after the provider has answered and before it could write that down.
    await payment.rows('update provider_calls set next_attempt_at = clock_timestamp() where id = $1', [id]);
    await attempted(id, 2);
    await ended(id);
    expect((await read(customerId))?.status).toBe('paid_out');
  });

  test('has failed when the bounce is told before the success, and stays so', async () => {
    simulator.simulate({ outcome: 'succeed_then_fail', failure_code: 'account_closed', reverse_order: true });
    const { customerId, id } = await authorised();
    await becomes(customerId, 'failed');
    await eventually(async () => {
      const now = await fetch(`${simulator.url}/simulation`);
      expect(await now.json()).toMatchObject({ waiting: 0 });
    });
    expect([(await read(customerId))?.status, payoutsOf(id).length]).toEqual(['failed', 1]);
  });

  test('that has failed is not sent again, though the call never had an answer', async () => {
    simulator.simulate({ answer: 'lost', outcome: 'fail' });
    const { customerId, id } = await authorised();
    await becomes(customerId, 'failed');
    await ended(id);
    expect(payoutsOf(id)).toHaveLength(1);
  });

  test('that nobody has answered for a day is left for a person, and a late success still ends it', async () => {
    simulator.simulate({ answer: 'lost', hold_back: true });
    const { customerId, id } = await authorised();
    await attempted(id, 1);
    await payment.rows("update provider_calls set requested_at = requested_at - interval '25 hours' where id = $1", [
      id,
    ]);
    await ended(id);
    expect((await read(customerId))?.status).toBe('authorised');
    simulator.simulate({});
    await becomes(customerId, 'paid_out');
    expect(payoutsOf(id)).toHaveLength(1);
  });
});
