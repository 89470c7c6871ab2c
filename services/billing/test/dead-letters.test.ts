import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { type BillingTest, type Body, reversed, settled, startBillingTest } from './harness.ts';

const LETTERS = '/v1/billing/dead-letters';
const admin = { role: 'admin' };

describe('a payment that billing cannot place', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('dead_letters');
  });
  afterAll(() => billing.stop());

  test('is put aside with what follows it, while others go on; replayed in order once its customer is there', async () => {
    const [strangerId, customerId] = [newId(), await billing.customer()];
    const loan = await billing.loan(customerId);
    const payment = settled({ customerId: strangerId, amount: '10.00' });
    await billing.send(
      payment,
      reversed({ customerId: strangerId, amount: '10.00', paymentId: payment.paymentId }),
      settled({ customerId, amount: '44000.00' }),
    );
    const letters = await eventually(
      async () => {
        const { data } = (await billing.get(LETTERS)).body;
        if (data.length < 2) throw new Error(`Only ${data.length} of 2 messages were put aside`);
        return data;
      },
      { timeoutMs: 20_000 },
    );
    expect(letters.map(({ status }) => status).toSorted()).toEqual(['dead', 'parked']);
    await eventually(async () => (await billing.outstanding(loan.id)) === '2156000.00', { timeoutMs: 20_000 });

    await billing.rows("insert into customers (id, external_ref) values ($1, 'restored')", [strangerId]);
    const dead = letters.find(({ status }) => status === 'dead') as Body;
    expect((await billing.post(`${LETTERS}/${dead.id}/replay`, undefined, { role: 'officer' })).body.code).toBe(
      'forbidden',
    );
    expect((await billing.post(`${LETTERS}/${dead.id}/replay`, undefined, admin)).status).toBe(200);
    await eventually(
      async () => {
        const done = await billing.rows('select kind from applied_payments where customer_id = $1', [strangerId]);
        if (done.length < 2) throw new Error('The parked reversal has not followed yet');
      },
      { timeoutMs: 20_000 },
    );
    expect(await billing.credit(strangerId, 'IDR')).toBe('0.00');
  }, 60_000);
});
