import {
  type AppliedCredits,
  checkAppliedCredits,
  checkDecidedRefunds,
  type DecidedRefunds,
  TOPIC_PARTITIONS,
} from '@tenor/contracts';
import { newId, partitionFor } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { type BillingTest, refunding, reversed, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('applied_credits');
});
afterAll(() => billing.stop());

const ask = async (query: string, role = 'service') => {
  const { status, body, text } = await billing.get(`/internal/v1/applied-credits?${query}`, { role });
  return { status, body, page: JSON.parse(text) as AppliedCredits };
};

describe('what payments did, as reconciliation reads it', () => {
  test('comes by value date in the order of the ids, page by page, with all that was done', async () => {
    const customerId = await billing.customer();
    const { id: loan_id } = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    const payments = ['44000.00', '44000.00', '2200000.00'].map((amount) => settled({ customerId, amount }));
    const earlier = settled({ customerId, amount: '44000.00', on: '2026-05-30' });
    await billing.apply(...payments, earlier);
    const [first, second, third] = payments.map(({ paymentId }) => paymentId);
    if (first === undefined) throw new Error('no payment');
    await billing.apply(reversed({ customerId, amount: '44000.00', paymentId: first }));

    const page = (await ask(`date=${TODAY}&limit=2`)).page;
    expect(checkAppliedCredits(page)).toBeUndefined();
    const part = { customer_id: customerId, loan_id, kind: 'payment', currency: 'IDR', applied: '44000.00' };
    expect(page.data).toEqual([
      {
        payment_id: first,
        value_date: TODAY,
        credits: [
          { ...part, credited: '0.00' },
          { ...part, kind: 'reversal', credited: '0.00' },
        ],
      },
      { payment_id: second, value_date: TODAY, credits: [{ ...part, credited: '0.00' }] },
    ]);
    const next = (await ask(`date=${TODAY}&limit=2&cursor=${page.next_cursor}`)).page;
    expect(next.data.map(({ payment_id }) => payment_id)).toEqual([third]);
    expect(next.data[0]?.credits).toEqual([{ ...part, applied: '2112000.00', credited: '88000.00' }]);
    expect(next.next_cursor).toBeNull();
    const both = (await ask(`from=2026-05-30&to=${TODAY}`)).page;
    expect(both.data.map(({ payment_id }) => payment_id)).toEqual([earlier.paymentId, first, second, third]);
    expect((await ask(`ids=${third},${earlier.paymentId}`)).page.data).toHaveLength(2);
  });

  test('comes whole when payments are named, as many as may be', async () => {
    const customerId = await billing.customer();
    await billing.loan(customerId);
    const payments = Array.from({ length: 100 }, () => settled({ customerId, amount: '1000.00', on: TODAY }));
    await billing.apply(...payments);
    const ids = payments.map(({ paymentId }) => paymentId);
    const { page } = await ask(`ids=${ids.join()}`);
    expect(page.data.map(({ payment_id }) => payment_id)).toEqual(ids);
    expect(page.next_cursor).toBeNull();
    expect((await ask(`ids=${[...ids, newId()].join()}`)).status).toBe(400);
  });

  test('says how far billing has come, and what it put aside', async () => {
    const nobody = newId();
    const payment = settled({ customerId: nobody, amount: '1.00' });
    await billing.send(payment);
    const page = await eventually(async () => {
      const asked = await ask(`ids=${payment.paymentId}`);
      expect(asked.page.put_aside).toEqual([payment.paymentId]);
      return asked.page;
    });
    expect(page).toMatchObject({ data: [], unpublished: [], next_cursor: null });
    expect(page.progress).toContainEqual({ partition: partitionFor(nobody, TOPIC_PARTITIONS), next_offset: '1' });
  });

  test.each([
    { query: `date=${TODAY}`, role: 'admin', answer: [403, 'forbidden'] },
    { query: '', role: 'service', answer: [400, 'validation_failed'] },
    { query: 'from=2026-01-01', role: 'service', answer: [400, 'validation_failed'] },
    { query: `date=${TODAY}&cursor=x`, role: 'service', answer: [400, 'validation_failed'] },
    { query: 'ids=x', role: 'service', answer: [400, 'validation_failed'] },
  ])('"$query" of a caller of role $role answers $answer', async ({ query, role, answer }) => {
    const { status, body } = await ask(query, role);
    expect([status, body.code]).toEqual(answer);
  });
});

test('what was decided about refunds comes by its day, and whole when refunds are named', async () => {
  const customerId = await billing.customer();
  await billing.loan(customerId, { disbursed_on: '2026-05-01' });
  await billing.apply(settled({ customerId, amount: '2300000.00' }));
  const [paidOut, refused] = [
    refunding({ customerId, amount: '40000.00' }),
    refunding({ customerId, amount: '9000000.00' }),
  ];
  await billing.apply(paidOut.requested, paidOut.paidOut, refused.requested);
  const read = async (query: string) =>
    JSON.parse(
      (await billing.get(`/internal/v1/decided-refunds?${query}`, { role: 'service' })).text,
    ) as DecidedRefunds;
  const page = await read(`date=${TODAY}`);
  expect(checkDecidedRefunds(page)).toBeUndefined();
  const money = { customer_id: customerId, currency: 'IDR' };
  const entry = (refund_id: string, decision: object) => ({
    refund_id,
    value_date: TODAY,
    decisions: [{ ...money, ...decision }],
  });
  const both = [
    entry(paidOut.refundId, { amount: '40000.00', status: 'paid_out', reason: null }),
    entry(refused.refundId, { amount: '9000000.00', status: 'refused', reason: 'credit_exceeded' }),
  ];
  expect(page.data).toEqual(both);
  const first = await read(`date=${TODAY}&limit=1`);
  expect([first.data, (await read(`date=${TODAY}&limit=1&cursor=${first.next_cursor}`)).data]).toEqual([
    both.slice(0, 1),
    both.slice(1),
  ]);
  expect((await read(`ids=${refused.refundId}`)).data).toEqual(both.slice(1));
  expect((await billing.get(`/internal/v1/decided-refunds?date=${TODAY}`, { role: 'admin' })).status).toBe(403);
});
