import { type BillingTest, refunding, reversed, settled, startBillingTest } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('republish');
});
afterAll(() => billing.stop());

const republish = (path: string, body?: object, options: object = {}) =>
  billing.post(`/v1/${path}/republish`, body, { role: 'admin', ...options });

describe('republishing', () => {
  test("a customer's loans publishes each as 'loan.snapshot', the next event of its sequence", async () => {
    const customerId = await billing.customer({ external_id: 'c-republish' });
    const loan = await billing.loan(customerId, { external_id: 'l-republish' });
    await billing.apply(settled({ customerId, amount: '50000.00' }));
    const before = (await billing.published(customerId, 'loans', 4)).length;
    const { status, body } = await republish(`customers/${customerId}`);
    expect([status, body]).toEqual([200, { published: 1, next_cursor: null }]);

    const events = await billing.published(customerId, 'loans', before + 1);
    const [opened] = events;
    const snapshot = events.at(-1);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(snapshot).toMatchObject({ type: 'loan.snapshot', subject: loan.id });
    const { schedule, disbursed_on, status: _, ...agreed } = opened?.data ?? {};
    const unpaid = (schedule as object[]).map((instalment, index) => ({
      ...instalment,
      unpaid: ['0.00', '38000.00'][index] ?? '44000.00',
    }));
    expect(snapshot?.data).toEqual({
      ...agreed,
      disbursed_on,
      status: 'active',
      outstanding: '2150000.00',
      schedule: unpaid,
      customer: {
        external_ref: expect.stringMatching(/^[0-9a-f]{64}$/),
        status: 'active',
        sequence: 1,
        shortfalls: [],
      },
    });
    expect(await billing.isProven(loan.id)).toBe(true);
    const [row] = await billing.rows<{ event_sequence: string }>('select event_sequence from loans where id = $1', [
      loan.id,
    ]);
    expect(row?.event_sequence).toBe(String(snapshot?.sequence));
  });

  test('tells what the customer is short of', async () => {
    const customerId = await billing.customer();
    const payment = { ...settled({ customerId, amount: '80.00' }), amount: '80.00', currency: 'IDR' };
    await billing.apply(payment, refunding({ customerId, amount: '30.00', currency: 'IDR' }).requested);
    await billing.apply(reversed(payment));
    await billing.loan(customerId);
    await republish(`customers/${customerId}`);
    // Opened, approved and disbursed come first.
    const events = await billing.published(customerId, 'loans', 4);
    const snapshot = events.find(({ type }) => type === 'loan.snapshot');
    expect(snapshot?.data).toMatchObject({ customer: { shortfalls: [{ currency: 'IDR', amount: '30.00' }] } });
  });

  test('all loans goes on from a cursor, and a retry with its key publishes nothing more', async () => {
    const customerId = await billing.customer();
    for (let count = 0; count < 3; count += 1) await billing.loan(customerId);
    const [{ count: loans } = { count: '0' }] = await billing.rows<{ count: string }>('select count(*) from loans');
    const sizes: unknown[] = [];
    let cursor: unknown;
    do {
      const key = `republish-${sizes.length}`;
      const body = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
      const first = await republish('loans', body, { key });
      const again = await republish('loans', body, { key });
      expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
      sizes.push(first.body['published']);
      cursor = first.body.next_cursor;
    } while (cursor !== null);
    expect(sizes).toEqual([...Array(Math.floor(Number(loans) / 2)).fill(2), ...(Number(loans) % 2 === 1 ? [1] : [])]);
    const snapshots = (await billing.published(customerId, 'loans', 12)).filter(({ type }) => type === 'loan.snapshot');
    expect(snapshots).toHaveLength(3);
  });

  test.each([
    { path: 'customers/019aa4f1-6c00-7000-8000-00000000c001', options: {}, answer: [404, 'not_found'] },
    { path: 'loans', options: { role: 'officer' }, answer: [403, 'forbidden'] },
    { path: 'loans', body: { cursor: 'x' }, options: {}, answer: [400, 'validation_failed'] },
    { path: 'loans', body: { limit: 0 }, options: {}, answer: [400, 'validation_failed'] },
  ])('$path answers $answer', async ({ path, body, options, answer }) => {
    const response = await republish(path, body, options);
    expect([response.status, response.body.code]).toEqual(answer);
  });

  test('is no loan of that name: its path takes POST alone', async () => {
    const { status, body, headers } = await billing.get('/v1/loans/republish');
    expect([status, body.code, headers['allow']]).toEqual([405, 'method_not_allowed', 'POST']);
  });
});
