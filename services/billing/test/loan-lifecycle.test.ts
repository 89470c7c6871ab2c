import { type BillingTest, type Body, startBillingTest } from './harness.ts';

describe('a loan whose product does not approve by itself', () => {
  let billing: BillingTest;
  let customerId: string;
  beforeAll(async () => {
    billing = await startBillingTest('lifecycle');
    await billing.rows(
      `insert into products (code, version, currency, definition)
         select 'by-hand', 1, currency,
                jsonb_set(definition || '{"code": "by-hand"}', '{policy,autoApprove}', 'false')
           from products where code = 'weekly-flat-50'`,
    );
  });
  afterAll(() => billing.stop());
  beforeEach(async () => {
    customerId = await billing.customer({ credit_limit: { amount: '3000000', currency: 'IDR' } });
  });

  const open = (): Promise<Body> => billing.loan(customerId, { product: 'by-hand' });
  const step = (loan: Body, name: string, body: object = {}) => billing.post(`/v1/loans/${loan.id}/${name}`, body);
  const exposure = async () => (await billing.get(`/v1/customers/${customerId}/balance`)).body['exposure'];

  test('is pending, approved and active in turn; the limit is held from the first on', async () => {
    const loan = await open();
    expect(loan).toMatchObject({ status: 'pending', outstanding: { amount: '0.00' }, disbursed_on: null });
    expect(await exposure()).toBe('2000000.00');
    const second = await billing.post('/v1/loans', {
      customer_id: customerId,
      product: 'by-hand',
      principal: { amount: '2000000', currency: 'IDR' },
    });
    expect([second.status, second.body.code]).toEqual([422, 'limit_exceeded']);
    expect((await step(loan, 'approve')).body).toMatchObject({ status: 'approved' });
    const paidOut = await step(loan, 'disbursements', { disbursed_on: '2026-06-01' });
    expect(paidOut.body).toMatchObject({
      status: 'active',
      outstanding: { amount: '2200000.00' },
      disbursed_on: '2026-06-01',
    });
    expect(await billing.isProven(loan.id)).toBe(true);
    const types = (await billing.published(customerId, 'loans', 3)).map(({ type }) => type);
    expect(types).toEqual(['loan.opened', 'loan.approved', 'loan.disbursed']);
  });

  test('is known by its ids in either case', async () => {
    const body = {
      customer_id: customerId.toUpperCase(),
      product: 'by-hand',
      principal: { amount: '2000000', currency: 'IDR' },
    };
    const { id } = (await billing.post('/v1/loans', body)).body;
    const shouted = String(id).toUpperCase();
    expect((await billing.post(`/v1/loans/${shouted}/approve`, {})).body).toMatchObject({ id, status: 'approved' });
    expect((await billing.get(`/v1/loans/${shouted}`)).body).toMatchObject({ id, customer_id: customerId });
    expect((await billing.get(`/v1/loans/urn:uuid:${id}`)).body).toMatchObject({ code: 'validation_failed' });
  });

  test('that is paid out on another day than planned falls due by that day', async () => {
    const loan = await billing.loan(customerId, { product: 'by-hand', disbursed_on: '2026-05-20' });
    const firstDue = async () => {
      const { body } = await billing.get(`/v1/loans/${loan.id}/schedule`);
      return (body['instalments'] as { due_date: string }[])[0]?.due_date;
    };
    expect(await firstDue()).toBe('2026-05-27');
    await step(loan, 'approve');
    await step(loan, 'disbursements', { disbursed_on: '2026-06-01' });
    expect(await firstDue()).toBe('2026-06-08');
    expect(await billing.isProven(loan.id)).toBe(true);
  });

  test.each([
    { name: 'reject', status: 'rejected', type: 'loan.rejected' },
    { name: 'cancel', status: 'cancelled', type: 'loan.cancelled' },
  ])('$name closes it, frees the limit and says why', async ({ name, status, type }) => {
    const loan = await open();
    const { body } = await step(loan, name, { reason: 'asked twice' });
    expect(body).toMatchObject({ status, outstanding: { amount: '0.00' } });
    expect(await exposure()).toBe('0.00');
    expect(await billing.isProven(loan.id)).toBe(true);
    const [told] = await billing.published(customerId, 'loans', 1, type);
    expect(told?.data).toMatchObject({ loan_id: loan.id, reason: 'asked twice' });
  });

  test.each([
    { first: 'approve', next: 'approve' },
    { first: 'approve', next: 'reject' },
    { first: 'reject', next: 'approve' },
    { first: 'cancel', next: 'disbursements' },
    { first: 'reject', next: 'cancel' },
  ])('after $first there is no $next', async ({ first, next }) => {
    const loan = await open();
    expect((await step(loan, first)).status).toBe(200);
    const before = await billing.snapshot();
    const { status, body } = await step(loan, next);
    expect([status, body.code]).toEqual([409, 'state_conflict']);
    expect(await billing.snapshot()).toBe(before);
  });

  test('is not paid out in the future, and a retry with a key is one step', async () => {
    const loan = await open();
    const first = await billing.post(`/v1/loans/${loan.id}/approve`, {}, { key: 'approve-it' });
    const again = await billing.post(`/v1/loans/${loan.id}/approve`, {}, { key: 'approve-it' });
    expect([again.status, again.text]).toEqual([200, first.text]);
    const { status, body } = await step(loan, 'disbursements', { disbursed_on: '2026-06-02' });
    expect([status, body.code]).toEqual([422, 'value_date_in_future']);
  });
});
