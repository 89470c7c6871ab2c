import { eventually } from '@tenor/testing';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('changes');
  const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
  if (status !== 201) throw new Error(text);
});
afterAll(() => billing.stop());

/** 0.1 % a day after three days of grace, twenty at most per instalment. */
const product = {
  code: 'with-penalty',
  name: 'With a penalty',
  currency: 'USD',
  terms: { interest_method: 'none', frequency: { every: 1, unit: 'month' }, number_of_instalments: 3 },
  penalty: { percent_per_day: '0.1', grace_days: 3, cap: '20.00' },
};
const usd = (amount: string) => ({ amount, currency: 'USD' });
const opened = async (disbursedOn = '2026-04-01') => {
  const customerId = await billing.customer();
  const more = { product: 'with-penalty', principal: usd('300.00'), disbursed_on: disbursedOn };
  return { customerId, id: (await billing.loan(customerId, more)).id };
};
const owed = async (id: string, asOf = TODAY) => {
  const { body } = await billing.get(`/v1/loans/${id}/outstanding?as_of=${asOf}`);
  return [body['principal'], body['fee'], body['penalty'], body['total']];
};

/** What was published of the customer's loan under this type. */
const told = (customerId: string, type: string) =>
  eventually(async () => {
    const event = (await billing.published(customerId, 'loans', 4)).find((each) => each.type === type);
    if (event === undefined) throw new Error(`${type} is not published yet`);
    return event.data;
  });

describe('a penalty', () => {
  test('is there at any read, without any job having run, and the same again later', async () => {
    // Due 1 May, 1 June and 1 July; 28 days of grace and after until 1 June: 5 May is the first that costs.
    const { customerId, id } = await opened();
    expect((await billing.get(`/v1/customers/${customerId}/balance`)).body).toMatchObject({ outstanding: '302.80' });
    expect((await billing.get(`/v1/customers/${customerId}/delinquency`)).body).toMatchObject({
      arrears: [usd('102.80')],
    });
    expect(await owed(id, '2026-05-04')).toEqual(['300.00', '0.00', '0.00', '300.00']);
    expect(await owed(id, '2026-05-05')).toEqual(['300.00', '0.00', '0.10', '300.10']);
    expect(await owed(id)).toEqual(['300.00', '0.00', '2.80', '302.80']);
    expect(await owed(id, '2026-05-05')).toEqual(['300.00', '0.00', '0.10', '300.10']);
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a pause', () => {
  test('tells of the penalty until its day, which nothing else tells of', async () => {
    const { customerId, id } = await opened();
    await billing.post(`/v1/loans/${id}/delinquency-pauses`, { value_date: '2026-05-10' });
    expect(await told(customerId, 'loan.grown')).toMatchObject({
      as_of: '2026-05-10',
      outstanding: '300.60',
      unpaid: [{ number: 1, due_date: '2026-05-01', amount: '100.60' }],
    });
  });
});

describe('a fee that the terms charge on an event', () => {
  const taxed = {
    code: 'with-visits',
    name: 'Visits cost something',
    currency: 'USD',
    terms: {
      ...product.terms,
      fees: [
        { code: 'visit', charged: 'on_event', amount: '10.00' },
        { code: 'letter', charged: 'on_event', percent: '0.5' },
      ],
      tax: { fee_percent: '18' },
    },
  };

  test('is charged by its code, with its tax, and is no part of the schedule', async () => {
    expect((await billing.post('/v1/products', taxed, { role: 'admin' })).status).toBe(201);
    const customerId = await billing.customer();
    const given = { product: 'with-visits', principal: usd('300.00'), disbursed_on: '2026-05-20' };
    const { id } = await billing.loan(customerId, given);
    const charge = (body: object) => billing.post(`/v1/loans/${id}/charges`, { component: 'fee', ...body });
    expect(await owed(id)).toEqual(['300.00', '0.00', '0.00', '300.00']);
    expect((await charge({ code: 'visit' })).status).toBe(200);
    expect(await owed(id)).toEqual(['300.00', '11.80', '0.00', '311.80']);
    expect((await charge({ code: 'letter' })).status).toBe(200);
    expect(await owed(id)).toEqual(['300.00', '13.57', '0.00', '313.57']);
    for (const wrong of [{ code: 'dinner' }, { code: 'visit', component: 'penalty' }]) {
      const { status, body } = await charge(wrong);
      expect([status, body.code, body.errors]).toMatchObject([400, 'validation_failed', [{ pointer: '/amount' }]]);
    }
    expect((await charge({ code: 'visit', amount: usd('3.00') })).status).toBe(200);
    expect(await owed(id)).toEqual(['300.00', '16.57', '0.00', '316.57']);
  });
});

describe('a charge', () => {
  test('joins the instalment that falls due next, and is told', async () => {
    const { customerId, id } = await opened();
    const asked = { component: 'fee', code: 'field_visit', amount: usd('6.00'), value_date: '2026-05-10' };
    const { status, body } = await billing.post(`/v1/loans/${id}/charges`, asked);
    expect([status, body['outstanding']]).toEqual([200, usd('308.80')]);
    expect(await owed(id, '2026-05-09')).toEqual(['300.00', '0.00', '0.50', '300.50']);
    expect(await owed(id)).toEqual(['300.00', '6.00', '2.80', '308.80']);
    const schedule = (await billing.get(`/v1/loans/${id}/schedule`)).body;
    expect(schedule.instalments.map(({ unpaid }) => unpaid)).toEqual(['102.80', '106.00', '100.00']);
    expect(await told(customerId, 'loan.charged')).toMatchObject({
      code: 'field_visit',
      amount: '6.00',
      outstanding: '306.60',
      unpaid: expect.arrayContaining([{ number: 2, due_date: '2026-06-01', amount: '106.00' }]),
    });
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a waiver', () => {
  test('gives up what is owed of a component, and what grows later is owed again', async () => {
    const { customerId, id } = await opened();
    const asked = { component: 'penalty', value_date: '2026-05-10', reason: 'a flood' };
    expect((await billing.post(`/v1/loans/${id}/waivers`, asked)).status).toBe(200);
    expect(await owed(id, '2026-05-10')).toEqual(['300.00', '0.00', '0.00', '300.00']);
    expect(await owed(id)).toEqual(['300.00', '0.00', '2.20', '302.20']);
    expect(await told(customerId, 'loan.waived')).toMatchObject({
      component: 'penalty',
      amount: '0.60',
      reason: 'a flood',
    });
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a plan made anew', () => {
  const dueDates = async (id: string) =>
    (await billing.get(`/v1/loans/${id}/schedule`)).body.instalments.map(({ due_date }) => due_date);

  test('by a payment holiday is the schedule from then on, and is told whole', async () => {
    const { customerId, id } = await opened();
    const asked = { instalments: 1, value_date: '2026-05-10', reason: 'a flood' };
    const { status, body } = await billing.post(`/v1/loans/${id}/payment-holidays`, asked);
    expect([status, body['maturity_date']]).toEqual([200, '2026-08-01']);
    expect(await dueDates(id)).toEqual(['2026-05-01', '2026-06-01', '2026-07-01', '2026-08-01']);
    expect((await billing.get(`/v1/loans/${id}/schedule`)).body).toMatchObject({
      version: 2,
      instalments: [{ unpaid: '102.80' }, { unpaid: '0.00' }, { unpaid: '100.00' }, { unpaid: '100.00' }],
    });
    expect((await billing.get(`/v1/loans/${id}/schedule?as_of=2026-05-09`)).body).toMatchObject({ version: 1 });
    expect(await told(customerId, 'loan.restructured')).toMatchObject({
      kind: 'payment_holiday',
      version: 2,
      unpaid: [{ amount: '100.60' }, { amount: '0.00' }, { amount: '100.00' }, { amount: '100.00' }],
    });
    expect(await billing.isProven(id)).toBe(true);
  });

  test('by a re-age takes the arrears along, and a payment from before is found again in it', async () => {
    const { customerId, id } = await opened();
    const asked = { number_of_instalments: 2, first_due_date: '2026-06-15', value_date: '2026-05-20' };
    expect((await billing.post(`/v1/loans/${id}/re-age`, asked)).status).toBe(200);
    expect(await dueDates(id)).toEqual(['2026-05-01', '2026-06-15', '2026-07-15']);
    expect(await owed(id)).toEqual(['300.00', '0.00', '1.60', '301.60']);
    expect((await billing.get(`/v1/loans/${id}`)).body).toMatchObject({ total: usd('301.60') });
    expect((await billing.get(`/v1/loans/${id}/schedule`)).body).toMatchObject({
      total: '301.60',
      instalments: [
        { total: '0.00', moved: '101.60', status: 'moved' },
        { total: '151.60', charged: '1.60' },
        { total: '150.00' },
      ],
    });
    await billing.apply(settled({ customerId, amount: '100.00', currency: 'USD', on: '2026-05-01' }));
    expect(await owed(id)).toEqual(['200.00', '0.00', '0.00', '200.00']);
    const schedule = (await billing.get(`/v1/loans/${id}/schedule`)).body;
    expect(schedule.instalments.map(({ unpaid }) => unpaid)).toEqual(['0.00', '100.00', '100.00']);
    expect(await billing.isProven(id)).toBe(true);
  });

  test('by another tenor is read again as it was stored', async () => {
    const { id } = await opened();
    const asked = { number_of_instalments: 5, value_date: '2026-05-20' };
    expect((await billing.post(`/v1/loans/${id}/restructure`, asked)).status).toBe(200);
    expect((await billing.post(`/v1/loans/${id}/restructure`, { ...asked, number_of_instalments: 4 })).status).toBe(
      200,
    );
    expect(await dueDates(id)).toHaveLength(5);
    const early = await billing.post(`/v1/loans/${id}/restructure`, { ...asked, value_date: '2026-05-19' });
    expect([early.status, early.body.code]).toEqual([409, 'state_conflict']);
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('a write-off', () => {
  test('leaves nothing outstanding, keeps what was owed apart, and takes recoveries', async () => {
    const { customerId, id } = await opened();
    const asked = { value_date: '2026-05-10', reason: 'the shop closed' };
    const { status, body } = await billing.post(`/v1/loans/${id}/write-off`, asked);
    expect([status, body.status, body['outstanding']]).toEqual([200, 'written_off', usd('0.00')]);
    expect(body['written_off']).toMatchObject({
      on: '2026-05-10',
      principal: '300.00',
      penalty: '0.60',
      recovered: '0.00',
    });
    expect(await owed(id, '2026-05-09')).toEqual(['300.00', '0.00', '0.50', '300.50']);
    expect(await owed(id)).toEqual(['0.00', '0.00', '0.00', '0.00']);
    expect(await told(customerId, 'loan.written_off')).toMatchObject({ amount: '300.60', outstanding: '0.00' });
    const recovery = await billing.post(`/v1/loans/${id}/recoveries`, { amount: usd('300.10') });
    expect([recovery.status, recovery.body['written_off']]).toMatchObject([200, { recovered: '300.10' }]);
    expect(await told(customerId, 'loan.recovered')).toMatchObject({ amount: '300.10', left: '0.50' });
    const more = await billing.post(`/v1/loans/${id}/recoveries`, { amount: usd('0.51') });
    expect([more.status, more.body.code]).toEqual([422, 'amount_exceeds_outstanding']);
    const again = await billing.post(`/v1/loans/${id}/write-off`, {});
    expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
    expect(await billing.isProven(id)).toBe(true);
  });
});

describe('money of a day before a write-off, of a customer with another active loan', () => {
  const borrower = async () => {
    const { customerId, id: gone } = await opened();
    const more = { product: 'with-penalty', principal: usd('300.00'), disbursed_on: '2026-04-10' };
    const { id: other } = await billing.loan(customerId, more);
    expect((await billing.post(`/v1/loans/${gone}/write-off`, { value_date: '2026-05-20' })).status).toBe(200);
    return { customerId, gone, other };
  };
  const left = async (gone: string, other: string) => [
    (await billing.get(`/v1/loans/${gone}`)).body['written_off'],
    (await owed(other))[0],
  ];

  test('goes to what was given up in its turn, also where payment expected nothing of it', async () => {
    const { customerId, gone, other } = await borrower();
    await billing.apply(settled({ customerId, amount: '350.00', currency: 'USD', on: '2026-04-20' }));
    expect(await left(gone, other)).toMatchObject([{ principal: '50.00', penalty: '0.00' }, '200.00']);
    expect(await billing.credit(customerId, 'USD')).toBe('0.00');
    expect([await billing.isProven(gone), await billing.isProven(other)]).toEqual([true, true]);
  });

  test('goes where payment decided', async () => {
    const { customerId, gone, other } = await borrower();
    const expected = [
      { loan_id: other, amount: '100.00' },
      { loan_id: gone, amount: '15.00' },
    ];
    await billing.apply(settled({ customerId, amount: '115.00', currency: 'USD', on: '2026-04-20', expected }));
    expect(await left(gone, other)).toMatchObject([{ principal: '285.00' }, '200.00']);
  });

  test('of a later day it pays the active loan alone', async () => {
    const { customerId, gone, other } = await borrower();
    await billing.apply(settled({ customerId, amount: '350.00', currency: 'USD', on: '2026-05-21' }));
    expect(await left(gone, other)).toMatchObject([{ principal: '300.00' }, '0.00']);
    expect(await billing.isProven(gone)).toBe(true);
  });
});

describe('a simulation', () => {
  test.each([
    ['charges', { component: 'fee', code: 'visit', amount: usd('5.00'), value_date: '2026-05-10' }],
    ['waivers', { component: 'penalty', value_date: '2026-05-10' }],
    ['write-off', { value_date: '2026-05-10' }],
    ['payment-holidays', { instalments: 2, value_date: '2026-05-10' }],
    ['restructure', { number_of_instalments: 6 }],
    ['re-age', { number_of_instalments: 4 }],
  ])('of %s shows what then comes of it, and writes nothing', async (command, body) => {
    const { id } = await opened();
    const before = await billing.snapshot(['loans', 'loan_events', 'ledger_entries']);
    const simulated = await billing.post(`/v1/loans/${id}/simulate`, { command, body });
    expect([simulated.status, await billing.snapshot(['loans', 'loan_events', 'ledger_entries'])]).toEqual([
      200,
      before,
    ]);
    expect((await billing.post(`/v1/loans/${id}/${command}`, body)).status).toBe(200);
    const seen = async (what: string) => {
      const { known_at: _, ...rest } = (await billing.get(`/v1/loans/${id}${what}`)).body;
      return rest;
    };
    expect(simulated.body).toMatchObject({
      loan: await seen(''),
      outstanding: await seen('/outstanding'),
      schedule: await seen('/schedule'),
    });
  });

  test('is refused as the change would be', async () => {
    const { id } = await opened();
    const { status, body } = await billing.post(`/v1/loans/${id}/simulate`, {
      command: 'recoveries',
      body: { amount: usd('1.00') },
    });
    expect([status, body.code]).toEqual([409, 'state_conflict']);
    expect((await billing.post(`/v1/loans/${id}/simulate`, { command: 'recoveries', body: {} })).status).toBe(400);
  });
});

describe('a payoff quote', () => {
  const quote = async (id: string, query: string) => (await billing.get(`/v1/loans/${id}/payoff-quote?${query}`)).body;

  test('is 83.81 to the day and 84.06 to the end of the period, in the example of domain.md §8', async () => {
    const customerId = await billing.customer();
    const terms = { interest_method: 'annuity', annual_rate_percent: '7', number_of_instalments: 6 };
    const made = await billing.post(
      '/v1/products',
      {
        ...product,
        code: 'seven',
        penalty: null,
        terms: { ...product.terms, ...terms },
        settlement: { payoff: 'to_the_day' },
      },
      { role: 'admin' },
    );
    expect(made.status).toBe(201);
    const { id } = await billing.loan(customerId, {
      product: 'seven',
      principal: usd('100.00'),
      disbursed_on: '2024-01-01',
    });
    await billing.apply(settled({ customerId, amount: '17.01', currency: 'USD', on: '2024-02-01' }));
    expect(await quote(id, 'on=2024-02-15')).toMatchObject({
      strategy: 'to_the_day',
      principal: '83.57',
      total: '83.81',
    });
    expect(await quote(id, 'on=2024-02-15&strategy=to_period_end')).toMatchObject({ interest: '0.49', total: '84.06' });
  });

  test('is what a payment has to bring that is sent to prepay', async () => {
    const customerId = await billing.customer();
    const { id } = await billing.loan(customerId, {
      product: 'seven',
      principal: usd('100.00'),
      disbursed_on: '2024-01-01',
    });
    await billing.apply(settled({ customerId, amount: '17.01', currency: 'USD', on: '2024-02-01' }));
    const short = settled({ customerId, amount: '83.80', currency: 'USD', on: '2024-02-15' });
    await billing.apply(short);
    const refused = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: short.paymentId });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'payment_not_exact', meta: { amounts: ['83.81'] } },
    ]);
    await billing.apply(reversed({ customerId, amount: '83.80', currency: 'USD', paymentId: short.paymentId }));
    const last = settled({ customerId, amount: '84.00', currency: 'USD', on: '2024-02-15' });
    await billing.apply(last);
    const prepaid = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: last.paymentId });
    expect([prepaid.status, prepaid.body.status, prepaid.body['outstanding']]).toEqual([200, 'paid', usd('0.00')]);
    expect(await billing.credit(customerId, 'USD')).toBe('0.19');
    const again = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: last.paymentId });
    expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
    expect(await told(customerId, 'loan.paid')).toMatchObject({ loan_id: id });
    const unknown = await billing.post(`/v1/loans/${id}/prepay`, { payment_id: id });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
    expect(await billing.isProven(id)).toBe(true);
  });

  test('is for a loan that was paid out', async () => {
    const { id } = await opened();
    expect(await quote(id, '')).toMatchObject({ strategy: null, total: '302.80' });
    expect((await quote(id, 'on=2026-03-31')).code).toBe('not_found');
  });
});

test.each([
  ['write-off', { value_date: '2026-06-02' }, 422, 'value_date_in_future'],
  ['recoveries', { amount: usd('1.00') }, 409, 'state_conflict'],
  ['rate-changes', { annual_rate_percent: '5' }, 422, 'terms_invalid'],
  ['rate-changes', { annual_rate_percent: '-5' }, 400, 'validation_failed'],
  ['restructure', { reason: 'nothing agreed' }, 400, 'validation_failed'],
  ['re-age', { number_of_instalments: 0 }, 400, 'validation_failed'],
  ['payment-holidays', { instalments: 1, value_date: '2026-03-31' }, 422, 'value_date_before_disbursement'],
  [
    'charges',
    { component: 'fee', code: 'x', amount: usd('1.00'), value_date: '2026-06-02' },
    422,
    'value_date_in_future',
  ],
  [
    'charges',
    { component: 'fee', code: 'x', amount: usd('1.00'), value_date: '2026-03-31' },
    422,
    'value_date_before_disbursement',
  ],
  ['charges', { component: 'fee', code: 'x', amount: { amount: '1.00', currency: 'EUR' } }, 422, 'currency_mismatch'],
  ['charges', { component: 'fee', code: 'x', amount: usd('0.00') }, 400, 'validation_failed'],
  ['charges', { component: 'interest', code: 'x', amount: usd('1.00') }, 400, 'validation_failed'],
  ['waivers', { component: 'fee' }, 422, 'amount_exceeds_outstanding'],
  ['waivers', { component: 'penalty', amount: usd('2.81') }, 422, 'amount_exceeds_outstanding'],
  ['waivers', { component: 'penalty', instalment: 4 }, 404, 'not_found'],
] as const)('%s %j is refused and changes nothing', async (route, body, status, code) => {
  const { id } = await opened();
  const before = (await billing.get(`/v1/loans/${id}/events`)).body.data.length;
  const refused = await billing.post(`/v1/loans/${id}/${route}`, body);
  expect([refused.status, refused.body.code]).toEqual([status, code]);
  expect((await billing.get(`/v1/loans/${id}/events`)).body.data).toHaveLength(before);
});
