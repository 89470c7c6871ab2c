import { type BillingTest, settled, startBillingTest } from './harness.ts';

describe('many writers at once', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('concurrency');
  });
  afterAll(() => billing.stop());

  test('loans opened, payments applied and customers changed together leave sound books', async () => {
    const customers = await Promise.all(Array.from({ length: 6 }, () => billing.customer()));
    const loans = await Promise.all(customers.map((customerId) => billing.loan(customerId)));
    const batches = Array.from({ length: 6 }, (_, round) =>
      // Every batch names the customers in another order.
      customers.map((_id, index) => customers[(index + round) % customers.length] ?? ''),
    );
    await Promise.all([
      ...batches.map((batch) =>
        billing.apply(...batch.map((customerId) => settled({ customerId, amount: '44000.00' }))),
      ),
      ...customers.map((customerId) => billing.loan(customerId)),
      ...customers.map((id) => billing.patch(`/v1/customers/${id}`, { last_name: 'Busy' })),
    ]);
    const all = await billing.rows<{ id: string }>('select id from loans');
    expect(all).toHaveLength(12);
    for (const { id } of all) expect(await billing.isProven(id)).toBe(true);
    const [sum] = await billing.rows<{ applied: string }>('select sum(applied) as applied from applied_payments');
    expect(sum?.applied).toBe(String(36 * 44_000 * 100));
    const disordered = await billing.rows(
      `select from loan_events later join loan_events earlier using (customer_id, loan_id)
        where later.seq = earlier.seq + 1 and later.recorded_at <= earlier.recorded_at`,
    );
    expect(disordered).toEqual([]);
    expect(loans).toHaveLength(6);
  });

  test('every customer hears of its loans in sequence, without gaps', async () => {
    const customerId = await billing.customer();
    const opened = await Promise.all(Array.from({ length: 5 }, () => billing.loan(customerId)));
    const payments = opened.map(({ id: loan_id }) =>
      settled({ customerId, amount: '44000.00', loans: [{ loan_id, amount: '44000.00' }] }),
    );
    await Promise.all(payments.map((payment) => billing.apply(payment)));
    const events = await billing.published(customerId, 'loans', 20);
    for (const { id } of opened) {
      const own = events.filter(({ subject }) => subject === id);
      expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
  });
});
