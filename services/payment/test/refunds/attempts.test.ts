import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, type Database, newId, type Rounds } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { openPaymentDatabase } from '../../src/database.ts';
import { charges } from '../../src/gateway/charges.commands.ts';
import { startDispatcher } from '../../src/gateway/dispatcher.commands.ts';
import { type OutcomesOptions, takeOutcome } from '../../src/gateway/outcomes.commands.ts';
import { payouts } from '../../src/gateway/payouts.commands.ts';
import { createProviderClient } from '../../src/gateway/provider.client.ts';
import { DENIALS_BELIEVED } from '../../src/payments/provider-result.ts';
import { apiKey, providerAt, signedWebhook, webhookSecrets } from '../gateway/provider.ts';
import { type PaymentTest, startPaymentTest } from '../payment-service.ts';
import { acceptance, refusal, type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';

let provider: ScriptedProvider;
let payment: PaymentTest;
let database: Database;
let otherReplica: Rounds;
let taking: OutcomesOptions;
beforeAll(async () => {
  provider = await startScriptedProvider();
  payment = await startPaymentTest('attempts', providerAt(provider.url));
  database = await openPaymentDatabase(payment.config);
  const mockpay = { name: 'mockpay', url: provider.url, apiKey, webhookSecrets };
  const logger = createLogger({ service: 'test', level: 'silent' });
  taking = { database, logger, kinds: { charge: charges, payout: payouts } };
  otherReplica = startDispatcher({
    ...taking,
    provider: mockpay,
    client: createProviderClient(mockpay),
    counters: { called: () => {} },
    pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  });
});
afterAll(async () => {
  await provider.stop();
  await otherReplica.stop();
  await database.close();
  await payment.stop();
});

const money = { amount: '40.00', currency: 'IDR' };
const succeeded = { status: 'succeeded' };
const failed = { status: 'failed', failure_code: 'account_closed' };

interface Call {
  attempts: number;
  denials: number;
  refusal_code: string | null;
  is_asked: boolean;
  is_open: boolean;
  is_contradicted: boolean;
}
const callOf = async (id: string): Promise<Call | undefined> => {
  const [row] = await payment.rows<Call>(
    `select attempts, denials, refusal_code, next_poll_at is not null as is_asked,
            concluded_at is null as is_open, contradicted_at is not null as is_contradicted
       from provider_calls where id = $1`,
    [id],
  );
  return row;
};
const statusOf = async (id: string) =>
  (await payment.rows<{ status: string }>('select status from refunds where id = $1', [id]))[0]?.status;
const becomes = (id: string, status: string) => eventually(async () => expect(await statusOf(id)).toBe(status));
const callBecomes = (id: string, call: Partial<Call>) =>
  eventually(async () => expect(await callOf(id)).toMatchObject(call));
const attempted = (times: number) => eventually(() => expect(provider.attempts()).toBe(times));

/** A refund of which one process has started the first attempt and stalls, so that another has started the second. */
async function twiceUnderWay(): Promise<string> {
  provider.begin();
  const { customerId } = await payment.customerWithLoan();
  const asked = { amount: money, method: 'mockpay' };
  const { body } = await payment.post(`/v1/customers/${customerId}/refunds`, asked, { key: newId() });
  await payment.feed([payment.billing.authoriseRefund(customerId, body.id, money)]);
  await attempted(1);
  await payment.rows('update provider_calls set next_attempt_at = clock_timestamp() where id = $1', [body.id]);
  await attempted(2);
  return body.id;
}

/** Lets the provider be asked until this holds: the end of a question under way puts the next one off. */
const askedUntil = (id: string, holds: () => Promise<void>) =>
  eventually(async () => {
    try {
      await holds();
    } catch (notYet) {
      await payment.rows(
        'update provider_calls set next_poll_at = clock_timestamp() where id = $1 and next_poll_at is not null',
        [id],
      );
      throw notYet;
    }
  });
const denied = (id: string, denials: number) =>
  askedUntil(id, async () => expect(await callOf(id)).toMatchObject({ denials }));
const paidOut = (id: string) => askedUntil(id, async () => expect(await statusOf(id)).toBe('paid_out'));
/** The provider denies for long enough that it has made any. */
async function deniedForGood(id: string): Promise<void> {
  await denied(id, 1);
  await payment.rows('update provider_calls set denials = $2 where id = $1', [id, DENIALS_BELIEVED - 1]);
  await denied(id, DENIALS_BELIEVED);
  await becomes(id, 'failed');
}

/** The second attempt is refused, and the provider denies for long enough that there is another. */
async function refusedForGood(): Promise<string> {
  const id = await twiceUnderWay();
  provider.answer(2, refusal);
  await deniedForGood(id);
  return id;
}

const tell = async (type: string, id: string, data: object = {}) => {
  const { body, headers } = signedWebhook(type, { reference: id, ...money, ...data });
  return payment.post('/v1/gateway/mockpay/webhooks', body, { role: null, key: null, headers });
};
const contradicted = { is_open: true, is_contradicted: true };

describe('a refused attempt beside another', () => {
  test('ends nothing when the other was accepted while the process of this one stalled', async () => {
    const id = await twiceUnderWay();
    provider.tell({ status: 'pending' });
    provider.answer(2, acceptance);
    await callBecomes(id, { is_asked: true });
    provider.answer(1, refusal);
    await callBecomes(id, { refusal_code: 'account_closed' });
    provider.tell(undefined);
    await denied(id, 1);
    expect([await statusOf(id), await callOf(id)]).toMatchObject(['authorised', { is_asked: true, is_open: true }]);
    provider.tell(succeeded);
    await paidOut(id);
  });

  test('ends nothing while the other may not be visible yet, and a late success pays it out', async () => {
    const id = await twiceUnderWay();
    provider.answer(2, refusal);
    await denied(id, 2);
    expect([await statusOf(id), await callOf(id)]).toMatchObject(['authorised', { is_asked: true, attempts: 2 }]);
    provider.tell(succeeded);
    await paidOut(id);
    provider.answer(1, refusal);
  });

  test('has failed for its reason once the provider has denied long enough that there is another', async () => {
    const id = await refusedForGood();
    expect(await payment.rows('select reason from refunds where id = $1', [id])).toEqual([
      { reason: 'account_closed' },
    ]);
    expect(await callOf(id)).toMatchObject({ is_asked: false, is_open: false });
    provider.answer(1, refusal);
  });

  test('is opened again and asked for when the other is accepted after it has failed', async () => {
    const id = await refusedForGood();
    provider.tell({ status: 'pending' });
    provider.answer(1, acceptance);
    await callBecomes(id, { is_asked: true, is_open: true });
    provider.tell(succeeded);
    await askedUntil(id, async () => expect(await callOf(id)).toMatchObject(contradicted));
    expect(await statusOf(id)).toBe('failed');
  });

  test('is still contradicted when the other is refused after its success was told', async () => {
    const id = await refusedForGood();
    expect((await tell('payout.succeeded', id)).body.code).toBe('state_conflict');
    await callBecomes(id, contradicted);
    provider.answer(1, refusal);
    const late = { succeeded: false, failureCode: 'account_closed', wasMade: 'no' } as const;
    expect(await takeOutcome(taking, 'payout', { provider: 'mockpay', reference: id, result: late })).toBe('unchanged');
    expect(await callOf(id)).toMatchObject(contradicted);
  });
});

describe('a failure that is told of a call with a refused attempt', () => {
  test('counts as that refusal, by answer and by webhook: a later success still pays it out', async () => {
    const id = await twiceUnderWay();
    provider.tell(failed);
    provider.answer(2, refusal);
    await denied(id, 1);
    expect((await tell('payout.failed', id)).body).toMatchObject({ outcome: 'unchanged' });
    expect([await statusOf(id), await callOf(id)]).toMatchObject(['authorised', { is_asked: true, is_open: true }]);
    expect((await tell('payout.succeeded', id)).body).toMatchObject({ outcome: 'changed' });
    expect(await statusOf(id)).toBe('paid_out');
    provider.answer(1, acceptance);
  });

  test('is contradicted by a success that comes after it was believed', async () => {
    const id = await twiceUnderWay();
    provider.tell(failed);
    provider.answer(2, refusal);
    await deniedForGood(id);
    expect((await tell('payout.succeeded', id)).body.code).toBe('state_conflict');
    await callBecomes(id, contradicted);
    provider.answer(1, refusal);
  });

  test('before the refusal is heard of has it asked for again, and a success is kept in sight', async () => {
    const id = await twiceUnderWay();
    expect((await tell('payout.failed', id)).body).toMatchObject({ outcome: 'changed' });
    provider.answer(2, refusal);
    await callBecomes(id, { refusal_code: 'account_closed', is_asked: true, is_open: true });
    provider.tell(succeeded);
    await askedUntil(id, async () => expect(await callOf(id)).toMatchObject(contradicted));
    provider.answer(1, refusal);
  });

  test('after it was paid out is for a person: it may be a bounce, or the refused attempt', async () => {
    const id = await twiceUnderWay();
    provider.tell(succeeded);
    provider.answer(2, refusal);
    await becomes(id, 'paid_out');
    expect((await tell('payout.failed', id)).body.code).toBe('state_conflict');
    expect(await statusOf(id)).toBe('paid_out');
    await callBecomes(id, contradicted);
    provider.answer(1, acceptance);
  });
});

test.each(['40.00', '39.00'])(
  'a success of %s after a refusal is kept in sight, whatever its amount',
  async (amount) => {
    const id = await refusedForGood();
    provider.answer(1, refusal);
    expect((await tell('payout.succeeded', id, { amount })).body.code).toBe('state_conflict');
    await callBecomes(id, contradicted);
  },
);
