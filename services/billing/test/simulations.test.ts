import { formatAmount } from '@tenor/money';
import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import fc from 'fast-check';
import { type BillingTest, type Body, settled, startBillingTest } from './harness.ts';

/** Loans and commands that are tried; each takes a dozen requests or two. */
const RUNS = 24;

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('simulations');
  for (const product of products) {
    const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

const monthly = { frequency: { every: 1, unit: 'month' }, number_of_instalments: 5 };
const annuity = { interest_method: 'annuity', annual_rate_percent: '18', ...monthly };
const penalty = { percent_per_day: '0.1', grace_days: 2, cap: '9.00' };
const products = [
  { code: 'plain', terms: annuity, penalty },
  { code: 'shorter', terms: annuity, advance_payment: 'reduce_term', late_interest: true },
  { code: 'smaller', terms: { ...annuity, interest_method: 'equal_principal' }, advance_payment: 'reduce_instalment' },
  {
    code: 'flat',
    terms: { interest_method: 'flat', flat_rate_percent: '10', ...monthly },
    settlement: { early_settlement_rebate: 'rule_of_78', small_balance_tolerance: '5.00' },
  },
  { code: 'by-hand', terms: { ...annuity, maximum_disbursements: 3 }, auto_approve: false },
].map((product) => ({ name: product.code, currency: 'USD', ...product }));
const usd = (amount: string) => ({ amount, currency: 'USD' });

/** Any body of each command; many are refused, and then by the simulation too. */
const on = fc.constantFrom('2026-04-20', '2026-05-10', '2026-05-31', undefined);
const cents = fc.integer({ min: 1, max: 60_000 }).map((minor) => usd(formatAmount(BigInt(minor), 'USD')));
const count = fc.integer({ min: 1, max: 8 });
const body = <Fields extends Record<string, fc.Arbitrary<unknown>>>(fields: Fields) =>
  fc.record(fields).map((given) => JSON.parse(JSON.stringify(given)) as object);
const bodies = {
  approve: body({}),
  reject: body({ reason: fc.constant('asked twice') }),
  cancel: body({}),
  disbursements: body({ disbursed_on: on, amount: fc.option(cents, { nil: undefined }) }),
  charges: body({
    component: fc.constantFrom('fee', 'penalty'),
    code: fc.constant('visit'),
    amount: cents,
    value_date: on,
  }),
  waivers: body({ component: fc.constantFrom('fee', 'penalty', 'interest'), value_date: on }),
  'write-off': body({ value_date: on }),
  recoveries: body({ amount: cents, value_date: on }),
  'rate-changes': body({ annual_rate_percent: fc.constantFrom('0', '6', '24'), value_date: on }),
  restructure: body({ number_of_instalments: count, value_date: on }),
  'payment-holidays': body({ instalments: fc.integer({ min: 1, max: 3 }), value_date: on }),
  're-age': body({ number_of_instalments: count, value_date: on }),
  'delinquency-pauses': body({ value_date: on }),
  'delinquency-pauses/resume': body({ value_date: on }),
  'top-up': body({ principal: cents, product: fc.constantFrom('plain', 'shorter') }),
};
type Command = keyof typeof bodies | 'prepay';
interface Asked {
  readonly name: Command;
  readonly given: object;
}
const names = Object.keys(bodies) as (keyof typeof bodies)[];
const command: fc.Arbitrary<Asked> = fc.oneof(
  ...names.map((name) => bodies[name].map((given): Asked => ({ name, given }))),
  fc.constant<Asked>({ name: 'prepay', given: {} }),
);
/** Stories that reach every status, each with the product that it needs. */
const beginnings: readonly (readonly [string, ...Asked[]])[] = [
  [
    'by-hand',
    { name: 'approve', given: {} },
    { name: 'disbursements', given: { amount: usd('300.00') } },
    { name: 'disbursements', given: {} },
  ],
  ['by-hand', { name: 'reject', given: {} }],
  ['by-hand', { name: 'cancel', given: {} }],
  ['plain', { name: 'write-off', given: {} }, { name: 'recoveries', given: { amount: usd('1.00') } }],
  [
    'shorter',
    { name: 'delinquency-pauses', given: { value_date: '2026-05-10' } },
    { name: 'delinquency-pauses/resume', given: { value_date: '2026-05-31' } },
  ],
  [
    'smaller',
    { name: 'charges', given: { component: 'fee', code: 'visit', amount: usd('5.00') } },
    { name: 'waivers', given: { component: 'fee' } },
    { name: 'rate-changes', given: { annual_rate_percent: '6' } },
    { name: 're-age', given: { number_of_instalments: 4 } },
    { name: 'restructure', given: { number_of_instalments: 6 } },
    { name: 'payment-holidays', given: { instalments: 2 } },
    { name: 'top-up', given: { principal: usd('1500.00') } },
  ],
  ['flat', { name: 'prepay', given: {} }],
  ['shorter'],
];
const story = fc.record({
  beginning: fc.constantFrom(...beginnings),
  payments: fc.array(fc.record({ cents, on: fc.constantFrom('2026-04-05', '2026-05-05', '2026-06-01') }), {
    maxLength: 3,
  }),
  commands: fc.array(command, { minLength: 1, maxLength: 3 }),
});

/** Rows and the greatest of every counter, of each table but those that the service itself keeps busy. */
async function counters(): Promise<object> {
  const columns = await billing.rows<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
      where table_schema = 'billing' and (column_name ~ '(seq|sequence|position|version|recorded_at)$' or ordinal_position = 1)
        and table_name !~ '^(outbox_|consumer_progress|migrations|inbox)' order by 1, 2`,
  );
  const tables = Map.groupBy(columns, ({ table_name: table }) => table);
  const counted = [...tables].map(([table, own]) => {
    const greatest = own.map(({ column_name: column }) => `max(${column}::text collate "C")`).join(` || ',' || `);
    return `select '${table}' as table, count(*)::integer as rows, ${greatest} as greatest from ${table}`;
  });
  return billing.rows(counted.join(' union all '));
}

/** What no two loans share, and what only recording gives. */
const own = new Set(['id', 'loan_id', 'known_at']);
const comparable = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json, (key, value) => (own.has(key) ? undefined : value)));
const seen = async (id: string) =>
  comparable({
    loan: (await billing.get(`/v1/loans/${id}`)).body,
    outstanding: (await billing.get(`/v1/loans/${id}/outstanding`)).body,
    schedule: (await billing.get(`/v1/loans/${id}/schedule`)).body,
  });

/** The outbox is emptied by the relay: what was there is sent before anything is counted. */
async function sent(): Promise<void> {
  await eventually(
    async () => expect(await billing.rows('select count(*)::integer as left from outbox')).toEqual([{ left: 0 }]),
    { intervalMs: 10 },
  );
}

async function tried(id: string, name: Command, given: object): Promise<number> {
  await sent();
  const before = await counters();
  const simulated = await billing.post(`/v1/loans/${id}/simulate`, { command: name, body: given });
  expect(await counters()).toEqual(before);
  const done = await billing.post(`/v1/loans/${id}/${name}`, given);
  if (done.status >= 400) {
    expect([simulated.status, simulated.body.code]).toEqual([done.status, done.body.code]);
    return done.status;
  }
  expect(simulated.status).toBe(200);
  const { settled: old, ...face } = simulated.body as Body & { settled?: object };
  expect(comparable(face)).toEqual(await seen(done.body.id));
  if (name === 'top-up') expect(comparable(old)).toEqual(await seen(id));
  return done.status;
}

type StoryOf = typeof story extends fc.Arbitrary<infer Story> ? Story : never;
const whole = [{ cents: usd('1300.00'), on: '2026-06-01' as const }];
const examples = beginnings.map(([product, ...asked]): [StoryOf] => [
  { beginning: [product, ...asked], payments: product === 'flat' ? whole : [], commands: [] },
]);

test('what a simulation shows is what the command then does, and nothing is written by it', async () => {
  const outcomes: Partial<Record<Command, number[]>> = {};
  await fc.assert(
    fc.asyncProperty(story, async ({ beginning: [product, ...first], payments, commands }) => {
      const customerId = await billing.customer({ credit_limit: usd('3000.00') });
      const given = { product, principal: usd('1000.00'), disbursed_on: '2026-03-31' };
      let { id } = await billing.loan(customerId, given);
      let last: string = newId();
      for (const payment of payments) {
        const loans = [{ loan_id: id, amount: payment.cents.amount }];
        const message = settled({ customerId, amount: payment.cents.amount, currency: 'USD', on: payment.on, loans });
        await billing.apply(message);
        last = message.paymentId;
      }
      for (const { name, given: asked } of [...first, ...commands]) {
        const status = await tried(id, name, name === 'prepay' ? { payment_id: last } : asked);
        outcomes[name] = [...(outcomes[name] ?? []), status];
        expect(await billing.isProven(id)).toBe(true);
        if (name === 'top-up' && status === 201)
          id = (await billing.get(`/v1/customers/${customerId}/loans?limit=1`)).body.data[0]?.id ?? id;
      }
    }),
    { numRuns: RUNS, seed: 6, examples },
  );
  const tested = Object.entries(outcomes).filter(([, statuses]) => statuses.some((status) => status < 400));
  expect(tested.map(([name]) => name).toSorted()).toEqual([...names, 'prepay'].toSorted());
}, 120_000);
