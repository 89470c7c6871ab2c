import { eventually, readCsv, readPdf } from '@tenor/testing';
import type { Static } from 'typebox';
import type { StatementSchema } from '../src/statements/statements.schemas.ts';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from './harness.ts';

type StatementJson = Static<typeof StatementSchema>;

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('further_lending');
  for (const product of products) {
    const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

const monthly = { frequency: { every: 1, unit: 'month' }, number_of_instalments: 4 };
const annuity = { interest_method: 'annuity', annual_rate_percent: '12', ...monthly };
const products = [
  {
    code: 'in-tranches',
    name: 'Paid out in up to three parts',
    currency: 'USD',
    terms: { ...annuity, maximum_disbursements: 3 },
    auto_approve: false,
  },
  {
    code: 'reducing',
    name: 'Fewer instalments after a payment in advance',
    currency: 'USD',
    terms: annuity,
    advance_payment: 'reduce_term',
    settlement: { payoff: 'to_the_day', small_balance_tolerance: '0.50' },
  },
  {
    code: 'with-fee',
    name: 'A fee kept back',
    currency: 'USD',
    terms: {
      ...annuity,
      fees: [{ code: 'origination', charged: 'at_disbursement', percent: '2', treatment: 'deducted' }],
    },
    max_open_loans: 1,
  },
];
const usd = (amount: string) => ({ amount, currency: 'USD' });
const schedule = async (id: string, query = '') => (await billing.get(`/v1/loans/${id}/schedule${query}`)).body;
const principals = async (id: string) => (await schedule(id)).instalments.map((each) => Reflect.get(each, 'principal'));
/** The data of what was published of the customer's loans under this type, once there are so many. */
const told = async (customerId: string, type: string, count = 1) =>
  (await billing.published(customerId, 'loans', count, type)).map(({ data }) => data);
const balance = async (customerId: string) => (await billing.get(`/v1/customers/${customerId}/balance`)).body;

describe('a loan in tranches', () => {
  const approved = async (limit = '1000.00', principal = '600.00') => {
    const customerId = await billing.customer({ credit_limit: usd(limit) });
    const given = { product: 'in-tranches', principal: usd(principal), disbursed_on: '2026-04-01' };
    const { id } = await billing.loan(customerId, given);
    return { customerId, id };
  };
  const paidOut = async (id: string, amount: string, on: string) =>
    billing.post(`/v1/loans/${id}/disbursements`, { amount: usd(amount), disbursed_on: on });
  const active = async (limit?: string, principal?: string) => {
    const loan = await approved(limit, principal);
    expect((await billing.post(`/v1/loans/${loan.id}/approve`, {})).status).toBe(200);
    return loan;
  };

  test('is owed part by part, and each part is planned over what is left', async () => {
    const { customerId, id } = await active();
    const first = await paidOut(id, '300.00', TODAY);
    expect([first.status, first.body]).toMatchObject([200, { principal: usd('600.00'), disbursed: usd('300.00') }]);
    expect(await principals(id)).toEqual(['73.88', '74.62', '75.36', '76.14']);
    expect(await balance(customerId)).toMatchObject({ exposure: '300.00' });
    const second = await paidOut(id, '100.00', TODAY);
    expect(second.body).toMatchObject({ disbursed: usd('400.00'), status: 'active', disbursed_on: TODAY });
    expect(await principals(id)).toEqual(['98.51', '99.50', '100.49', '101.50']);
    expect(await told(customerId, 'loan.restructured')).toMatchObject([{ kind: 'disbursement', version: 2 }]);
    expect(await told(customerId, 'loan.disbursed', 2)).toMatchObject([{ amount: '300.00' }, { amount: '100.00' }]);
    expect(await balance(customerId)).toMatchObject({ exposure: '400.00', available: '600.00' });
    expect(await billing.isProven(id)).toBe(true);
  });

  test('is approved and paid out as of the days on which it was', async () => {
    const { customerId, id } = await approved();
    const approve = (on: string) => billing.post(`/v1/loans/${id}/approve`, { approved_on: on });
    expect((await approve('2026-06-02')).body.code).toBe('value_date_in_future');
    expect((await approve('2026-04-01')).body).toMatchObject({ status: 'approved' });
    expect(await told(customerId, 'loan.approved')).toMatchObject([{ approved_on: '2026-04-01' }]);
    expect((await paidOut(id, '300.00', '2026-03-31')).body.code).toBe('state_conflict');
    expect((await paidOut(id, '300.00', '2026-04-01')).body).toMatchObject({ disbursed_on: '2026-04-01' });
    // 15 of 30 days of 100.00 at 1 % a month, and the month of 300.00.
    expect((await paidOut(id, '100.00', '2026-04-16')).status).toBe(200);
    expect((await schedule(id)).instalments[0]).toMatchObject({ due_date: '2026-05-01', interest: '3.50' });
    expect(await billing.isProven(id)).toBe(true);
  });

  test('never gets more than was approved, more often than its terms say, or more than the limit leaves', async () => {
    const { customerId, id } = await active('650.00');
    expect((await paidOut(id, '100.00', TODAY)).status).toBe(200);
    const other = await billing.loan(customerId, { product: 'reducing', principal: usd('200.00') });
    const refusals = [
      [await paidOut(id, '500.01', TODAY), 422, 'principal_out_of_bounds'],
      [await paidOut(id, '350.01', TODAY), 422, 'limit_exceeded'],
      [await paidOut(id, '10.00', '2026-05-31'), 422, 'value_date_before_disbursement'],
      [await paidOut(id, '10.00', '2026-06-02'), 422, 'value_date_in_future'],
      [
        await billing.post(`/v1/loans/${id}/disbursements`, { amount: { amount: '1', currency: 'EUR' } }),
        422,
        'currency_mismatch',
      ],
      [await paidOut(other.id, '10.00', TODAY), 409, 'state_conflict'],
    ] as const;
    for (const [{ status, body }, expected, code] of refusals) expect([status, body.code]).toEqual([expected, code]);
    expect((await paidOut(id, '350.00', TODAY)).status).toBe(200);
    expect((await paidOut(id, '0.01', TODAY)).body.code).toBe('limit_exceeded');
    await billing.patch(
      `/v1/customers/${customerId}`,
      { credit_limit: usd('5000.00') },
      { headers: { 'if-match': '*' } },
    );
    expect((await billing.post(`/v1/loans/${id}/disbursements`, {})).body).toMatchObject({ disbursed: usd('600.00') });
    expect((await paidOut(id, '0.01', TODAY)).body.code).toBe('state_conflict');
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a payment in advance', () => {
  const opened = async () => {
    const customerId = await billing.customer();
    const given = { product: 'reducing', principal: usd('1000.00'), disbursed_on: '2026-03-01' };
    return { customerId, id: (await billing.loan(customerId, given)).id };
  };

  test('makes the loan shorter, is told as a new plan, and as the old one when it is taken back', async () => {
    const { customerId, id } = await opened();
    const payment = settled({ customerId, amount: '600.00', currency: 'USD', on: '2026-04-01' });
    await billing.apply(payment);
    expect((await schedule(id)).instalments).toHaveLength(3);
    expect(await told(customerId, 'loan.restructured')).toMatchObject([
      { kind: 'reduce_term', version: 2, restructure_id: payment.paymentId, value_date: '2026-04-01' },
    ]);
    expect(await billing.isProven(id)).toBe(true);
    await billing.apply(settled({ customerId, amount: '100.00', currency: 'USD', on: '2026-03-15' }));
    expect(await schedule(id)).toMatchObject({ version: 3 });
    expect(await billing.isProven(id)).toBe(true);
    await billing.apply(reversed({ customerId, amount: '600.00', currency: 'USD', paymentId: payment.paymentId }));
    expect((await schedule(id)).version).toBe(2);
    expect(await billing.isProven(id)).toBe(true);
    const plans = await told(customerId, 'loan.restructured', 3);
    expect(plans.map(({ version }) => version)).toEqual([2, 3, 2]);
    expect(plans[2]?.['schedule']).toHaveLength((await schedule(id)).instalments.length);
  });

  test('each plan can be read again by its version', async () => {
    const { customerId, id } = await opened();
    const first = await schedule(id);
    for (const on of ['2026-04-01', '2026-05-01']) {
      await billing.apply(settled({ customerId, amount: '300.00', currency: 'USD', on }));
    }
    expect(await schedule(id)).toMatchObject({ version: 3 });
    const seen = await schedule(id, '?version=1');
    expect(seen).toMatchObject({ version: 1, as_of: '2026-04-01' });
    expect(seen.instalments).toEqual(
      first.instalments.map((each) => ({ ...each, status: each.due_date <= '2026-04-01' ? 'due' : 'upcoming' })),
    );
    expect(await schedule(id, '?version=2')).toMatchObject({ version: 2, as_of: '2026-05-01' });
    expect(await schedule(id, '?version=3')).toEqual(await schedule(id));
    expect((await schedule(id, '?version=4')).code).toBe('not_found');
    expect((await schedule(id, '?version=0')).code).toBe('validation_failed');
    expect((await schedule(id, '?version=2&as_of=2026-04-15')).version).toBe(2);
    expect((await schedule(id, '?version=3&as_of=2026-04-15')).code).toBe('not_found');
  });
});

describe('a remainder that its product calls small', () => {
  const ended = async (amount: string, on: string) => {
    const customerId = await billing.customer();
    const given = { product: 'reducing', principal: usd('100.00'), disbursed_on: '2026-01-01' };
    const { id } = await billing.loan(customerId, given);
    const payment = settled({ customerId, amount, currency: 'USD', on });
    await billing.apply(payment);
    return { customerId, id, payment };
  };

  test('is given up when a payment on the last due date or later leaves it, and comes back with the payment', async () => {
    // 102.50 in all.
    const { customerId, id, payment } = await ended('102.00', '2026-05-01');
    expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ status: 'paid', outstanding: usd('0.00') });
    expect((await schedule(id)).instalments[3]).toMatchObject({ waived: '0.50', unpaid: '0.00', status: 'paid' });
    expect(await told(customerId, 'loan.repaid')).toMatchObject([{ amount: '102.00', waived: '0.50' }]);
    expect(await billing.isProven(id)).toBe(true);
    await billing.apply(reversed({ customerId, amount: '102.00', currency: 'USD', paymentId: payment.paymentId }));
    expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ outstanding: usd('102.50') });
    expect(await billing.isProven(id)).toBe(true);
  });

  test('is owed when it is a cent more, or left before the last due date', async () => {
    for (const [amount, on, left] of [
      ['101.99', '2026-05-01', '0.51'],
      ['25.62', '2026-02-01', '76.88'],
    ] as const) {
      const { id } = await ended(amount, on);
      expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ status: 'active', outstanding: usd(left) });
    }
  });

  test('is given up of a payoff', async () => {
    const { customerId, id } = await ended('25.63', '2026-02-01');
    const payment = settled({ customerId, amount: '75.00', currency: 'USD', on: '2026-02-15' });
    await billing.apply(payment);
    const quoted = (await billing.get(`/v1/loans/${id}/payoff-quote?on=2026-02-15`)).body['total'];
    expect(quoted).toBe('0.75');
    const refused = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: payment.paymentId });
    expect(refused.body.code).toBe('payment_not_exact');
    const second = settled({ customerId, amount: '0.30', currency: 'USD', on: '2026-02-15' });
    await billing.apply(second);
    const { status, body } = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: second.paymentId });
    expect([status, body.status]).toEqual([200, 'paid']);
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a top-up', () => {
  const lent = async (more: object = {}) => {
    const customerId = await billing.customer({ credit_limit: usd('1000.00') });
    const given = { product: 'reducing', principal: usd('800.00'), disbursed_on: '2026-05-15' };
    const { id } = await billing.loan(customerId, { ...given, ...more });
    return { customerId, id };
  };
  const topUp = (id: string, body: object, key?: string) =>
    billing.post(`/v1/loans/${id}/top-up`, body, key === undefined ? {} : { key });
  const cash = (id: string) =>
    billing.rows<{ debit: string; credit: string; amount: string }>(
      `select debit, credit, amount::text from ledger_entries where loan_id = $1 and component = 'disbursement' order by amount`,
      [id],
    );

  test('pays the old loan off by a new one, and pays out the rest, once', async () => {
    const { customerId, id } = await lent();
    const { total } = (await billing.get(`/v1/loans/${id}/payoff-quote`)).body;
    expect(total).toBe('804.39');
    const first = await topUp(id, { principal: usd('1000.00'), external_id: 'topped-up' }, 'top-up-1');
    expect([first.status, first.body]).toMatchObject([201, { status: 'active', outstanding: usd('1025.13') }]);
    const again = await topUp(id, { principal: usd('1000.00'), external_id: 'topped-up' }, 'top-up-1');
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
    expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ status: 'paid', outstanding: usd('0.00') });
    expect(await cash(first.body.id)).toEqual([
      { debit: 'loan_principal', credit: 'cash_clearing', amount: '19561' },
      { debit: 'loan_principal', credit: 'customer_credit', amount: '80439' },
    ]);
    expect(await balance(customerId)).toMatchObject({ exposure: '1000.00', available: '0.00', credit: '0.00' });
    expect(await told(customerId, 'loan.disbursed', 2)).toMatchObject([
      {},
      { settles: { loan_id: id, amount: '804.39' } },
    ]);
    expect(await told(customerId, 'loan.paid')).toMatchObject([{ loan_id: id }]);
    expect(await told(customerId, 'loan.repaid')).toMatchObject([
      { loan_id: id, paid_from: 'credit', amount: '804.39' },
    ]);
    for (const loanId of [id, first.body.id]) expect(await billing.isProven(loanId)).toBe(true);
  });

  test('is told by the statement of the new loan: what was paid out, and what paid which loan', async () => {
    const { id } = await lent();
    const { body } = await topUp(id, { principal: usd('1000.00') });
    const statement = (format: string) => billing.get(`/v1/loans/${body.id}/statement?format=${format}`);
    const { totals, lines } = (await statement('json')).body as unknown as StatementJson;
    expect([totals.money_out, totals.refinanced, totals.principal]).toEqual(['195.61', '804.39', '1000.00']);
    const paidOut = lines.find(({ type }) => type === 'disbursed');
    expect(paidOut).toMatchObject({ refinanced: '804.39', text: `Loan paid out; 804.39 of it paid off loan ${id}` });
    const [header = [], ...rows] = readCsv((await statement('csv')).text);
    expect(rows.map((row) => row[header.indexOf('refinanced')])).toContain('804.39');
    const page = (await readPdf((await statement('pdf')).bytes)).join(' ');
    for (const part of ['Paid out to you USD 195.61', 'Lent to pay off another loan USD 804.39']) {
      expect(page).toContain(part);
    }
    // The id may be broken over two lines, as its letters happen to be wide.
    expect(page.replaceAll(' ', '')).toContain(id.slice(-12));
  });

  test('leaves as credit what a payment dated earlier makes it pay too much', async () => {
    const { customerId, id } = await lent();
    expect((await topUp(id, { principal: usd('900.00') })).status).toBe(201);
    const earlier = settled({
      customerId,
      amount: '100.00',
      currency: 'USD',
      on: '2026-05-20',
      loans: [{ loan_id: id, amount: '100.00' }],
    });
    await billing.apply(earlier);
    // The interest of 100 over the eleven days that it was not owed is credit too.
    expect(await billing.credit(customerId, 'USD')).toBe('100.39');
    expect(await billing.isProven(id)).toBe(true);
  });

  test.each([
    ['less than the payoff', { principal: usd('804.38') }, 422, 'payoff_not_covered'],
    [
      'less than the payoff once its fee is kept back',
      { principal: usd('820.00'), product: 'with-fee' },
      422,
      'payoff_not_covered',
    ],
    ['another currency', { principal: { amount: '900.00', currency: 'INR' } }, 422, 'currency_mismatch'],
    ['more than the limit', { principal: usd('1000.01') }, 422, 'limit_exceeded'],
    ['no such product', { principal: usd('900.00'), product: 'nothing' }, 404, 'not_found'],
    ['a fixed term', { principal: usd('900.00'), terms: { number_of_instalments: 5 } }, 422, 'terms_not_allowed'],
    ['no principal', {}, 400, 'validation_failed'],
  ])('with %s is refused, and nothing is written', async (_, body, status, code) => {
    const { id } = await lent();
    const before = await billing.snapshot();
    const refused = await topUp(id, body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await billing.snapshot()).toBe(before);
  });

  test('is of a loan that is active', async () => {
    const { id } = await lent();
    expect((await topUp(id, { principal: usd('900.00') })).status).toBe(201);
    const { status, body } = await topUp(id, { principal: usd('900.00') });
    expect([status, body.code, body['meta']]).toMatchObject([
      409,
      'state_conflict',
      { status: 'paid', allowed: ['active'] },
    ]);
  });

  test.each(['a payment with a later reference', 'a waiver'])(
    'pays the old loan off before %s of the same day, which sorts after it',
    async (what) => {
      const { customerId, id } = await lent();
      if (what === 'a waiver') {
        const visit = { component: 'fee', code: 'visit', amount: usd('5.00'), value_date: '2026-05-20' };
        expect((await billing.post(`/v1/loans/${id}/charges`, visit)).status).toBe(200);
        expect((await billing.post(`/v1/loans/${id}/waivers`, { component: 'fee' })).status).toBe(200);
      } else {
        await billing.apply(settled({ customerId, amount: '100.00', currency: 'USD', externalRef: 'f'.repeat(64) }));
      }
      expect((await topUp(id, { principal: usd('900.00') })).status).toBe(201);
      expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ status: 'paid', outstanding: usd('0.00') });
      expect(await billing.credit(customerId, 'USD')).toBe(what === 'a waiver' ? '0.00' : '100.00');
      expect(await billing.isProven(id)).toBe(true);
    },
  );

  test('does not count the old loan among those that a product limits', async () => {
    const { id } = await lent({ product: 'with-fee', principal: usd('500.00'), disbursed_on: TODAY });
    const topped = await topUp(id, { principal: usd('900.00') });
    expect(topped.status).toBe(201);
    await eventually(async () => expect(await billing.isProven(topped.body.id)).toBe(true));
  });
});
