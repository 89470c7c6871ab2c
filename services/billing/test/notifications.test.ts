import { setTimeout as pause } from 'node:timers/promises';
import { date } from '@tenor/calendar';
import { type Simulator, startSimulator } from '@tenor/notifications-simulator';
import { isRefusal, newId, purgeOld, runUnitOfWork } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { startBilling } from '../src/app.ts';
import { checkDay, startCheck } from '../src/daily-check/daily-check.commands.ts';
import { notificationPurge } from '../src/notifications/notifications.store.ts';
import { type BillingTest, startBillingTest, TODAY } from './harness.ts';

const API_KEY = 'an-api-key-for-tests';
const EMAIL = 'ana.of.the.notifications@example.com';
const PHONE = '+62 811 555 0199';

let simulator: Simulator;
let billing: BillingTest;
beforeAll(async () => {
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, apiKey: API_KEY });
  billing = await startBillingTest('notifications', {
    NOTIFICATIONS_URL: simulator.url,
    NOTIFICATIONS_API_KEY: API_KEY,
    NOTIFICATIONS_TIMEOUT_MS: '1000',
  });
  await billing.rows(
    `insert into products (code, version, currency, definition)
       select 'by-hand', 1, currency,
              jsonb_set(definition || '{"code": "by-hand"}', '{policy,autoApprove}', 'false')
         from products where code = 'weekly-flat-50'`,
  );
});
beforeEach(() => simulator.simulate({}));
afterAll(async () => {
  await billing?.stop();
  await simulator?.stop();
});

interface NotificationBody {
  readonly id: string;
  readonly event_type: string;
  readonly channel: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly provider_reference: string | null;
}
const told = async (customerId: string, query = ''): Promise<NotificationBody[]> =>
  (await billing.get(`/v1/notifications?customer_id=${customerId}${query}`)).body.data as never;
const toldOf = async (customerId: string) =>
  (await told(customerId))
    .map(({ event_type: type, channel, status, reason }) => [type, channel, status, reason])
    .sort();
const sentTo = (notification: NotificationBody | undefined) =>
  simulator.sent().filter(({ reference }) => reference === notification?.id);
/** A customer by e-mail alone, one loan of whom was approved. */
async function approved(contact: object = { email: EMAIL }): Promise<string> {
  const customerId = await billing.customer({ last_name: 'Ng', ...contact });
  await billing.loan(customerId);
  return customerId;
}
const byEmail = async (customerId: string) => (await told(customerId)).find(({ channel }) => channel === 'email');
const becomes = (customerId: string, status: string) =>
  eventually(async () => {
    const found = await byEmail(customerId);
    expect(found?.status).toBe(status);
    return found;
  });
/** Lets what waits be due now. */
const hurry = async () => {
  await billing.rows('update notifications set next_attempt_at = clock_timestamp() where next_attempt_at is not null');
};

describe('a customer', () => {
  test('is told of an approval by every channel that reaches them', async () => {
    const customerId = await approved({ email: EMAIL, phone: PHONE });
    await eventually(async () =>
      expect(await toldOf(customerId)).toEqual([
        ['loan.approved', 'email', 'sent', null],
        ['loan.approved', 'sms', 'sent', null],
      ]),
    );
    const [sms, email] = await told(customerId);
    expect(sentTo(email)).toEqual([
      expect.objectContaining({
        id: email?.provider_reference,
        channel: 'email',
        to: EMAIL,
        subject: 'Your loan is approved',
        text: expect.stringContaining(`Dear Ana Ng,\n\nyour loan was approved on ${TODAY}.`),
      }),
    ]);
    expect(sentTo(sms)).toEqual([
      expect.objectContaining({ channel: 'sms', to: PHONE, text: `Your loan was approved on ${TODAY}.` }),
    ]);
    const shown = await fetch(`${simulator.url}/messages?to=${encodeURIComponent(PHONE)}`);
    expect(await shown.json()).toMatchObject({ data: [{ to: PHONE, channel: 'sms', asked: 1 }] });
  });

  test('is told of a rejection', async () => {
    const customerId = await billing.customer({ email: EMAIL });
    const { id } = await billing.loan(customerId, { product: 'by-hand' });
    expect((await billing.post(`/v1/loans/${id}/reject`, { reason: 'A secret of ours' })).status).toBe(200);
    const found = await becomes(customerId, 'sent');
    expect([found?.event_type, sentTo(found).map(({ text }) => text.includes('secret'))]).toEqual([
      'loan.rejected',
      [false],
    ]);
  });

  test('is told of an instalment that falls due and of being late, by the daily check', async () => {
    const customerId = await approved();
    await becomes(customerId, 'sent');
    for (const day of ['2026-06-05', '2026-06-16']) await check(day);
    await eventually(async () =>
      expect((await toldOf(customerId)).filter(([, channel]) => channel === 'email')).toEqual([
        ['loan.approved', 'email', 'sent', null],
        ['loan.became_delinquent', 'email', 'sent', null],
        ['loan.instalment_due_soon', 'email', 'sent', null],
      ]),
    );
    const texts = simulator.sent().map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringContaining('instalment 1 of your loan, IDR 44000.00, falls due on 2026-06-08'),
    );
    expect(texts).toContainEqual(expect.stringContaining('IDR 88000.00 should have been paid by 2026-06-16'));
  });

  test('without contact data is skipped, and one that was erased too, in sight', async () => {
    const customerId = await approved({});
    await eventually(async () =>
      expect(await toldOf(customerId)).toEqual([
        ['loan.approved', 'email', 'skipped', 'no_contact'],
        ['loan.approved', 'sms', 'skipped', 'no_contact'],
      ]),
    );
    simulator.simulate({ answer: 'unavailable' });
    const erased = await approved({ email: EMAIL, phone: PHONE });
    await eventually(async () => expect((await byEmail(erased))?.attempts).toBeGreaterThanOrEqual(1));
    await billing.rows('delete from customer_personal_data where customer_id = $1', [erased]);
    simulator.simulate({});
    await hurry();
    await eventually(async () =>
      expect((await toldOf(erased)).map(([, , status, reason]) => [status, reason])).toEqual([
        ['skipped', 'erased'],
        ['skipped', 'erased'],
      ]),
    );
  });

  test('is nowhere in the rows', async () => {
    const kept = await billing.snapshot(['notifications']);
    expect([kept.length > 2, kept.includes(EMAIL), kept.includes(PHONE), kept.includes('Ana')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a provider that', () => {
  test.each([
    { name: 'is down', simulation: { answer: 'unavailable' }, sent: 0 },
    { name: 'answers garbage', simulation: { answer: 'garbage' }, sent: 1 },
    { name: 'cuts the connection, having sent', simulation: { answer: 'lost' }, sent: 1 },
    { name: 'answers too late, having sent', simulation: { delay_ms: 1_500 }, sent: 1 },
  ] as const)('$name sends each message once all the same', async ({ simulation, sent }) => {
    simulator.simulate(simulation);
    const customerId = await approved();
    const waiting = await eventually(async () => {
      const found = await byEmail(customerId);
      expect(found?.attempts).toBeGreaterThanOrEqual(2);
      return found;
    });
    expect([waiting?.status, sentTo(waiting).length]).toEqual(['waiting', sent]);
    simulator.simulate({});
    await hurry();
    const found = await becomes(customerId, 'sent');
    const [message, ...more] = sentTo(found);
    expect([message?.id, more]).toEqual([found?.provider_reference, []]);
    if (sent === 1) expect(message?.asked).toBeGreaterThanOrEqual(2);
  });

  test('refuses a message has the last word, and no other is held up', async () => {
    simulator.simulate({ answer: 'refused', refusal_code: 'mailbox_full' });
    const customerId = await approved();
    expect(await becomes(customerId, 'failed')).toMatchObject({ reason: 'mailbox_full', attempts: 1 });
    simulator.simulate({});
    await becomes(await approved(), 'sent');
    expect((await byEmail(customerId))?.status).toBe('failed');
  });

  test('is down for a day is told nothing that is old by then', async () => {
    simulator.simulate({ answer: 'unavailable' });
    const customerId = await approved();
    await eventually(async () => expect((await byEmail(customerId))?.attempts).toBeGreaterThanOrEqual(1));
    await billing.rows(
      "update notifications set created_at = created_at - interval '25 hours' where customer_id = $1",
      [customerId],
    );
    simulator.simulate({});
    await hurry();
    expect(await becomes(customerId, 'failed')).toMatchObject({ reason: 'too_late' });
  });
});

test('two replicas tell each customer once', async () => {
  const other = await startBilling(billing.config, { now: () => new Date(`${TODAY}T10:00:00Z`) });
  try {
    const customers = await Promise.all(Array.from({ length: 10 }, () => approved()));
    for (const customerId of customers) {
      const found = await becomes(customerId, 'sent');
      expect(sentTo(found).map(({ asked }) => asked)).toEqual([1]);
    }
  } finally {
    await other.stop();
  }
});

test('the list is by customer and status, newest first, in pages, for those who may', async () => {
  const customerId = await approved();
  await becomes(customerId, 'sent');
  expect((await told(customerId, '&status=failed')).length).toBe(0);
  expect((await told(customerId, '&status=sent')).map(({ channel }) => channel)).toEqual(['email']);
  const first = await billing.get(`/v1/notifications?limit=1&customer_id=${customerId}`);
  const second = await billing.get(
    `/v1/notifications?limit=1&customer_id=${customerId}&cursor=${first.body.next_cursor}`,
  );
  expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(
    (await told(customerId)).map(({ id }) => id),
  );
  const roles = ['admin', 'auditor', 'service', 'customer'];
  const answers = await Promise.all(roles.map((role) => billing.get('/v1/notifications', { role })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403]);
});

test('a provider without its key is no configuration', async () => {
  const { NOTIFICATIONS_API_KEY: _, ...config } = billing.config;
  await expect(startBilling(config)).rejects.toThrow(/NOTIFICATIONS_API_KEY/);
});

test('what is ninety days old is forgotten', async () => {
  await billing.rows("update notifications set created_at = now() - interval '91 days'");
  await purgeOld(billing.database, { purges: [notificationPurge] });
  expect(await billing.rows('select id from notifications')).toEqual([]);
});

async function check(day: string): Promise<void> {
  const service = { database: billing.database, today: () => date(day), dueSoonDays: 3, pause };
  const context = { caller: { id: 'test', roles: [] }, requestId: newId() };
  const started = await runUnitOfWork(billing.database, context, (uow) => startCheck(uow, service, date(day)));
  if (isRefusal(started)) throw new Error(started.detail);
  await checkDay(service, started.day);
}
