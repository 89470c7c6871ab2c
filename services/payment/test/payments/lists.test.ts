import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
let customerId: string;
let loanId: string;
let otherCustomerId: string;
/** Newest first. */
let ids: string[];

beforeAll(async () => {
  payment = await startPaymentTest('lists');
  const { customerId: id, loan } = await payment.customerWithLoan({ paymentPolicy: 'any' });
  customerId = id;
  loanId = loan.id;
  const second = await payment.anotherLoan(customerId, { paymentPolicy: 'any' });
  otherCustomerId = (await payment.customerWithLoan({ paymentPolicy: 'any' })).customerId;
  const record = async (customer: string, amount: string, more: object) =>
    (await payment.post('/v1/payments', paying(customer, amount, more))).body.id;
  ids = [
    await record(customerId, '1.00', { value_date: '2026-02-01', allocations: [{ loan_id: loanId, amount: '1.00' }] }),
    await record(customerId, '2.00', {
      value_date: '2026-02-02',
      allocations: [{ loan_id: second.id, amount: '2.00' }],
    }),
    await record(otherCustomerId, '3.00', { value_date: '2026-02-03' }),
    await record(customerId, '4.00', { value_date: '2026-02-04', allocations: [{ loan_id: loanId, amount: '4.00' }] }),
  ].reverse();
  await payment.post(`/v1/payments/${ids[3]}/reverse`, {});
});
afterAll(() => payment.stop());

describe('lists of payments', () => {
  test.each<{ query: () => string; expected: number[]; because: string }>([
    { query: () => '/v1/payments', expected: [0, 1, 2, 3], because: 'newest first' },
    { query: () => `/v1/payments?customer_id=${customerId}`, expected: [0, 2, 3], because: 'of one customer' },
    {
      query: () => `/v1/customers/${customerId}/payments`,
      expected: [0, 2, 3],
      because: 'of the customer in the path',
    },
    {
      query: () => `/v1/customers/${otherCustomerId}/payments?from=2026-02-03&to=2026-02-03`,
      expected: [1],
      because: 'of a day',
    },
    { query: () => `/v1/payments?loan_id=${loanId}`, expected: [0, 3], because: 'that ask one loan' },
    { query: () => '/v1/payments?status=reversed', expected: [3], because: 'in one status' },
    { query: () => '/v1/payments?from=2026-02-02&to=2026-02-03', expected: [1, 2], because: 'between two value dates' },
    {
      query: () => `/v1/payments?customer_id=${otherCustomerId}&loan_id=${loanId}`,
      expected: [],
      because: 'by all filters',
    },
  ])('$because', async ({ query, expected }) => {
    const { status, body } = await payment.get(query());
    expect([status, body.data.map(({ id }) => id)]).toEqual([200, expected.map((index) => ids[index])]);
    expect(body.next_cursor).toBeNull();
  });

  test('go on from page to page until there is no more', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await payment.get(`/v1/payments?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  test('an auditor may read', async () =>
    expect((await payment.get(`/v1/payments/${ids[0]}`, { role: 'auditor' })).status).toBe(200));
});

describe('the service tells about itself', () => {
  test('its readiness, with everything that it needs', async () => {
    const { status, body } = await payment.get('/readyz', { role: null });
    expect([status, body.status]).toEqual([200, 'ok']);
  });

  test('its routes, with the problems that they answer', async () => {
    const { paths } = (await payment.service.app.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, { responses: object }>>;
    }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/payments',
        '/v1/payments/{id}',
        '/v1/payments/{id}/reverse',
        '/v1/customers/{id}/payments',
      ]),
    );
    const answers = Object.keys(paths['/v1/payments']?.['post']?.responses ?? {});
    expect(answers).toEqual(expect.arrayContaining(['201', '400', '401', '403', '404', '409', '422', '503']));
  });

  test('its business counters', async () => {
    const { body } = await payment.service.app.inject('/metrics');
    expect(body).toMatch(/payments_recorded_total\{outcome="settled",service="payment"\} 4/);
    expect(body).toMatch(/payments_taken_back_total\{kind="reversal",service="payment"\} 1/);
  });
});
