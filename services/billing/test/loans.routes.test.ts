import { readCsv, readPdf } from '@tenor/testing';
import { type BillingTest, startBillingTest, TODAY } from './harness.ts';

describe('loans', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('loans');
  });
  afterAll(() => billing.stop());

  test.each([
    { principal: '2000000.00', each: '44000.00', last: '44000.00', total: '2200000.00' },
    { principal: '5000000.00', each: '110000.00', last: '110000.00', total: '5500000.00' },
    { principal: '5000001.00', each: '110000.02', last: '110000.12', total: '5500001.10' },
    { principal: '1234569.00', each: '27160.52', last: '27160.42', total: '1358025.90' },
  ])('$principal over 50 weeks is 49 × $each and $last, in all $total', async ({ principal, each, last, total }) => {
    const loan = await billing.loan(await billing.customer(), { principal: { amount: principal, currency: 'IDR' } });
    expect(loan).toMatchObject({ status: 'active', total: { amount: total }, outstanding: { amount: total } });
    const { body } = await billing.get(`/v1/loans/${loan.id}/schedule`);
    const totals = body.instalments.map((instalment) => instalment.total);
    expect(totals).toEqual([...Array.from({ length: 49 }, () => each), last]);
    expect(body['total']).toBe(total);
  });

  test('100,000 at 10.5 % over 12 months is 8,814.86 a month', async () => {
    const loan = await billing.loan(await billing.customer(), {
      product: 'monthly-annuity',
      principal: { amount: '100000.00', currency: 'INR' },
      terms: { annual_rate_percent: '10.5', number_of_instalments: 12 },
      disbursed_on: '2026-01-31',
    });
    const { body } = await billing.get(`/v1/loans/${loan.id}/schedule`);
    expect(body.instalments.slice(0, 3)).toMatchObject([
      { total: '8814.86', due_date: '2026-02-28' },
      { total: '8814.86', due_date: '2026-03-31' },
      { total: '8814.86', due_date: '2026-04-30' },
    ]);
  });

  test('30 weeks without interest are one instalment', async () => {
    const loan = await billing.loan(await billing.customer(), {
      product: 'open-30-weeks',
      principal: { amount: '1000', currency: 'USD' },
      disbursed_on: '2026-01-01',
    });
    expect(loan).toMatchObject({ maturity_date: '2026-07-30', total: { amount: '1000.00', currency: 'USD' } });
  });

  test('may begin in the past and is then as late as it is', async () => {
    const loan = await billing.loan(await billing.customer(), { disbursed_on: '2026-05-10' });
    expect(loan).toMatchObject({ is_delinquent: true, days_past_due: 15, disbursed_on: '2026-05-10', as_of: TODAY });
    const { body } = await billing.get(`/v1/loans/${loan.id}/delinquency`);
    expect(body).toMatchObject({ consecutive_missed: 3, bucket: '1-30', arrears: '132000.00', currency: 'IDR' });
    const late = await billing.get(`/v1/loans/${loan.id}/delinquency?as_of=2026-05-24`);
    expect(late.body).toMatchObject({ consecutive_missed: 1, is_delinquent: false, as_of: '2026-05-24' });
  });

  test('shows the annual rates of its schedule', async () => {
    const loan = await billing.loan(await billing.customer());
    expect(loan['apr']).toEqual({ reg_z: '19.78', eu: '21.83', reason: null });
    expect((await billing.get(`/v1/loans/${loan.id}`)).body['apr']).toEqual(loan['apr']);
  });

  test('has them from the day of its disbursement on, fees counted', async () => {
    const fees = [
      { code: 'origination', charged: 'at_disbursement', amount: null, percent: '2', treatment: 'deducted' },
    ];
    await billing.rows(
      `insert into products (code, version, currency, definition)
         select 'by-hand', 1, currency, definition
                || '{"code": "by-hand", "terms": {"interestMethod": "annuity", "annualRatePercent": "12",
                     "frequency": {"every": 1, "unit": "month"}, "numberOfInstalments": 60}}'
                || jsonb_build_object('policy', definition -> 'policy' || '{"autoApprove": false}')
                || jsonb_build_object('overridable', '["fees"]'::jsonb)
           from products where code = 'open-30-weeks'`,
    );
    const principal = { amount: '10000.00', currency: 'USD' };
    const pending = await billing.loan(await billing.customer(), { product: 'by-hand', principal, terms: { fees } });
    expect([pending.status, pending['apr']]).toEqual(['pending', null]);
    const onPaper = async () =>
      (await readPdf((await billing.get(`/v1/loans/${pending.id}/schedule?format=pdf`)).bytes)).join(' ');
    expect(await onPaper()).toContain('What you get and what it costs Asked for USD 10,000.00 The terms');
    await billing.post(`/v1/loans/${pending.id}/approve`, {});
    const paidOut = await billing.post(`/v1/loans/${pending.id}/disbursements`, {});
    expect(paidOut.body).toMatchObject({ status: 'active', apr: { reg_z: '12.89', reason: null } });
    const seen = (at: string) => billing.get(`/v1/loans/${pending.id}${at}`).then(({ body }) => body['apr']);
    expect(await seen('')).toEqual(paidOut.body['apr']);
    expect(await seen('?as_of=2026-06-01')).toEqual(paidOut.body['apr']);
    expect(await onPaper()).toMatch(
      /You receive USD 9,800\.00 on 1 June 2026 Kept back as fees USD 200\.00 .* 12\.89 %/,
    );
    const listed = await billing.get(`/v1/loans?customer_id=${pending['customer_id']}`);
    expect(listed.body.data[0]?.['apr']).toEqual(paidOut.body['apr']);
    expect(await billing.isProven(pending.id)).toBe(true);

    await billing.rows('update loans set apr = null where id = $1', [pending.id]);
    expect(await seen('')).toEqual(paidOut.body['apr']);
    expect(await billing.isProven(pending.id)).toBe(true);
  });

  test('goes by its id and the code of its product on paper that lacks letters of their names', async () => {
    await billing.rows(
      `insert into products (code, version, currency, definition)
         select 'xiao-e', 1, currency, definition || '{"code": "xiao-e", "name": "小额贷款"}'
           from products where code = 'open-30-weeks'`,
    );
    const principal = { amount: '900.00', currency: 'USD' };
    const loan = await billing.loan(await billing.customer(), { product: 'xiao-e', principal, external_id: '第7号' });
    const { bytes } = await billing.get(`/v1/loans/${loan.id}/schedule?format=pdf`);
    const text = (await readPdf(bytes)).join(' ');
    expect(text).toContain('Repayment schedule: xiao-e');
    expect(text).toContain(`its code, since this paper cannot show its name Loan ${loan.id} Status active`);
    expect(text).not.toContain('□');
  });

  test('has its schedule as CSV and PDF, as it stood on a day', async () => {
    const loan = await billing.loan(await billing.customer(), {
      disbursed_on: '2026-05-18',
      external_id: 'Łódź-№7',
    });
    const path = `/v1/loans/${loan.id}/schedule?as_of=2026-06-01`;
    const json = await billing.get(path);
    const csv = await billing.get(`${path}&format=csv`);
    const [header = [], ...rows] = readCsv(csv.text);
    expect(header.slice(-4)).toEqual(['paid', 'unpaid', 'status', 'currency']);
    expect(header).toEqual(expect.arrayContaining(['charged', 'moved', 'waived', 'forgone', 'written_off']));
    const named = rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
    expect(named).toHaveLength(50);
    expect(json.body.instalments).toMatchObject(
      named.map(({ number, currency: _currency, ...row }) => ({ ...row, number: Number(number) })),
    );

    const pdf = await billing.get(path, { headers: { accept: 'application/pdf' } });
    expect(pdf.headers['content-disposition']).toBe(`attachment; filename="schedule-${loan.id}.pdf"`);
    const text = (await readPdf(pdf.bytes)).join(' ');
    for (const part of [
      'Repayment schedule: Fifty weeks at ten per cent flat',
      'As of 1 June 2026 Loan Łódź-№7 Status active',
      'Left to pay IDR 2,200,000.00',
      'You receive IDR 2,000,000.00 on 18 May 2026',
      'Total cost IDR 200,000.00: interest IDR 200,000.00',
      'Interest 10 % of the amount lent for the whole term',
      '19.78 % (United States, Regulation Z)',
      '1 25 May 2026 40,000.00 4,000.00 0.00 44,000.00 1,960,000.00 0.00 missed',
      '2 1 June 2026 40,000.00 4,000.00 0.00 44,000.00 1,920,000.00 0.00 due',
      `Loan ${loan.id}, as of 1 June 2026 Page 2 of 2`,
    ]) {
      expect(text).toContain(part);
    }
    const xml = await billing.get(path, { headers: { accept: 'application/xml' } });
    expect([xml.status, xml.body.code]).toEqual([406, 'not_acceptable']);
    expect((await billing.get(`${path}&format=csv&surprise=1`)).status).toBe(400);
  });

  test('shows each instalment as paid, missed, due or upcoming', async () => {
    const loan = await billing.loan(await billing.customer(), { disbursed_on: '2026-05-18' });
    const { body } = await billing.get(`/v1/loans/${loan.id}/schedule`);
    expect(body.instalments.slice(0, 3).map(({ due_date, status }) => [due_date, status])).toEqual([
      ['2026-05-25', 'missed'],
      ['2026-06-01', 'due'],
      ['2026-06-08', 'upcoming'],
    ]);
    const outstanding = await billing.get(`/v1/loans/${loan.id}/outstanding`);
    expect(outstanding.body).toMatchObject({
      principal: '2000000.00',
      interest: '200000.00',
      total: '2200000.00',
      due_now: '88000.00',
      overdue: '44000.00',
    });
  });

  test('principal and exposure together stay within the limit, whoever comes at once', async () => {
    const customerId = await billing.customer({ credit_limit: { amount: '10000000', currency: 'IDR' } });
    const body = {
      customer_id: customerId,
      product: 'weekly-flat-50',
      principal: { amount: '1000000', currency: 'IDR' },
    };
    const answers = await Promise.all(Array.from({ length: 30 }, () => billing.post('/v1/loans', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map((answer) => answer.body.code))).toEqual(new Set(['limit_exceeded']));
    const balance = await billing.get(`/v1/customers/${customerId}/balance`);
    expect(balance.body).toMatchObject({
      limit: '10000000.00',
      exposure: '10000000.00',
      available: '0.00',
      outstanding: '11000000.00',
      credit: '0.00',
      currency: 'IDR',
    });
  });

  test('200 equal requests with one key open one loan and get 200 equal answers', async () => {
    const customerId = await billing.customer();
    const body = {
      customer_id: customerId,
      product: 'weekly-flat-50',
      principal: { amount: '2000000', currency: 'IDR' },
    };
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => billing.post('/v1/loans', body, { key: 'one' })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(199);
    expect(await billing.rows('select from loans where customer_id = $1', [customerId])).toHaveLength(1);
  });

  test('a refusal leaves the key free', async () => {
    const customerId = await billing.customer();
    await billing.patch(`/v1/customers/${customerId}`, { status: 'inactive' });
    const body = {
      customer_id: customerId,
      product: 'weekly-flat-50',
      principal: { amount: '2000000', currency: 'IDR' },
    };
    const refused = await billing.post('/v1/loans', body, { key: 'free' });
    expect([refused.status, refused.body.code]).toEqual([422, 'customer_inactive']);
    await billing.patch(`/v1/customers/${customerId}`, { status: 'active' });
    expect((await billing.post('/v1/loans', body, { key: 'free' })).status).toBe(201);
  });

  test('an external id is taken once', async () => {
    const customerId = await billing.customer();
    await billing.loan(customerId, { external_id: 'loan-1' });
    const principal = { amount: '2000000', currency: 'IDR' };
    const again = { customer_id: customerId, product: 'weekly-flat-50', principal, external_id: 'loan-1' };
    const { status, body } = await billing.post('/v1/loans', again);
    expect([status, body.code]).toEqual([409, 'already_exists']);
  });

  test('are listed by customer, product, status, currency and external id, page by page', async () => {
    const customerId = await billing.customer();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push((await billing.loan(customerId, { external_id: `${customerId}-${n}` })).id);
    const first = await billing.get(`/v1/loans?customer_id=${customerId}&product=weekly-flat-50&limit=2`);
    expect(first.body.data.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 2));
    const rest = await billing.get(`/v1/loans?customer_id=${customerId}&limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ data: [{ id: ids[0] }], next_cursor: null });
    expect((await billing.get(`/v1/loans?external_id=${customerId}-2`)).body.data).toMatchObject([{ id: ids[1] }]);
    expect((await billing.get(`/v1/customers/${customerId}/loans?status=paid`)).body.data).toEqual([]);
    expect((await billing.get(`/v1/customers/${customerId}/loans?currency=IDR`)).body.data).toHaveLength(3);
    expect((await billing.get(`/v1/loans?customer_id=${customerId}&as_of=2026-01-01`)).body.data).toEqual([]);
  });

  test("a customer's delinquency is that of the worst loan", async () => {
    const customerId = await billing.customer();
    await billing.loan(customerId);
    const worse = await billing.loan(customerId, { disbursed_on: '2026-05-10' });
    const { body } = await billing.get(`/v1/customers/${customerId}/delinquency`);
    expect(body).toMatchObject({
      is_delinquent: true,
      days_past_due: 15,
      arrears: [{ amount: '132000.00', currency: 'IDR' }],
    });
    expect(body['loans']).toMatchObject([{ loan_id: worse.id }, { is_delinquent: false }]);
  });
});
