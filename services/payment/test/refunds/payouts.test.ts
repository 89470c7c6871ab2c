import { createLogger, newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { openPaymentDatabase } from '../../src/database.ts';
import { charges } from '../../src/gateway/charges.commands.ts';
import { takeOutcome } from '../../src/gateway/outcomes.commands.ts';
import { payouts } from '../../src/gateway/payouts.commands.ts';
import { signedWebhook } from '../gateway/provider.ts';
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

/** Lets the call be older than calls are sent again, and due. */
const aDayLater = (id: string) =>
  payment.rows(
    `update provider_calls set requested_at = requested_at - interval '25 hours', next_attempt_at = clock_timestamp()
      where id = $1`,
    [id],
  );
const nextAttempt = (id: string) =>
  payment.rows('update provider_calls set next_attempt_at = clock_timestamp() where id = $1', [id]);
const isAskedFor = async (id: string) => {
  const [row] = await payment.rows<{ is_asked_for: boolean }>(
    'select next_poll_at is not null and concluded_at is null as is_asked_for from provider_calls where id = $1',
    [id],
  );
  return row?.is_asked_for;
};

/** Waits for an attempt to end unanswered, and puts the next one off. */
const parked = (id: string) =>
  eventually(async () => {
    const postponed = await payment.rows(
      `update provider_calls set next_attempt_at = clock_timestamp() + interval '1 h'
        where id = $1 and attempts > 0 and next_attempt_at < clock_timestamp() + interval '10 s' returning id`,
      [id],
    );
    expect(postponed).toHaveLength(1);
  });

/** A refund whose payout was made, though its answer was lost and no webhook told of it; its next attempt is put off. */
async function cutOff(simulation: Parameters<typeof simulator.simulate>[0] = {}) {
  simulator.simulate({ answer: 'lost', silent: true, ...simulation });
  const refund = await authorised();
  await parked(refund.id);
  const [payout] = payoutsOf(refund.id);
  if (payout === undefined) throw new Error('no payout was made');
  if (!simulation.hold_back) await eventually(() => payout.status !== 'pending');
  return { ...refund, payout };
}

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

  test('that nobody has answered for a day is not sent again but asked for, and a late success still ends it', async () => {
    simulator.simulate({ answer: 'lost', hold_back: true });
    const { customerId, id } = await authorised();
    await eventually(async () => expect(payoutsOf(id)).toHaveLength(1));
    simulator.simulate({ answer: 'unavailable', hold_back: true });
    await aDayLater(id);
    await ended(id);
    expect([(await read(customerId))?.status, await isAskedFor(id)]).toEqual(['authorised', true]);
    simulator.simulate({});
    await becomes(customerId, 'paid_out');
    expect(payoutsOf(id)).toHaveLength(1);
  });

  test('is never sent twice, also when the provider has forgotten its key', async () => {
    const { customerId, id } = await cutOff();
    simulator.forgetKeys();
    simulator.simulate({ silent: true });
    await aDayLater(id);
    await becomes(customerId, 'paid_out');
    expect(payoutsOf(id)).toHaveLength(1);
  });

  test('is sent however old it is, if it never was', async () => {
    simulator.simulate({ answer: 'unavailable' });
    const { customerId, id } = await authorised();
    await parked(id);
    simulator.simulate({});
    await payment.rows('update provider_calls set attempts = 0 where id = $1', [id]);
    await aDayLater(id);
    await becomes(customerId, 'paid_out');
    expect(payoutsOf(id)).toHaveLength(1);
  });

  test('keeps the time of its payout when it is returned', async () => {
    simulator.simulate({});
    const { customerId, id } = await authorised();
    await becomes(customerId, 'paid_out');
    const paidOut = await read(customerId);
    const { body, headers } = signedWebhook('payout.failed', { reference: id, ...money });
    await payment.post('/v1/gateway/mockpay/webhooks', body, { role: null, key: null, headers });
    const returned = await read(customerId);
    expect([returned?.status, returned?.closed_at]).toEqual(['returned', paidOut?.closed_at]);
  });
});

describe('a payout that was made and whose repetition is refused', () => {
  test('is paid out when the provider says that it was', async () => {
    const { customerId, id } = await cutOff();
    simulator.simulate({ answer: 'refused', silent: true });
    await nextAttempt(id);
    await becomes(customerId, 'paid_out');
    expect(await isAskedFor(id)).toBe(false);
  });

  test('stays authorised and is asked for while it is under way', async () => {
    const { customerId, id } = await cutOff({ hold_back: true });
    simulator.simulate({ answer: 'refused', hold_back: true });
    await nextAttempt(id);
    await ended(id);
    expect([(await read(customerId))?.status, await isAskedFor(id)]).toEqual(['authorised', true]);
    simulator.simulate({});
    await becomes(customerId, 'paid_out');
  });

  test('and is told to be paid after it was refused is not passed over, but kept in sight for a person', async () => {
    simulator.simulate({ answer: 'refused' });
    const { customerId, id } = await authorised();
    await becomes(customerId, 'failed');
    const { body, headers } = signedWebhook('payout.succeeded', { reference: id, ...money });
    const told = () => payment.post('/v1/gateway/mockpay/webhooks', body, { role: null, key: null, headers });
    for (const answer of [await told(), await told()])
      expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
    expect((await read(customerId))?.status).toBe('failed');
    const contradicted = 'select id from provider_calls where contradicted_at is not null and concluded_at is null';
    expect(await payment.rows(contradicted)).toEqual([{ id }]);
    const shown = /gateway_calls_open\{provider="mockpay",kind="payout",state="contradicted",.*\} 1\n/;
    const metrics = async () => (await payment.service.app.inject('/metrics')).body;
    await eventually(async () => expect(await metrics()).toMatch(shown), { timeoutMs: 15_000 });
    expect(await metrics()).toMatch(/gateway_webhooks_total\{provider="mockpay",outcome="state_conflict",.*\} 2\n/);
  });

  test('and is told so by an answer is warned of, once', async () => {
    simulator.simulate({ answer: 'refused' });
    const { customerId, id } = await authorised();
    await becomes(customerId, 'failed');
    const lines: unknown[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = createLogger({ service: 'test', level: 'warn', destination });
    const database = await openPaymentDatabase(payment.config);
    const result = { succeeded: true, amount: 4_000n, currency: 'IDR' } as const;
    const told = (provider = 'mockpay') =>
      takeOutcome({ database, logger, kinds: { charge: charges, payout: payouts } }, 'payout', {
        provider,
        reference: id,
        result,
      });
    const answers = [await told('another'), await told(), await told()];
    await database.close();
    const conflict = { refused: 'state_conflict' };
    expect(answers).toMatchObject([{ refused: 'not_found' }, conflict, conflict]);
    expect(lines).toMatchObject([
      { level: 'warn', code: 'payout_contradicted', provider: 'mockpay', kind: 'payout', id },
    ]);
  });
});
