import { newId } from '@tenor/service-kit';
import { type BillingTest, type Body, refunding, reversed, settled, startBillingTest } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('credit');
});
afterAll(() => billing.stop());

const money = (amount: string, currency = 'INR') => ({ amount, currency });
/** Any amount, and overpayments become credit; 100.00 in one instalment without interest. */
const plain = {
  product: 'monthly-annuity',
  principal: money('100.00'),
  terms: { annual_rate_percent: '0', number_of_instalments: 1 },
  disbursed_on: '2026-05-01',
};
const INR = { currency: 'INR' };
const activeLoan = (customerId: string): Promise<Body> => billing.loan(customerId, plain);

/** A customer with a loan of 100 paid with 150: a credit of 50, which the payment left. */
async function credited() {
  const customerId = await billing.customer();
  const loan = await activeLoan(customerId);
  const payment = { ...settled({ customerId, amount: '150.00', ...INR }), amount: '150.00', ...INR };
  await billing.apply(payment);
  return { customerId, loan, payment };
}

const use = (customerId: string, loanId: string, amount: string, key = newId()) =>
  billing.post(`/v1/customers/${customerId}/credit-uses`, { loan_id: loanId, amount: money(amount) }, { key });
const balance = async (customerId: string) => {
  const { credit, shortfall } = (await billing.get(`/v1/customers/${customerId}/balance?currency=INR`)).body;
  return { credit, shortfall };
};
/** Debits less credits of the customer's accounts, in minor units. */
const books = (customerId: string) =>
  billing.rows<{ account: string; balance: string }>(
    `select account, sum(amount)::text as balance
       from (select debit as account, amount from ledger_entries where customer_id = $1
             union all select credit, -amount from ledger_entries where customer_id = $1) sides
      group by 1 having sum(amount) <> 0 order by 1`,
    [customerId],
  );

describe('using credit', () => {
  test('pays the loan, takes the credit, and answers a replay as the first time', async () => {
    const { customerId } = await credited();
    const loan = await activeLoan(customerId);
    const key = newId();
    const first = await use(customerId, loan.id, '30.00', key);
    expect([first.status, first.body]).toMatchObject([201, { loan_id: loan.id, amount: money('30.00') }]);
    const replay = await use(customerId, loan.id, '30.00', key);
    expect([replay.status, replay.body, replay.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
    expect([await billing.outstanding(loan.id), await balance(customerId)]).toEqual([
      '70.00',
      { credit: '20.00', shortfall: '0.00' },
    ]);
    expect(await billing.isProven(loan.id)).toBe(true);
    const list = await billing.get(`/v1/customers/${customerId}/credit-uses`);
    expect(list.body.data).toEqual([first.body]);
    const told = await billing.published(customerId, 'customers', 3);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.credit_used',
      data: { credit_use_id: first.body.id, loan_id: loan.id, amount: '30.00', balance: '20.00' },
    });
    const loans = await billing.published(customerId, 'loans', 1);
    expect(loans.filter(({ type }) => type === 'loan.repaid').at(-1)).toMatchObject({
      subject: loan.id,
      data: { payment_id: first.body.id, paid_from: 'credit', amount: '30.00', outstanding: '70.00' },
    });
  });

  test("is refused above the credit with 'credit_exceeded' and stores nothing", async () => {
    const { customerId } = await credited();
    const loan = await activeLoan(customerId);
    const before = await billing.snapshot();
    const { status, body } = await use(customerId, loan.id, '50.01');
    expect([status, body.code, body['meta']]).toEqual([422, 'credit_exceeded', { credit: '50.00', currency: 'INR' }]);
    expect(await billing.snapshot()).toBe(before);
  });

  test('is refused for a loan of somebody else, an unknown customer, and without a key', async () => {
    const { customerId } = await credited();
    const other = await credited();
    expect((await use(customerId, other.loan.id, '1.00')).body.code).toBe('not_found');
    expect((await use(newId(), other.loan.id, '1.00')).body.code).toBe('not_found');
    expect((await billing.get(`/v1/customers/${newId()}/credit-uses`)).status).toBe(404);
    const url = `/v1/customers/${customerId}/credit-uses`;
    const keyless = await billing.post(url, { loan_id: other.loan.id, amount: money('1.00') });
    expect(keyless.body.code).toBe('idempotency_key_required');
  });

  test('at once never spends more than there is', async () => {
    const { customerId } = await credited();
    const loan = await activeLoan(customerId);
    const answers = await Promise.all(Array.from({ length: 6 }, () => use(customerId, loan.id, '20.00')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(await balance(customerId)).toEqual({ credit: '10.00', shortfall: '0.00' });
  });
});

describe('refunding credit', () => {
  test('authorises what there is, books it as payable until it is paid out, and does so once', async () => {
    const { customerId, loan } = await credited();
    const refund = refunding({ customerId, amount: '40.00', ...INR });
    await billing.apply(refund.requested);
    expect(await balance(customerId)).toEqual({ credit: '10.00', shortfall: '0.00' });
    expect(await books(customerId)).toContainEqual({ account: 'refund_payable', balance: '-4000' });
    await billing.apply(refund.paidOut);
    expect((await books(customerId)).map(({ account }) => account)).not.toContain('refund_payable');
    const once = await billing.snapshot();
    await billing.apply(refund.requested, refund.paidOut);
    expect(await billing.snapshot()).toBe(once);
    expect(await billing.isProven(loan.id)).toBe(true);
    const told = await billing.published(customerId, 'customers', 3);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.refund_authorised',
      data: { refund_id: refund.refundId, amount: '40.00', balance: '10.00', lots: [{ loan_id: loan.id }] },
    });
  });

  test('sees the credit of a payment that came in the same batch before it', async () => {
    const { customerId } = await credited();
    const more = settled({ customerId, amount: '25.00', ...INR });
    const refund = refunding({ customerId, amount: '75.00', ...INR });
    await billing.apply(more, refund.requested, refund.paidOut);
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '0.00' });
  });

  test('refuses what is above the credit, and says so', async () => {
    const { customerId } = await credited();
    const refund = refunding({ customerId, amount: '50.01', ...INR });
    await billing.apply(refund.requested);
    expect(await balance(customerId)).toEqual({ credit: '50.00', shortfall: '0.00' });
    const told = await billing.published(customerId, 'customers', 3);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.refund_refused',
      data: { refund_id: refund.refundId, balance: '50.00', reason: 'credit_exceeded' },
    });
    await expect(billing.apply(refund.failed)).rejects.toThrow('cannot be failed');
  });

  test('gives the credit of a failed payout back to the lots that it came from, once', async () => {
    const { customerId, loan } = await credited();
    const lots = 'select lot_id, loan_id, amount::text from spent_credits where returned_at is null';
    const refund = refunding({ customerId, amount: '40.00', ...INR });
    await billing.apply(refund.requested);
    await billing.apply(refund.failed);
    await billing.apply(refund.failed);
    expect(await balance(customerId)).toEqual({ credit: '50.00', shortfall: '0.00' });
    expect(await billing.rows(`${lots} and customer_id = $1`, [customerId])).toEqual([]);
    expect((await books(customerId)).find(({ account }) => account === 'customer_credit')?.balance).toBe('-5000');
    expect(await billing.isProven(loan.id)).toBe(true);
    const told = await billing.published(customerId, 'customers', 4);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.credited',
      data: { refund_id: refund.refundId, amount: '40.00', balance: '50.00', reason: 'refund_failed' },
    });
  });
});

describe('a refund that was paid out and comes back', () => {
  test('gives the credit back once, and the money is here again', async () => {
    const { customerId, loan } = await credited();
    const before = await books(customerId);
    const refund = refunding({ customerId, amount: '40.00', ...INR });
    await billing.apply(refund.requested, refund.paidOut);
    expect(await balance(customerId)).toEqual({ credit: '10.00', shortfall: '0.00' });
    await billing.apply(refund.returned);
    expect(await balance(customerId)).toEqual({ credit: '50.00', shortfall: '0.00' });
    expect(await books(customerId)).toEqual(before);
    expect(await billing.rows('select status from refunds where id = $1', [refund.refundId])).toEqual([
      { status: 'returned' },
    ]);
    const once = await billing.snapshot();
    await billing.apply(refund.requested, refund.paidOut, refund.returned, refund.returned);
    expect(await billing.snapshot()).toBe(once);
    expect(await billing.isProven(loan.id)).toBe(true);
    const told = await billing.published(customerId, 'customers', 4);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.credited',
      data: { refund_id: refund.refundId, amount: '40.00', balance: '50.00', reason: 'refund_returned' },
    });
  });

  test('covers what the customer is short of since its payment was taken back', async () => {
    const { customerId, payment } = await credited();
    const refund = refunding({ customerId, amount: '40.00', ...INR });
    await billing.apply(refund.requested, refund.paidOut, reversed(payment));
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '40.00' });
    await billing.apply(refund.returned);
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '0.00' });
    expect((await books(customerId)).map(({ account }) => account)).not.toContain('customer_credit');
  });
});

describe('taking back a payment whose credit was spent', () => {
  test('undoes neither use nor refund: the customer is short of it, and later credit covers that first', async () => {
    const { customerId, loan, payment } = await credited();
    const other = await activeLoan(customerId);
    await use(customerId, other.id, '30.00');
    const refund = refunding({ customerId, amount: '15.00', ...INR });
    await billing.apply(refund.requested, refund.paidOut, reversed(payment));
    expect([await billing.outstanding(loan.id), await billing.outstanding(other.id)]).toEqual(['100.00', '70.00']);
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '45.00' });
    const told = await billing.published(customerId, 'customers', 5);
    expect(told.at(-1)).toMatchObject({
      type: 'customer.credit_reclaimed',
      data: { payment_id: payment.paymentId, amount: '50.00', balance: '0.00', shortfall: '45.00' },
    });
    const later = settled({ customerId, amount: '230.00', ...INR });
    await billing.apply(later);
    expect(await balance(customerId)).toEqual({ credit: '15.00', shortfall: '0.00' });
    const above = refunding({ customerId, amount: '15.01', ...INR });
    await billing.apply(above.requested);
    const [row] = await billing.rows('select status from refunds where id = $1', [above.refundId]);
    expect(row).toEqual({ status: 'refused' });
    expect([await billing.isProven(loan.id), await billing.isProven(other.id)]).toEqual([true, true]);
  });

  test('is made good by a payment when no loan owes any more, and is short again when that is taken back', async () => {
    const { customerId, loan, payment } = await credited();
    const refund = refunding({ customerId, amount: '50.00', ...INR });
    await billing.apply(refund.requested, refund.paidOut, reversed(payment));
    await billing.apply(settled({ customerId, amount: '100.00', ...INR }));
    expect(await billing.outstanding(loan.id)).toBe('0.00');
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '50.00' });
    const made = { ...settled({ customerId, amount: '50.00', ...INR }), amount: '50.00', ...INR };
    await billing.apply(made, made);
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '0.00' });
    expect((await books(customerId)).map(({ account }) => account)).not.toContain('customer_credit');
    await billing.apply(reversed(made));
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '50.00' });
    expect(await books(customerId)).toContainEqual({ account: 'customer_credit', balance: '5000' });
    expect(await billing.isProven(loan.id)).toBe(true);
  });

  test('reclaims only the unspent part when another payment of the loan is taken back', async () => {
    const customerId = await billing.customer();
    const loan = await activeLoan(customerId);
    const [first, second] = ['60.00', '90.00'].map((amount) => ({
      ...settled({ customerId, amount, ...INR }),
      amount,
      ...INR,
    }));
    if (first === undefined || second === undefined) throw new Error('two payments were meant');
    await billing.apply(first, second);
    await billing.apply(refunding({ customerId, amount: '35.00', ...INR }).requested);
    await billing.apply(reversed(first));
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '0.00' });
    expect(await billing.outstanding(loan.id)).toBe('45.00');
    expect(await billing.isProven(loan.id)).toBe(true);
  });
});

test('credit that no loan took is spent, booked and read back at any time like other credit', async () => {
  const customerId = await billing.customer();
  const payment = { ...settled({ customerId, amount: '80.00', on: '2026-05-20', ...INR }), amount: '80.00', ...INR };
  await billing.apply(payment);
  await billing.apply(refunding({ customerId, amount: '30.00', ...INR }).requested);
  const at = (asOf: string) => billing.get(`/v1/customers/${customerId}/balance?currency=INR&as_of=${asOf}`);
  const credits = await Promise.all(['2026-05-19', '2026-05-31', '2026-06-01'].map(at));
  expect(credits.map(({ body }) => body['credit'])).toEqual(['0.00', '80.00', '50.00']);
  await billing.apply(reversed(payment));
  expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '30.00' });
  expect(await books(customerId)).toEqual([
    { account: 'customer_credit', balance: '3000' },
    { account: 'refund_payable', balance: '-3000' },
  ]);
});

describe('a recovery that a late payment makes superfluous', () => {
  test('is credit that pays another loan, and only what is unspent of it is taken back', async () => {
    const customerId = await billing.customer();
    const loan = await activeLoan(customerId);
    await billing.post(`/v1/loans/${loan.id}/write-off`, { value_date: '2026-05-10' });
    const recovery = { amount: money('60.00'), value_date: '2026-05-22' };
    expect((await billing.post(`/v1/loans/${loan.id}/recoveries`, recovery)).status).toBe(200);
    const paying = { customerId, amount: '70.00', on: '2026-05-05', ...INR };
    const late = { ...paying, ...settled({ ...paying, loans: [{ loan_id: loan.id, amount: '70.00' }] }) };
    await billing.apply(late);
    expect((await billing.get(`/v1/loans/${loan.id}`)).body['written_off']).toMatchObject({ recovered: '30.00' });
    expect(await balance(customerId)).toEqual({ credit: '30.00', shortfall: '0.00' });
    expect(await books(customerId)).toContainEqual({ account: 'customer_credit', balance: '-3000' });
    const told = await billing.published(customerId, 'customers', 2);
    expect(told.at(-1)).toMatchObject({ type: 'customer.credited', data: { loan_id: loan.id, amount: '30.00' } });
    const moved = (await billing.published(customerId, 'loans', 1)).filter(
      ({ type }) => type === 'loan.repayment_reallocated',
    );
    expect(moved).toMatchObject([
      { data: { paid_from: 'recovery', amount: '30.00', previous_amount: '60.00', credited: '30.00' } },
    ]);

    const other = await activeLoan(customerId);
    expect((await use(customerId, other.id, '20.00')).status).toBe(201);
    expect(await billing.outstanding(other.id)).toBe('80.00');
    await billing.apply(reversed(late));
    expect((await billing.get(`/v1/loans/${loan.id}`)).body['written_off']).toMatchObject({ recovered: '40.00' });
    expect(await balance(customerId)).toEqual({ credit: '0.00', shortfall: '0.00' });
    expect((await books(customerId)).map(({ account }) => account)).not.toContain('customer_credit');
    expect([await billing.isProven(loan.id), await billing.isProven(other.id)]).toEqual([true, true]);
    const listed = await billing.get('/internal/v1/applied-credits?from=2026-05-22&to=2026-05-22', { role: 'service' });
    expect(listed.body['data']).toEqual([]);
  });
});
