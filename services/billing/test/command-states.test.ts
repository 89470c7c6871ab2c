import { newId } from '@tenor/service-kit';
import { type BillingTest, settled, startBillingTest } from './harness.ts';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const product = {
  code: 'in-parts',
  name: 'Paid out in parts',
  currency: 'USD',
  terms: {
    interest_method: 'annuity',
    annual_rate_percent: '12',
    frequency: { every: 1, unit: 'month' },
    number_of_instalments: 4,
    maximum_disbursements: 2,
  },
  auto_approve: false,
};
const statuses = ['pending', 'approved', 'active', 'paid', 'rejected', 'cancelled', 'written_off'] as const;
type Status = (typeof statuses)[number];

/** Each command with a body that nothing but the status of the loan speaks against, and where it has a meaning. */
const commands: readonly (readonly [string, object, readonly Status[]])[] = [
  ['approve', {}, ['pending']],
  ['reject', {}, ['pending']],
  ['cancel', {}, ['pending', 'approved']],
  ['disbursements', {}, ['approved', 'active']],
  ['charges', { component: 'fee', code: 'visit', amount: usd('1.00') }, ['active']],
  ['waivers', { component: 'interest' }, ['active']],
  ['rate-changes', { annual_rate_percent: '6' }, ['active']],
  ['restructure', { number_of_instalments: 6 }, ['active']],
  ['payment-holidays', { instalments: 1 }, ['active']],
  ['re-age', { number_of_instalments: 6 }, ['active']],
  ['top-up', { principal: usd('900.00') }, ['active']],
  ['write-off', {}, ['active']],
  ['recoveries', { amount: usd('1.00') }, ['written_off']],
  ['delinquency-pauses', {}, ['active']],
  ['delinquency-pauses/resume', {}, ['active']],
];

let billing: BillingTest;
let loans: Record<Status, string>;
beforeAll(async () => {
  billing = await startBillingTest('command_states');
  const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
  if (status !== 201) throw new Error(text);
  const customerId = await billing.customer();
  const opened = async (...steps: readonly (readonly [string, object])[]): Promise<string> => {
    const { id } = await billing.loan(customerId, { product: 'in-parts', principal: usd('500.00') });
    for (const [name, body] of steps) {
      const step = await billing.post(`/v1/loans/${id}/${name}`, body);
      if (step.status !== 200) throw new Error(step.text);
    }
    return id;
  };
  const half = [['approve', {}] as const, ['disbursements', { amount: usd('250.00') }] as const] as const;
  const paid = await opened(...half);
  const loansNamed = [{ loan_id: paid, amount: '500.00' }];
  await billing.apply(settled({ customerId, amount: '500.00', currency: 'USD', loans: loansNamed }));
  const [pending, approved, active, rejected, cancelled, writtenOff] = await Promise.all([
    opened(),
    opened(['approve', {}]),
    opened(...half, ['delinquency-pauses', { until: '2026-06-10' }]),
    opened(['reject', {}]),
    opened(['cancel', {}]),
    opened(...half, ['write-off', {}]),
  ]);
  loans = { pending, approved, active, paid, rejected, cancelled, written_off: writtenOff };
});
afterAll(() => billing.stop());

test.each(statuses)('a loan is %s', async (status) =>
  expect((await billing.get(`/v1/loans/${loans[status]}`)).body.status).toBe(status),
);

const pairs = commands.flatMap(([name, body, allowed]) => statuses.map((status) => ({ name, body, allowed, status })));

test.each(pairs.filter(({ allowed, status }) => allowed.includes(status)))(
  '$name is done to a loan that is $status',
  async ({ name, body, status }) => {
    const simulated = await billing.post(`/v1/loans/${loans[status]}/simulate`, { command: name, body });
    expect([simulated.status, simulated.body.code]).toEqual([200, undefined]);
  },
);

describe('where it has no meaning', () => {
  const written = () => billing.snapshot(['loans', 'loan_events', 'ledger_entries', 'idempotency_keys']);
  let before: string;
  beforeAll(async () => {
    before = await written();
  });

  test.each(pairs.filter(({ allowed, status }) => !allowed.includes(status)))(
    '$name of a loan that is $status is refused with the statuses that would do',
    async ({ name, body, status }) => {
      const refused = await billing.post(`/v1/loans/${loans[status]}/${name}`, body, { key: newId() });
      expect([refused.status, refused.body]).toMatchObject([
        409,
        { code: 'state_conflict', meta: { status, allowed: expect.arrayContaining([expect.any(String)]) } },
      ]);
    },
  );

  test('nothing is written', async () => expect(await written()).toBe(before));
});

test.each(['pending', 'approved', 'rejected', 'cancelled'] as const)(
  'prepay of a loan that is %s is refused',
  async (status) => {
    const { status: answer, body } = await billing.post(`/v1/loans/${loans[status]}/prepay`, { payment_id: newId() });
    expect([answer, body]).toMatchObject([
      409,
      { code: 'state_conflict', meta: { status, allowed: ['active', 'paid'] } },
    ]);
  },
);

test.each(['active', 'paid', 'written_off'] as const)(
  'prepay needs a payment that the loan got, be it %s',
  async (status) => {
    const { status: answer, body } = await billing.post(`/v1/loans/${loans[status]}/prepay`, { payment_id: newId() });
    expect([answer, body.code]).toEqual([404, 'not_found']);
  },
);

describe('the bounds of a product', () => {
  const bounded = {
    ...product,
    code: 'bounded',
    auto_approve: true,
    terms: { ...product.terms, annual_rate_percent: null, monthly_rate_percent: '1' },
    overridable: ['number_of_instalments', 'monthly_rate_percent'],
    tenor_bounds: { min: 3, max: 6 },
    rate_bounds: { min: '0.5', max: '1.5' },
  };
  let id: string;
  beforeAll(async () => {
    const { status, text } = await billing.post('/v1/products', bounded, { role: 'admin' });
    if (status !== 201) throw new Error(text);
    const given = { product: 'bounded', principal: usd('500.00'), disbursed_on: '2026-05-01' };
    id = (await billing.loan(await billing.customer(), given)).id;
  });

  test.each([
    ['rate-changes', { annual_rate_percent: '18.01' }, 'annual_rate_percent'],
    ['rate-changes', { annual_rate_percent: '5.99' }, 'annual_rate_percent'],
    ['restructure', { annual_rate_percent: '24' }, 'annual_rate_percent'],
    ['restructure', { number_of_instalments: 6 }, 'number_of_instalments'],
    ['re-age', { number_of_instalments: 1 }, 'number_of_instalments'],
  ])('hold for %s %j too', async (command, body, term) => {
    const { status, body: refused } = await billing.post(`/v1/loans/${id}/simulate`, { command, body });
    expect([status, refused]).toMatchObject([422, { code: 'terms_not_allowed', meta: { term, product: 'bounded' } }]);
  });

  test.each([
    ['rate-changes', { annual_rate_percent: '18' }],
    ['restructure', { number_of_instalments: 5, annual_rate_percent: '6' }],
    ['payment-holidays', { instalments: 12 }],
  ])('are kept by %s %j', async (command, body) => {
    const { status, text } = await billing.post(`/v1/loans/${id}/simulate`, { command, body });
    expect([status, text]).toEqual([200, expect.any(String)]);
  });
});
