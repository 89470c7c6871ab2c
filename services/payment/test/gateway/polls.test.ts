import { createLogger } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { startPayment } from '../../src/app.ts';
import { openPaymentDatabase } from '../../src/database.ts';
import { charges } from '../../src/gateway/charges.commands.ts';
import { takeOutcome } from '../../src/gateway/outcomes.commands.ts';
import { payouts } from '../../src/gateway/payouts.commands.ts';
import { paying } from '../payment-service.ts';
import { signedWebhook } from './provider.ts';
import { startWithSimulator, type WithSimulator } from './with-simulator.ts';

let system: WithSimulator;
let payment: WithSimulator['payment'];
let simulator: WithSimulator['simulator'];
beforeAll(async () => {
  system = await startWithSimulator('polls');
  ({ payment, simulator } = system);
});
afterAll(() => system.stop());

const money = { amount: '100.00', currency: 'IDR' };

/** A payment by the provider that has accepted it, and whose webhooks are lost. */
async function accepted(simulation: Parameters<typeof simulator.simulate>[0] = {}): Promise<string> {
  simulator.simulate({ silent: true, ...simulation });
  const { customerId } = await payment.customerWithLoan({ instalments: ['100.00'] });
  const { body } = await payment.post('/v1/payments', paying(customerId, '100.00', { method: 'mockpay' }));
  await toldBy(body.id);
  return body.id;
}

/** A refund by the provider that has accepted it, and whose webhooks are lost. */
async function acceptedRefund(simulation: Parameters<typeof simulator.simulate>[0] = {}) {
  simulator.simulate({ silent: true, ...simulation });
  const { customerId } = await payment.customerWithLoan();
  const asked = { amount: money, method: 'mockpay' };
  const { body } = await payment.post(`/v1/customers/${customerId}/refunds`, asked);
  await payment.feed([payment.billing.authoriseRefund(customerId, body.id, money)]);
  await toldBy(body.id);
  return { customerId, id: body.id };
}

interface Call {
  polls: number;
  is_open: boolean;
  has_outcome: boolean;
  seconds_to_poll: number | null;
}
const callOf = async (id: string): Promise<Call | undefined> => {
  const [row] = await payment.rows<Call>(
    `select polls, next_attempt_at is not null as is_open, concluded_at is not null as has_outcome,
            extract(epoch from next_poll_at - clock_timestamp())::float8 as seconds_to_poll
       from provider_calls where id = $1`,
    [id],
  );
  return row;
};
/** Waits until the provider has answered the call, and has made up its mind about it. */
const toldBy = (id: string) =>
  eventually(async () => {
    expect(await callOf(id)).toMatchObject({ is_open: false });
    const made = simulator.operations().find(({ reference }) => reference === id);
    const { body } = await state();
    if (!body.hold_back) expect(made?.status).not.toBe('pending');
  });
const state = async () => ({
  body: (await (await fetch(`${simulator.url}/simulation`)).json()) as { hold_back: boolean },
});
/** Lets the time until the next question pass. */
const due = (...ids: readonly string[]) =>
  payment.rows('update provider_calls set next_poll_at = clock_timestamp() where id = any($1)', [ids]);
const read = async (id: string) => (await payment.get(`/v1/payments/${id}`)).body;
const becomes = (id: string, status: string) => eventually(async () => expect((await read(id)).status).toBe(status));
const eventsOf = async (id: string): Promise<number> => {
  const [row] = await payment.rows<{ count: number }>(
    `select event_sequence::int as count from payments where id = $1
      union all select event_sequence::int from refunds where id = $1`,
    [id],
  );
  return row?.count ?? 0;
};
const webhook = (type: string, id: string) => {
  const { body, headers } = signedWebhook(type, { reference: id, ...money });
  return payment.post('/v1/gateway/mockpay/webhooks', body, { role: null, key: null, headers });
};
const metrics = async (): Promise<string> => (await payment.service.app.inject('/metrics')).body;

/** How many questions about charges had this outcome, the pause after them written. */
const askedAs = async (outcome: string): Promise<number> => {
  const line = new RegExp(
    `gateway_polls_total\\{provider="mockpay",kind="charge",outcome="${outcome}",.*\\} (\\d+)\\n`,
  );
  return Number(line.exec(await metrics())?.[1] ?? 0);
};

describe('a call whose webhook never comes', () => {
  test('is asked for after a minute, and a charge settles by the answer', async () => {
    const id = await accepted();
    expect((await read(id)).status).toBe('pending');
    expect((await callOf(id))?.seconds_to_poll).toBeGreaterThan(30);
    await due(id);
    await becomes(id, 'settled');
    expect(await callOf(id)).toEqual({ polls: 1, is_open: false, has_outcome: true, seconds_to_poll: null });
    expect(await eventsOf(id)).toBe(2);
  });

  test('fails a charge that the provider says has failed, for its reason', async () => {
    const id = await accepted({ outcome: 'fail', failure_code: 'card_expired' });
    await due(id);
    await becomes(id, 'failed');
    expect((await read(id)).failure_code).toBe('card_expired');
  });

  test.each([
    { outcome: 'succeed', status: 'paid_out' },
    { outcome: 'fail', status: 'failed' },
  ] as const)('makes a refund whose payout is to $outcome $status', async ({ outcome, status }) => {
    const { customerId, id } = await acceptedRefund({ outcome });
    await due(id);
    await eventually(async () => {
      const { body } = await payment.get(`/v1/customers/${customerId}/refunds`);
      expect(body.data[0]?.status).toBe(status);
    });
    expect(await callOf(id)).toMatchObject({ has_outcome: true, seconds_to_poll: null });
  });

  test('is asked for later each time while the provider does not know, and no more after thirty days', async () => {
    const id = await accepted({ hold_back: true });
    const pauses: number[] = [];
    const before = await askedAs('pending');
    for (const polls of [1, 2, 3]) {
      await due(id);
      await eventually(async () => expect(await askedAs('pending')).toBe(before + polls));
      const call = await callOf(id);
      expect(call?.polls).toBe(polls);
      pauses.push(call?.seconds_to_poll ?? 0);
    }
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    await payment.rows("update provider_calls set requested_at = requested_at - interval '31 days' where id = $1", [
      id,
    ]);
    await due(id);
    await eventually(async () =>
      expect(await callOf(id)).toMatchObject({ polls: 4, has_outcome: false, seconds_to_poll: null }),
    );
    expect(await metrics()).toMatch(
      /gateway_polls_total\{provider="mockpay",kind="charge",outcome="given_up",.*\} 1\n/,
    );
    simulator.simulate({});
    await becomes(id, 'settled');
  });

  test('has no effect by an answer that tells of another amount, and stays in sight', async () => {
    const id = await accepted();
    const charge = simulator.operations().find(({ reference }) => reference === id);
    if (charge === undefined) throw new Error('no charge was made');
    charge.amount = '99.99';
    await due(id);
    await eventually(async () =>
      expect(await metrics()).toMatch(/gateway_polls_total\{.*outcome="settlement_mismatch",.*\} 1\n/),
    );
    expect([(await read(id)).status, (await callOf(id))?.has_outcome]).toEqual(['pending', false]);
    charge.amount = '100.00';
    await due(id);
    await becomes(id, 'settled');
  });

  test('waits while the provider cannot be asked, and is concluded when it can', async () => {
    const id = await accepted();
    const before = await askedAs('faulted');
    simulator.simulate({ silent: true, answer: 'unavailable' });
    await due(id);
    await eventually(async () => expect(await askedAs('faulted')).toBeGreaterThan(before));
    expect((await callOf(id))?.polls).toBe(1);
    expect((await read(id)).status).toBe('pending');
    simulator.simulate({ silent: true });
    await due(id);
    await becomes(id, 'settled');
  });

  test('is counted with the age of the oldest', async () => {
    const id = await accepted();
    await payment.rows("update provider_calls set requested_at = requested_at - interval '90 s' where id = $1", [id]);
    const labels = 'provider="mockpay",kind="charge",state="accepted"';
    await eventually(
      async () => {
        const text = await metrics();
        expect(text).toMatch(new RegExp(`gateway_calls_open\\{${labels},.*\\} 1\\n`));
        const [, age = '0'] =
          new RegExp(`gateway_calls_open_oldest_seconds\\{${labels},.*\\} ([0-9.]+)`).exec(text) ?? [];
        expect(Number.parseInt(age, 10)).toBeGreaterThanOrEqual(90);
      },
      { timeoutMs: 15_000 },
    );
    await due(id);
    await becomes(id, 'settled');
    await eventually(async () => expect(await metrics()).not.toMatch(/gateway_calls_open\{/), { timeoutMs: 15_000 });
  });
});

describe('a webhook and an answer at once', () => {
  test('have one effect, for charges and for payouts, whichever is first', async () => {
    const database = await openPaymentDatabase(payment.config);
    const kinds = { charge: charges, payout: payouts };
    const logger = createLogger({ service: 'test', level: 'silent' });
    try {
      const ids = await Promise.all(Array.from({ length: 5 }, () => accepted()));
      const refunds = await Promise.all(Array.from({ length: 5 }, () => acceptedRefund()));
      const calls = [
        ...ids.map((id) => ({ id, kind: 'charge' as const })),
        ...refunds.map(({ id }) => ({ id, kind: 'payout' as const })),
      ];
      await due(...calls.map(({ id }) => id));
      const changes = await Promise.all(
        calls.map(async ({ id, kind }) => {
          const outcome = {
            provider: 'mockpay',
            reference: id,
            result: { succeeded: true, amount: 10_000n, currency: 'IDR' },
          } as const;
          const taken = [1, 2].map(() => takeOutcome({ database, logger, kinds }, kind, outcome));
          const told = [1, 2].map(
            async () => (await webhook(`${kind}.succeeded`, id)).body as unknown as { outcome: string },
          );
          return [...(await Promise.all(taken)), ...(await Promise.all(told)).map((body) => body.outcome)];
        }),
      );
      // The poller of the service itself may have been the one to change it.
      for (const outcomes of changes) {
        expect(outcomes.filter((outcome) => outcome === 'changed').length).toBeLessThanOrEqual(1);
        expect(new Set(['changed', 'unchanged', ...outcomes.map(String)]).size).toBe(2);
      }
      for (const { id } of calls) {
        expect(await eventsOf(id)).toBe(2);
        expect(await callOf(id)).toMatchObject({ has_outcome: true, seconds_to_poll: null });
      }
    } finally {
      await database.close();
    }
  });
});

describe('two replicas', () => {
  test('ask for each call once', async () => {
    const other = await startPayment(payment.config);
    try {
      const ids = await Promise.all(Array.from({ length: 8 }, () => accepted()));
      await due(...ids);
      for (const id of ids) await becomes(id, 'settled');
      const calls = await Promise.all(ids.map(callOf));
      expect(calls.map((call) => call?.polls)).toEqual(ids.map(() => 1));
      expect(await Promise.all(ids.map(eventsOf))).toEqual(ids.map(() => 2));
    } finally {
      await other.stop();
    }
  });
});
