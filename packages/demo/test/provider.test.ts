import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '@tenor/payment-gateway-simulator';
import {
  contradictions,
  drained,
  eventually,
  ledgerContradictions,
  openSql,
  type SqlConnection,
  startTestSystem,
  type TestSystem,
} from '@tenor/testing';
import { type Client, connect } from '../src/client.ts';
import { type Lender, type Loan, lender, type Payment } from '../src/lender.ts';

const apiKey = 'an-api-key-for-tests';
const webhookSecret = 'a-webhook-secret-for-tests';
const STAGGER_MS = 25;
const WEEK = { amount: '44000.00', currency: 'IDR' };

let system: TestSystem;
let simulator: Simulator;
let client: Client;
let tenor: Lender;
let sql: SqlConnection;

beforeAll(async () => {
  simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    apiKey,
    webhookSecret,
    webhookUrl: () => `${system.url}/v1/gateway/mockpay/webhooks`,
  });
  system = await startTestSystem('provider', {
    GATEWAY_PROVIDERS: JSON.stringify({
      mockpay: { url: simulator.url, api_key: apiKey, webhook_secrets: [webhookSecret] },
    }),
  });
  client = connect(system.url, system.token);
  tenor = lender(client, 'provider');
  sql = await openSql(system.tenant.adminUrl);
}, 90_000);
afterAll(async () => {
  await sql?.close();
  await system?.stop();
  await simulator?.stop();
});

/** A customer whose loan owes its last week only. */
async function lastWeek(name: string): Promise<{ customerId: string; loan: Loan }> {
  const customerId = await tenor.customer(name);
  const principal = { amount: '2000000.00', currency: 'IDR' };
  const loan = await tenor.open(customerId, { product: 'weekly-flat-50', principal });
  const most = { amount: '2156000.00', currency: 'IDR' };
  expect((await tenor.pay(customerId, most, `most-${name}`)).body.status).toBe('applied');
  return { customerId, loan };
}

const byProvider = (customerId: string, key: string, headers: Record<string, string> = {}) =>
  client.post<Payment>(
    '/v1/payments',
    { customer_id: customerId, amount: WEEK, method: 'mockpay' },
    { 'idempotency-key': key, ...headers },
  );
const becomes = (id: string, status: string) =>
  eventually(async () => {
    const payment = await client.get<Payment>(`/v1/payments/${id}`);
    expect(payment.status).toBe(status);
    return payment;
  });

describe('a payment by a provider', () => {
  test('pays the loan once the provider says so; who waits for it is answered applied', async () => {
    const { customerId, loan } = await lastWeek('prompt');
    const { status, body, headers } = await byProvider(customerId, 'prompt', { prefer: 'wait=10' });
    expect([status, body.status, headers.get('preference-applied')]).toEqual([201, 'applied', 'wait=10']);
    expect((await tenor.loan(loan.id)).status).toBe('paid');
  });

  test('that settles after its hold, when another has paid the week, leaves one of the two as credit', async () => {
    simulator.simulate({ hold_back: true, copies: 2 });
    const { customerId, loan } = await lastWeek('late');
    const late = await byProvider(customerId, 'late');
    expect((await tenor.pay(customerId, WEEK, 'too-early')).body.code).toBe('nothing_owed');
    await sql.rows('update payment.payment_allocations set held_until = clock_timestamp() where payment_id = $1', [
      late.body.id,
    ]);
    const inTime = await tenor.pay(customerId, WEEK, 'in-time');
    expect(inTime.body).toMatchObject({ status: 'applied', unapplied: '0.00' });
    simulator.simulate({});
    await becomes(late.body.id, 'applied');
    // Of one value date the loan takes the payment that was recorded first, whichever settled first.
    await eventually(async () => {
      const [first, second] = await Promise.all([late, inTime].map(({ body }) => becomes(body.id, 'applied')));
      expect([first?.unapplied, second?.unapplied]).toEqual(['0.00', '44000.00']);
    });
    expect([(await tenor.loan(loan.id)).status, await tenor.credit(customerId, 'IDR')]).toEqual(['paid', '44000.00']);
  });

  test('that failed and settles after all pays the loan', async () => {
    simulator.simulate({ outcome: 'fail_then_succeed', copies: 2, forged: true });
    const { customerId, loan } = await lastWeek('after-all');
    await becomes((await byProvider(customerId, 'after-all')).body.id, 'applied');
    expect((await tenor.loan(loan.id)).status).toBe('paid');
    simulator.simulate({});
  });

  test('whose webhook is lost pays the loan once the provider is asked', async () => {
    simulator.simulate({ silent: true });
    const { customerId, loan } = await lastWeek('unheard');
    const { id } = (await byProvider(customerId, 'unheard')).body;
    const dueNow = 'update payment.provider_calls set next_poll_at = clock_timestamp() where id = $1 and polls = 0';
    await eventually(async () => {
      await sql.rows(`${dueNow} and next_poll_at is not null`, [id]);
      expect((await client.get<Payment>(`/v1/payments/${id}`)).status).toBe('applied');
    });
    expect((await tenor.loan(loan.id)).status).toBe('paid');
    simulator.simulate({});
  });
});

describe('credit', () => {
  const cents = (amount: string) => ({ amount, currency: 'INR' });
  const terms = { annual_rate_percent: '0', number_of_instalments: 1 };
  const plain = { product: 'monthly-annuity', principal: cents('100.00'), terms };

  /** A customer with 50.00 of credit that one payment left, and with a loan that owes 100.00. */
  async function credited(name: string) {
    const customerId = await tenor.customer(name);
    const [paid, owing] = [await tenor.open(customerId, plain), await tenor.open(customerId, plain)];
    const allocations = [{ loan_id: paid.id, amount: '150.00' }];
    const { body } = await tenor.pay(customerId, cents('150.00'), `overpaid-${name}`, { allocations });
    expect([body.status, body.unapplied]).toEqual(['applied', '50.00']);
    return { customerId, owing, payment: body };
  }
  const refund = (customerId: string, key: string, method: string) =>
    client.post<{ id: string; status: string }>(
      `/v1/customers/${customerId}/refunds`,
      { amount: cents('20.00'), method },
      { 'idempotency-key': key },
    );
  const use = (customerId: string, loan_id: string, key: string) =>
    client.post(
      `/v1/customers/${customerId}/credit-uses`,
      { loan_id, amount: cents('20.00') },
      { 'idempotency-key': key },
    );
  const refundOf = async (customerId: string) =>
    (await client.get<{ data: { status: string }[] }>(`/v1/customers/${customerId}/refunds`)).data[0];

  test('comes back once from a refund that bounces', async () => {
    simulator.simulate({ outcome: 'succeed_then_fail', copies: 2, delay_ms: 0 });
    const { customerId } = await credited('bounced');
    expect((await refund(customerId, 'bounced', 'mockpay')).status).toBe(201);
    await eventually(async () => expect((await refundOf(customerId))?.status).toBe('returned'));
    await eventually(async () => expect(await tenor.credit(customerId, 'INR')).toBe('50.00'));
    simulator.simulate({});
  });

  test('is refunded, used and reversed at once by twelve customers', async () => {
    simulator.simulate({ outcome: 'succeed_then_fail', delay_ms: 0 });
    const customers = await Promise.all(Array.from({ length: 12 }, (_, index) => credited(`racer-${index}`)));
    const answers = await Promise.all(
      customers.flatMap(({ customerId, owing, payment }, index) => {
        // Each later than the one before, so that some refunds are decided first; some keep enough credit for one.
        const delayMs = index * STAGGER_MS;
        const keepsCredit = index % 3 === 0;
        const spend = async (place: number) => {
          await sleep(delayMs);
          return `use ${(await use(customerId, owing.id, `${customerId}-use-${place}`)).status}`;
        };
        const reverse = async () => {
          await sleep(delayMs);
          return `reversal ${(await tenor.reverse(payment.id, `racing-${customerId}`)).status}`;
        };
        return [
          ...['manual', 'mockpay', 'manual', 'mockpay'].map(async (method, place) => {
            const { status } = await refund(customerId, `${customerId}-refund-${place}`, method);
            return `refund ${status}`;
          }),
          ...(keepsCredit ? [spend(1)] : [spend(1), spend(2), reverse()]),
        ];
      }),
    );
    // A use is the only one of them that can be refused at once, for want of credit.
    const expected = ['refund 201', 'use 201', 'use 422', 'reversal 200'];
    expect(answers.filter((answer) => !expected.includes(answer))).toEqual([]);
    expect(answers).toContain('use 201');
    await eventually(async () => {
      const open = `select id from payment.refunds r where status in ('requested', 'authorised')
                       or (method = 'mockpay' and status = 'paid_out')`;
      expect(await sql.rows(open)).toEqual([]);
    });
    const [decided] = await sql.rows(
      `select bool_or(decided_at is not null and status <> 'refused') as authorised, bool_or(status = 'refused') as refused
         from payment.refunds where customer_id = any($1)`,
      [customers.map(({ customerId }) => customerId)],
    );
    expect(decided).toEqual({ authorised: true, refused: true });
    simulator.simulate({});
  }, 60_000);
});

describe('the books', () => {
  beforeAll(() => drained(sql, system.tenant));

  test.each(Object.entries({ ...contradictions, ...ledgerContradictions }))('say that %s', async (_, text) => {
    expect(await sql.rows(text)).toEqual([]);
  });
});
