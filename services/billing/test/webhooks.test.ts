import { setTimeout as sleep } from 'node:timers/promises';
import { purgeOld } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { Webhook } from 'standardwebhooks';
import { startBilling } from '../src/app.ts';
import { webhookMessagePurge } from '../src/webhooks/deliveries.store.ts';
import { type BillingTest, reversed, settled, startBillingTest } from './harness.ts';
import {
  type Behaviour,
  garbage,
  gone,
  lost,
  proper,
  type Receiver,
  silent,
  startReceiver,
  unavailable,
} from './webhooks/receiver.ts';

const admin = { role: 'admin' };
const EMAIL = 'ana.of.the.webhooks@example.com';

let billing: BillingTest;
const receivers: Receiver[] = [];
beforeAll(async () => {
  billing = await startBillingTest('webhooks', { WEBHOOK_ALLOWED_HOSTS: '127.0.0.1', WEBHOOK_TIMEOUT_MS: '1000' });
});
afterEach(async () => {
  await billing.rows('delete from webhooks');
  for (const receiver of receivers.splice(0)) await receiver.stop();
});
afterAll(() => billing.stop());

/** A receiver that a subscription of its own sends to. */
async function subscribe(eventTypes: readonly string[] = ['customer.registered'], behaviour: Behaviour = proper) {
  const receiver = await startReceiver();
  receivers.push(receiver);
  receiver.behave(behaviour);
  const { status, text, body } = await billing.post(
    '/v1/webhooks',
    { url: receiver.url, event_types: eventTypes },
    admin,
  );
  if (status !== 201) throw new Error(text);
  const { id, secret } = body as unknown as { id: string; secret: string };
  return {
    id,
    secret,
    receiver,
    path: `/v1/webhooks/${id}`,
    /** What came of one event, in the order of its coming. */
    gotOf: (eventId: string) => receiver.received.filter(({ headers }) => headers['webhook-id'] === eventId),
    deliveries: async (query = '') => (await billing.get(`/v1/webhooks/${id}/deliveries${query}`)).body.data,
    /** Its only delivery, with the log. */
    async delivery() {
      const [{ id: deliveryId } = { id: '' }] = (await billing.get(`/v1/webhooks/${id}/deliveries`)).body.data;
      return (await billing.get(`/v1/webhooks/${id}/deliveries/${deliveryId}`)).body as unknown as DeliveryBody;
    },
    /** Lets the next attempts be due now. */
    async hurry() {
      await billing.rows(
        'update webhook_deliveries set next_attempt_at = clock_timestamp() where webhook_id = $1 and next_attempt_at is not null',
        [id],
      );
      await billing.rows('update webhooks set next_turn_at = clock_timestamp() where id = $1', [id]);
      // Replays nothing, but has the dispatcher look at once.
      await billing.post(`/v1/webhooks/${id}/replay`, { since: '2999-01-01T00:00:00Z' }, admin);
    },
  };
}
interface DeliveryBody {
  readonly id: string;
  readonly event_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly body: string;
  readonly log: { number: number; status_code: number | null; fault: string | null; answer: string | null }[];
}
type Subscription = Awaited<ReturnType<typeof subscribe>>;

const statuses = async ({ deliveries }: Subscription) => (await deliveries()).map(({ status }) => status);
const attempted = (subscription: Subscription, attempts: number) =>
  eventually(async () => {
    const found = await subscription.delivery();
    // The counting of an attempt comes before it, its log after.
    expect(found.log).toHaveLength(attempts);
    // Read after its log: the two commit together.
    return subscription.delivery();
  });
const read = async ({ path }: Subscription) => (await billing.get(path)).body;

describe('an event', () => {
  test('comes as it stands on the topic, signed as Standard Webhooks says', async () => {
    const { receiver, secret, delivery } = await subscribe();
    const customerId = await billing.customer({ email: EMAIL });
    const [event] = await billing.published(customerId, 'customers', 1);
    const [{ headers, body } = { headers: {}, body: '' }] = await eventually(() => {
      expect(receiver.received).toHaveLength(1);
      return receiver.received;
    });
    expect(body).toBe(JSON.stringify(event));
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': event?.id,
    });
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
    await eventually(async () => expect(await delivery()).toMatchObject({ status: 'delivered', body }));
  });

  test('of each topic comes to who wants it, and to nobody else', async () => {
    const [all, decisions, payments] = [
      await subscribe(['*']),
      await subscribe(['loan.approved', 'loan.rejected']),
      await subscribe(['payment.*']),
    ];
    // The payment service of these tests lives on another day.
    await billing.rows("update webhooks set created_at = '2026-01-01'");
    const customerId = await billing.customer();
    await billing.loan(customerId);
    const payment = settled({ customerId, amount: '44000.00' });
    await billing.send(payment, payment);
    const typesAt = ({ receiver }: Subscription) =>
      receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type).sort();
    await eventually(() =>
      expect([typesAt(all), typesAt(decisions), typesAt(payments)]).toEqual([
        ['customer.registered', 'loan.approved', 'loan.disbursed', 'loan.opened', 'loan.repaid', 'payment.settled'],
        ['loan.approved'],
        ['payment.settled'],
      ]),
    );
  });

  test('of a loan says by its sequence which came first, since nothing else does', async () => {
    const { receiver } = await subscribe(['loan.*']);
    await billing.loan(await billing.customer());
    await eventually(() => expect(receiver.received).toHaveLength(3));
    const events = receiver.received.map(({ body }) => JSON.parse(body) as { type: string; sequence: number });
    const inOrder = events.sort((a, b) => a.sequence - b.sequence).map(({ type }) => type);
    expect(inOrder).toEqual(['loan.opened', 'loan.approved', 'loan.disbursed']);
  });

  test('that happened before the subscription does not come', async () => {
    const [early, late] = [await subscribe(), await subscribe()];
    await billing.rows("update webhooks set created_at = created_at + interval '1 hour' where id = $1", [late.id]);
    await billing.customer();
    await eventually(() => expect(early.receiver.received).toHaveLength(1));
    expect(await late.deliveries()).toEqual([]);
  });
});

test('what cannot be read is a dead letter of whoever keeps books of it, and holds up no event behind it', async () => {
  const { receiver } = await subscribe(['payment.*']);
  await billing.rows("update webhooks set created_at = '2026-01-01'");
  const customerId = await billing.customer();
  const paying = settled({ customerId, amount: '44000.00' });
  const broken = { customerId, text: paying.text.replace('"IDR"', '"?"') };
  await billing.send(
    broken,
    { customerId, text: 'no event' },
    reversed({ customerId, amount: '44000.00', paymentId: paying.paymentId }),
  );
  await eventually(() => expect(receiver.received).toHaveLength(1));
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'payment.reversed' });
  await eventually(async () =>
    expect(await billing.rows('select consumer, status from dead_letters order by status')).toEqual([
      { consumer: 'billing.repayments', status: 'dead' },
      { consumer: 'billing.repayments', status: 'dead' },
      { consumer: 'billing.repayments', status: 'parked' },
    ]),
  );
});

describe('a target that', () => {
  test.each([
    { name: 'is slow, and answers after it was given up', behaviour: silent, shows: { fault: 'timed_out' } },
    { name: 'answers garbage', behaviour: garbage, shows: { fault: 'broken_answer' } },
    { name: 'cuts the connection, having taken the event', behaviour: lost, shows: { fault: 'broken_answer' } },
    { name: 'is in trouble', behaviour: unavailable, shows: { status_code: 503, answer: 'later' } },
    {
      name: 'redirects',
      behaviour: ((response) => response.writeHead(307, { location: '/other' }).end()) as Behaviour,
      shows: { status_code: 307 },
    },
  ])('$name gets it again under the same webhook-id, by which it can tell', async ({ behaviour, shows }) => {
    const subscription = await subscribe(undefined, behaviour);
    const { receiver, secret } = subscription;
    await billing.customer();
    const failed = await attempted(subscription, 1);
    expect(failed).toMatchObject({ status: 'waiting', attempts: 1 });
    expect(failed.log[0]).toMatchObject({
      number: 1,
      status_code: null,
      fault: null,
      ...shows,
      ...('fault' in shows && { answer: null }),
    });
    receiver.behave(proper);
    await subscription.hurry();
    const { status, event_id: eventId, body, log } = await attempted(subscription, 2);
    expect([status, log[0]]).toEqual(['delivered', expect.objectContaining({ status_code: 200, answer: 'thanks' })]);
    const [first, second, ...more] = subscription.gotOf(eventId);
    expect([first?.body, second?.body, more]).toEqual([body, body, []]);
    for (const got of [first, second]) new Webhook(secret).verify(got?.body ?? '', got?.headers as never);
    await eventually(async () => expect(await read(subscription)).toMatchObject({ failing_since: null }));
  });

  test('is down gets it once it is up again', async () => {
    const subscription = await subscribe();
    await subscription.receiver.stop();
    await billing.customer();
    const failed = await attempted(subscription, 1);
    expect(failed.log[0]).toMatchObject({ fault: 'unreachable' });
    expect(await read(subscription)).toMatchObject({ status: 'enabled', failing_since: expect.any(String) });
    const again = await startReceiver('127.0.0.1', subscription.receiver.port);
    receivers.splice(receivers.indexOf(subscription.receiver), 1, again);
    await subscription.hurry();
    await eventually(() =>
      expect(again.received.map(({ headers }) => headers['webhook-id'])).toEqual([failed.event_id]),
    );
  });

  test('does not answer holds up no other, and has only a few in flight', async () => {
    const [dead, alive] = [await subscribe(undefined, silent), await subscribe()];
    const EVENTS = 40;
    await Promise.all(Array.from({ length: EVENTS }, () => billing.customer()));
    await eventually(async () => expect(await statuses(alive)).toEqual(Array(EVENTS).fill('delivered')));
    expect((await dead.deliveries('?status=delivered')).length).toBe(0);
    expect(dead.receiver.received.length).toBeLessThan(EVENTS);
    dead.receiver.behave(proper);
    await eventually(
      async () => {
        await dead.hurry();
        expect(await statuses(dead)).toEqual(Array(EVENTS).fill('delivered'));
      },
      { intervalMs: 200 },
    );
  });

  test('fails ten times is given up, and gets it by a replay since a time', async () => {
    const subscription = await subscribe(undefined, unavailable);
    await billing.customer();
    await attempted(subscription, 1);
    await billing.rows('update webhook_deliveries set attempts = 9 where webhook_id = $1', [subscription.id]);
    await subscription.hurry();
    await eventually(async () => expect(await statuses(subscription)).toEqual(['given_up']));
    expect((await subscription.delivery()).next_attempt_at).toBeNull();
    subscription.receiver.behave(proper);
    const since = (at: string) => billing.post(`${subscription.path}/replay`, { since: at }, admin);
    expect((await since('2999-01-01T00:00:00Z')).body).toMatchObject({ replayed: 0 });
    const replayed = await since('2020-01-01T00:00:00Z');
    expect([replayed.status, replayed.body]).toEqual([202, { replayed: 1 }]);
    await subscription.hurry();
    await eventually(async () => expect(await statuses(subscription)).toEqual(['delivered']));
  });

  test('fails for days is disabled and says why, loses nothing, and is enabled again', async () => {
    const subscription = await subscribe(undefined, unavailable);
    await billing.customer();
    await attempted(subscription, 1);
    await billing.rows("update webhooks set failing_since = now() - interval '6 days' where id = $1", [
      subscription.id,
    ]);
    await subscription.hurry();
    await eventually(async () =>
      expect(await read(subscription)).toMatchObject({ status: 'disabled', disabled_reason: 'failing' }),
    );
    await billing.customer();
    await eventually(async () => expect(await statuses(subscription)).toEqual(['waiting', 'waiting']));
    expect((await billing.post(`${subscription.path}/test`, {}, admin)).body.code).toBe('state_conflict');
    subscription.receiver.behave(proper);
    const before = subscription.receiver.received.length;
    await subscription.hurry();
    await sleep(100);
    expect(subscription.receiver.received.length).toBe(before);
    const enabled = await billing.patch(subscription.path, { status: 'enabled' }, admin);
    expect(enabled.body).toMatchObject({ status: 'enabled', disabled_reason: null, failing_since: null });
    await eventually(async () => expect(await statuses(subscription)).toEqual(['delivered', 'delivered']));
  });

  test('says that it is gone is disabled at once', async () => {
    const subscription = await subscribe(undefined, gone);
    await billing.customer();
    await eventually(async () =>
      expect(await read(subscription)).toMatchObject({ status: 'disabled', disabled_reason: 'gone' }),
    );
    expect(await statuses(subscription)).toEqual(['given_up']);
  });

  test('says that it is gone while its address is changed says nothing of the new one', async () => {
    const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
    const { promise: changed, resolve: tellChanged } = Promise.withResolvers<void>();
    const subscription = await subscribe(undefined, (response, socket) => {
      tellAsked();
      void changed.then(() => gone(response, socket));
    });
    const successor = await startReceiver();
    receivers.push(successor);
    await billing.customer();
    await asked;
    await billing.patch(`/v1/webhooks/${subscription.id}`, { url: successor.url }, admin);
    tellChanged();
    await eventually(async () => expect(await statuses(subscription)).toEqual(['given_up']));
    expect(await read(subscription)).toMatchObject({ status: 'enabled', disabled_reason: null });
  });
});

describe('two replicas', () => {
  test('send each event once, and one takes over what the other sent and could not write down', async () => {
    const other = await startBilling(billing.config);
    try {
      const subscription = await subscribe();
      await Promise.all(Array.from({ length: 20 }, () => billing.customer()));
      await eventually(async () => expect(await statuses(subscription)).toEqual(Array(20).fill('delivered')));
      const ids = subscription.receiver.received.map(({ headers }) => headers['webhook-id']);
      expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
      // As a process leaves it that is killed between the answer and its own commit.
      const [{ id, event_id: eventId } = { id: '', event_id: '' }] = (await subscription.deliveries()) as never[];
      await billing.rows(
        "update webhook_deliveries set status = 'waiting', ended_at = null, next_attempt_at = clock_timestamp() where id = $1",
        [id],
      );
      await eventually(() => expect(subscription.gotOf(eventId)).toHaveLength(2));
      await eventually(async () => expect(await statuses(subscription)).toEqual(Array(20).fill('delivered')));
    } finally {
      await other.stop();
    }
  });
});

describe('by hand', () => {
  test('a ping is sent to whoever asks for it, whatever it wants', async () => {
    const { path, receiver, delivery } = await subscribe(['loan.paid']);
    const { status, body } = await billing.post(`${path}/test`, {}, admin);
    expect([status, body]).toEqual([202, expect.objectContaining({ event_type: 'webhook.ping', status: 'waiting' })]);
    await eventually(async () => expect(await delivery()).toMatchObject({ status: 'delivered' }));
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'webhook.ping', specversion: '1.0' });
  });

  test('one delivery is sent again, also one that was delivered', async () => {
    const subscription = await subscribe();
    await billing.customer();
    const { id, event_id: eventId } = await attempted(subscription, 1);
    const { status, body } = await billing.post(`${subscription.path}/deliveries/${id}/replay`, {}, admin);
    expect([status, body]).toEqual([202, expect.objectContaining({ id, status: 'waiting' })]);
    await attempted(subscription, 2);
    expect(subscription.gotOf(eventId)).toHaveLength(2);
  });

  test('a secret is replaced, and the former one signs beside it for a day', async () => {
    const { id, path, secret, receiver } = await subscribe();
    const { status, body } = await billing.post(`${path}/rotate-secret`, {}, admin);
    const renewed = String(body['secret']);
    expect([status, renewed === secret]).toEqual([200, false]);
    const signaturesOf = async (index: number): Promise<string[]> => {
      await billing.customer();
      await eventually(() => expect(receiver.received).toHaveLength(index + 1));
      const got = receiver.received[index];
      new Webhook(renewed).verify(got?.body ?? '', got?.headers as never);
      if (index === 0) new Webhook(secret).verify(got?.body ?? '', got?.headers as never);
      return String(got?.headers['webhook-signature']).split(' ');
    };
    expect(await signaturesOf(0)).toHaveLength(2);
    const [{ hours } = { hours: '' }] = await billing.rows<{ hours: string }>(
      'select round(extract(epoch from former_secret_until - clock_timestamp()) / 3600)::text as hours from webhooks where id = $1',
      [id],
    );
    expect(hours).toBe('24');
    await billing.rows('update webhooks set former_secret_until = clock_timestamp() where id = $1', [id]);
    expect(await signaturesOf(1)).toHaveLength(1);
  });
});

describe('a subscription', () => {
  const url = 'https://example.com/hook';

  test('is made, read, changed and removed by an admin; others see it without its secret or not at all', async () => {
    const created = await billing.post('/v1/webhooks', { url, description: 'Our CRM' }, admin);
    expect([created.status, created.body]).toEqual([
      201,
      expect.objectContaining({
        url,
        description: 'Our CRM',
        event_types: ['*'],
        status: 'enabled',
        disabled_reason: null,
        version: 1,
        secret: expect.stringMatching(/^whsec_/),
      }),
    ]);
    const { secret, ...shown } = created.body as unknown as { id: string; secret: string };
    const path = `/v1/webhooks/${shown.id}`;
    for (const role of ['admin', 'officer', 'auditor']) {
      expect((await billing.get(path, { role })).body).toEqual(shown);
      const lists = await Promise.all(
        ['/v1/webhooks', `${path}/deliveries`].map((list) => billing.get(list, { role })),
      );
      expect(lists.map(({ status, text }) => [status, text.includes(secret)])).toEqual([
        [200, false],
        [200, false],
      ]);
    }
    for (const role of ['officer', 'auditor', 'service', 'customer']) {
      const refused = await Promise.all([
        billing.post('/v1/webhooks', { url }, { role }),
        billing.patch(path, { url }, { role }),
        billing.post(`${path}/rotate-secret`, {}, { role }),
        billing.post(`${path}/test`, {}, { role }),
        billing.request('DELETE', path, undefined, { role }),
      ]);
      expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    }
    expect((await billing.get(path, { role: 'service' })).status).toBe(403);
    const changed = await billing.patch(
      path,
      { event_types: ['loan.*'], description: null, status: 'disabled' },
      { ...admin, headers: { 'if-match': '"1"' } },
    );
    expect([changed.status, changed.headers.etag, changed.body]).toEqual([
      200,
      '"2"',
      expect.objectContaining({ event_types: ['loan.*'], description: null, disabled_reason: 'by_request' }),
    ]);
    const stale = await billing.patch(path, { url }, { ...admin, headers: { 'if-match': '"1"' } });
    expect(stale.body.code).toBe('version_conflict');
    expect((await billing.request('DELETE', path, undefined, admin)).status).toBe(204);
    const missing = await Promise.all([
      billing.get(path, admin),
      billing.get(`${path}/deliveries`, admin),
      billing.patch(path, { url }, admin),
      billing.post(`${path}/test`, {}, admin),
      billing.post(`${path}/replay`, { since: '2026-01-01T00:00:00Z' }, admin),
      billing.post(`${path}/rotate-secret`, {}, admin),
      billing.request('DELETE', path, undefined, admin),
    ]);
    expect(missing.map(({ body }) => body.code)).toEqual(Array(7).fill('not_found'));
  });

  test('that is made again under its key is the same, with its secret while it is the newest', async () => {
    const keyed = { ...admin, key: 'subscription-1' };
    const first = await billing.post('/v1/webhooks', { url }, keyed);
    const second = await billing.post('/v1/webhooks', { url }, keyed);
    expect([second.headers['idempotency-replayed'], second.body]).toEqual(['true', first.body]);
    await billing.post(`/v1/webhooks/${first.body.id}/rotate-secret`, {}, admin);
    expect((await billing.post('/v1/webhooks', { url }, keyed)).body).toMatchObject({
      id: first.body.id,
      secret: null,
    });
    const stored = await billing.rows<{ result: string }>('select result::text from idempotency_keys');
    expect(stored.map(({ result }) => result).join()).not.toContain('whsec_');
  });

  test.each([
    { body: { url: 'http://example.com/' }, pointer: '/url', why: 'must be https' },
    { body: { url: 'https://localhost.@10.0.0.1/' }, pointer: '/url', why: 'must have no credentials' },
    { body: { url: 'https://0x0a000001/' }, pointer: '/url', why: 'must have a public address' },
    { body: { url, event_types: ['loan.aproved'] }, pointer: '/event_types', why: 'loan.aproved' },
    { body: { url, event_types: [] }, pointer: '/event_types', why: '' },
    { body: { url, secret: 'whsec_mine' }, pointer: '/secret', why: '' },
  ])('is refused with $body', async ({ body, pointer, why }) => {
    const refused = await billing.post('/v1/webhooks', body, admin);
    expect([refused.status, refused.body.code, refused.body.errors[0]]).toEqual([
      400,
      'validation_failed',
      expect.objectContaining({ pointer, message: expect.stringContaining(why) }),
    ]);
  });

  test('is no more than one of a hundred', async () => {
    await billing.rows(
      "insert into webhooks (id, url, event_types, secret, status, disabled_reason, disabled_at) select uuidv7(), 'https://example.com', '{*}', 'none', 'disabled', 'by_request', now() from generate_series(1, 100)",
    );
    expect((await billing.post('/v1/webhooks', { url }, admin)).body.code).toBe('state_conflict');
  });
});

test('no row of a webhook holds personal data, and a name is looked at as the connection is made', async () => {
  const { id, receiver, delivery } = await subscribe(['*']);
  await billing.rows('update webhooks set url = $2 where id = $1', [
    id,
    receiver.url.replace('127.0.0.1', 'localhost'),
  ]);
  await billing.customer({ email: EMAIL, last_name: 'Unmistakable' });
  await eventually(async () => expect((await delivery()).log[0]).toMatchObject({ fault: 'refused_address' }));
  const kept = await billing.snapshot(['webhooks', 'webhook_messages', 'webhook_deliveries', 'webhook_attempts']);
  expect([kept.includes(EMAIL), kept.includes('Unmistakable'), receiver.received]).toEqual([false, false, []]);
});

test('what is thirty days old is forgotten with its deliveries and attempts', async () => {
  const subscription = await subscribe();
  await billing.customer();
  await attempted(subscription, 1);
  await billing.rows("update webhook_messages set created_at = now() - interval '31 days'");
  await purgeOld(billing.database, { purges: [webhookMessagePurge] });
  const left = 'select (select count(*) from webhook_deliveries) + (select count(*) from webhook_attempts) as count';
  expect(await billing.rows(left)).toEqual([{ count: '0' }]);
});
