import { randomUUID } from 'node:crypto';
import { newId } from '@tenor/service-kit';
import { type BillingTest, type Body, reversed, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('eligibility');
});
afterAll(() => billing.stop());

const inr = (amount: string) => ({ amount, currency: 'INR' });
const borrower = (more: object = {}) =>
  billing.customer({ monthly_income: inr('50000.00'), credit_limit: inr('1800000.00'), ...more });
const application = (customerId: string, principal = '100000.00', rate = '12', months = 12) => ({
  customer_id: customerId,
  product: 'credit-annuity',
  principal: inr(principal),
  terms: { annual_rate_percent: rate, number_of_instalments: months },
});
const ask = async (body: object) => {
  const { status, text, body: answer } = await billing.post('/v1/eligibility', body);
  if (status !== 200) throw new Error(text);
  return answer;
};
const open = (body: object, key?: string) => billing.post('/v1/loans', body, key === undefined ? {} : { key });
/** As a client does: whoever waited too long for the customer's turn has changed nothing, and comes again. */
async function openInTime(body: object, key?: string) {
  for (let attempt = 1; attempt < 10; attempt += 1) {
    const answer = await open(body, key);
    if (answer.status !== 503) return answer;
  }
  return open(body, key);
}

/** 12,000 without interest from 1 January over twelve months, of which instalments were paid on these days. */
async function lent(customerId: string, ...days: readonly string[]) {
  const loan = await billing.loan(customerId, {
    ...application(customerId, '12000.00', '0'),
    product: 'monthly-annuity',
    disbursed_on: '2026-01-01',
  });
  const payments = days.map((on) => settled({ customerId, amount: '1000.00', currency: 'INR', on }));
  for (const payment of payments) await billing.apply(payment);
  return { loan, payments };
}
const reasonsOf = ({ meta }: Body): string => String((meta as { reasons: string[] }).reasons);
const scoreOf = async (customerId: string) => (await ask(application(customerId)))['score'];

describe('asking for eligibility', () => {
  test('answers with decision, score, rate, instalment, annual rates and headroom, and stores nothing', async () => {
    const customerId = await borrower();
    const before = await billing.snapshot();
    expect(await ask(application(customerId, '100000.00', '10.5'))).toEqual({
      customer_id: customerId,
      product: 'credit-annuity',
      as_of: TODAY,
      decision: 'approved',
      eligible: true,
      reasons: ['rate_below_band'],
      score: {
        value: 50,
        model: 'v1',
        components: [{ component: 'no_history', points: 50, max_points: 50 }],
        history: {
          past_loans: 0,
          loans_this_year: 0,
          volume: '0.00',
          instalments_due: 0,
          instalments_on_time: 0,
          surplus_on_time: 0,
        },
      },
      principal: '100000.00',
      rate_percent: '10.5',
      corrected_rate_percent: '12',
      instalment: '8884.88',
      total: '106618.53',
      apr: { reg_z: '12.00', eu: '12.68', reason: null },
      limit: '1800000.00',
      exposure: '0.00',
      available: '1800000.00',
      income: '50000.00',
      cap: '25000.00',
      instalments_now: '0.00',
      instalments_with_new: '8884.88',
      headroom_now: '25000.00',
      headroom_with_new: '16115.12',
      currency: 'INR',
    });
    expect(await billing.snapshot()).toBe(before);
  });

  test('declines without an offer, but tells the rate that the score allows', async () => {
    const customerId = await borrower({ credit_limit: inr('1000.00'), monthly_income: undefined });
    expect(await ask(application(customerId, '1000.01', '8'))).toMatchObject({
      decision: 'declined',
      eligible: false,
      reasons: ['rate_below_band', 'income_unknown', 'limit_exceeded'],
      rate_percent: '8',
      corrected_rate_percent: '12',
      instalment: null,
      apr: null,
      income: null,
      cap: null,
      headroom_now: null,
      instalments_with_new: null,
      headroom_with_new: null,
    });
  });

  test('reads the history from the loans: in time, late, taken back and written off', async () => {
    const customerId = await borrower();
    const { loan, payments } = await lent(customerId, '2026-02-01', '2026-03-01', '2026-04-02');
    // Due by 1 June were 1 February to 1 May; what is due today is not late yet.
    expect(await scoreOf(customerId)).toMatchObject({
      value: 30 + 1 + 4 + 0 + 5,
      components: [
        { component: 'on_time', points: 30, max_points: 60 },
        { component: 'past_loans', points: 1, max_points: 15 },
        { component: 'current_year', points: 4, max_points: 5 },
        { component: 'volume', points: 0, max_points: 15 },
        { component: 'within_limit', points: 5, max_points: 5 },
      ],
      history: { past_loans: 1, loans_this_year: 1, volume: '12000.00', instalments_due: 4, instalments_on_time: 2 },
    });
    const [first] = payments;
    if (first === undefined) throw new Error('nothing was paid');
    await billing.apply(reversed({ ...first, amount: '1000.00', currency: 'INR' }));
    // The second payment is now the first instalment's, a month late.
    expect(await scoreOf(customerId)).toMatchObject({ history: { instalments_due: 4, instalments_on_time: 0 } });
    expect((await billing.post(`/v1/loans/${loan.id}/write-off`, {}, { key: randomUUID() })).status).toBe(200);
    expect(await scoreOf(customerId)).toMatchObject({
      value: 0 + 0 + 4 + 0 + 5,
      history: { past_loans: 1, instalments_due: 12, instalments_on_time: 0 },
    });
    expect(await ask(application(customerId, '1000.00', '30'))).toMatchObject({
      decision: 'declined',
      reasons: ['score_too_low'],
      corrected_rate_percent: '30',
    });
  });

  test('counts the instalments of current loans against half of the income, exactly half included', async () => {
    const customerId = await borrower({ monthly_income: inr('2000.00') });
    await lent(customerId, '2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01');
    expect(await ask(application(customerId))).toMatchObject({
      eligible: true,
      cap: '1000.00',
      instalments_now: '1000.00',
      headroom_now: '0.00',
      headroom_with_new: '-8884.88',
    });
    await billing.patch(`/v1/customers/${customerId}`, { monthly_income: inr('1999.99') });
    expect(await ask(application(customerId))).toMatchObject({
      eligible: false,
      reasons: ['instalments_above_cap'],
      cap: '999.99',
      headroom_now: '-0.01',
    });
  });

  test.each([
    { because: 'an unknown customer', more: { customer_id: newId() }, status: 404, code: 'not_found' },
    { because: 'an unknown product', more: { product: 'no-such' }, status: 404, code: 'not_found' },
    {
      because: 'another currency',
      more: { principal: { amount: '1', currency: 'USD' } },
      status: 422,
      code: 'currency_mismatch',
    },
    {
      because: 'a rate that is missing',
      more: { terms: { number_of_instalments: 3 } },
      status: 422,
      code: 'terms_invalid',
    },
    {
      because: 'a term that is fixed',
      more: { terms: { emi_smoothing: true } },
      status: 422,
      code: 'terms_not_allowed',
    },
    { because: 'tomorrow', more: { disbursed_on: '2026-06-02' }, status: 422, code: 'value_date_in_future' },
    { because: 'an amount of nothing', more: { principal: inr('0') }, status: 400, code: 'validation_failed' },
  ])('is refused for $because: $code', async ({ more, status, code }) => {
    const answer = await billing.post('/v1/eligibility', { ...application(await borrower()), ...more });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('is refused for an inactive customer, and for a limit or an income in another currency', async () => {
    const usd = { amount: '1', currency: 'USD' };
    const inactive = await borrower();
    await billing.patch(`/v1/customers/${inactive}`, { status: 'inactive' });
    const customers = [inactive, await borrower({ credit_limit: usd }), await borrower({ monthly_income: usd })];
    const answers = await Promise.all(customers.map((id) => billing.post('/v1/eligibility', application(id))));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'customer_inactive'],
      [422, 'currency_mismatch'],
      [422, 'currency_mismatch'],
    ]);
  });
});

describe('opening a loan that an internal score decides', () => {
  test('refuses what is not eligible with its reasons, and stores nothing', async () => {
    const customerId = await borrower();
    const before = await billing.snapshot();
    const answer = await open(application(customerId, '100000.00', '8'), randomUUID());
    expect([answer.status, answer.body]).toMatchObject([
      422,
      {
        code: 'not_eligible',
        meta: { reasons: ['rate_below_band'], score: 50, rate_percent: '8', corrected_rate_percent: '12' },
      },
    ]);
    expect(await billing.snapshot()).toBe(before);
  });

  test('opens it at the corrected rate where that is accepted, with the instalment that was quoted', async () => {
    const customerId = await borrower();
    const body = application(customerId, '100000.00', '8');
    const quoted = await ask(body);
    const key = randomUUID();
    const accepted = { ...body, accept_corrected_rate: true };
    const answers = [await open(accepted, key), await open(accepted, key)];
    const [first] = answers;
    expect(answers.map(({ status, body: { id } }) => [status, id])).toEqual([
      [201, first?.body.id],
      [201, first?.body.id],
    ]);
    expect(first?.body).toMatchObject({ status: 'active', terms: { annual_rate_percent: '12' } });
    const { body: schedule } = await billing.get(`/v1/loans/${first?.body.id}/schedule`);
    expect(schedule.instalments[0]?.total).toBe(quoted['instalment']);
    expect(await ask(body)).toMatchObject({ instalments_now: '8884.88', exposure: '100000.00' });
    expect(await billing.isProven(String(first?.body.id))).toBe(true);
    const { body: journal } = await billing.get(`/v1/loans/${first?.body.id}/events`);
    expect(journal.data.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ score: { model: 'v1', value: 50, rate_percent: '8' } }),
    );
  });

  test('of 100 applications at once with room for 10, exactly 10 are opened', async () => {
    const customerId = await borrower({ credit_limit: inr('1000000.00'), monthly_income: inr('9000000.00') });
    // Applications of others share the transactions.
    const others = await Promise.all(Array.from({ length: 10 }, () => borrower()));
    const body = application(customerId, '100000.00', '18');
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 100 }, () => openInTime(body))),
      Promise.all(others.map((id) => openInTime(application(id)))),
    ]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 201).map((answer) => answer.body);
    expect(refused).toHaveLength(90);
    expect(new Set(refused.map((body) => `${body.code}: ${reasonsOf(body)}`))).toEqual(
      new Set(['not_eligible: limit_exceeded']),
    );
    expect((await billing.get(`/v1/customers/${customerId}/limit`)).body).toMatchObject({
      exposure: '1000000.00',
      available: '0.00',
    });
  });

  test('of 100 with 50 keys, each sent twice, exactly 10 are opened, each key with one answer', async () => {
    const customerId = await borrower({ credit_limit: inr('1000000.00'), monthly_income: inr('9000000.00') });
    const body = application(customerId, '100000.00', '18');
    const keys = Array.from({ length: 50 }, () => randomUUID());
    const answers = await Promise.all([...keys, ...keys].map((key) => openInTime(body, key)));
    const ids = answers.flatMap(({ status, body: { id } }) => (status === 201 ? [id] : []));
    expect(new Set(ids).size).toBe(10);
    const byKey = keys.map((_, index) => [answers[index]?.body.id, answers[index + keys.length]?.body.id]);
    expect(byKey.filter(([one, other]) => one !== other)).toEqual([]);
    const { body: loans } = await billing.get(`/v1/customers/${customerId}/loans?limit=200`);
    expect(loans.data).toHaveLength(10);
  });

  test('applications at once cannot pass the cap on instalments together', async () => {
    const customerId = await borrower();
    const answers = await Promise.all(Array.from({ length: 12 }, () => openInTime(application(customerId))));
    // 8,884.88 each: after two there is room left, after three there is none.
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map((answer) => reasonsOf(answer.body)))).toEqual(new Set(['instalments_above_cap']));
  });
});
