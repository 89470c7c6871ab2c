import { setTimeout as sleep } from 'node:timers/promises';
import { date } from '@tenor/calendar';
import type { Sql } from '@tenor/service-kit';
import { databaseClock } from '../src/loans/database-clock.store.ts';
import { loanViewer } from '../src/loans/loan-views.store.ts';
import { type BillingTest, type Body, settled, startBillingTest, TODAY } from './harness.ts';

/** Above the 5 s after which knowledge counts as settled where nobody writes. */
const OLD_MS = 5_100;

const ofLoan = [
  ...['', '/schedule', '/outstanding', '/delinquency', '/events'],
  ...['/statement', '/explain', '/payoff-quote'],
];

describe('while a writer stalls', () => {
  let billing: BillingTest;
  let customerId: string;
  let loan: Body;
  let reads: string[];
  let firstAnswers: Body[];
  beforeAll(async () => {
    billing = await startBillingTest('known-at');
    customerId = await billing.customer();
    loan = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    // Credit that no loan takes: there is none in this currency.
    await billing.apply(settled({ customerId, amount: '10.00', currency: 'KES' }));
    reads = [
      ...ofLoan.map((path) => `/v1/loans/${loan.id}${path}?`),
      `/v1/loans?customer_id=${customerId}&`,
      ...['loans?', 'delinquency?', 'balance?currency=IDR&', 'balance?currency=KES&'].map(
        (path) => `/v1/customers/${customerId}/${path}`,
      ),
    ];
    firstAnswers = await Promise.all(reads.map(ask('')));
  });
  afterAll(() => billing.stop());

  const ask = (more: string) => async (path: string) => (await billing.get(`${path}${more}`)).body;

  test('no read answers for a time at which it may still record; afterwards each has what it recorded', async () => {
    const loans = [{ loan_id: loan.id, amount: '44000.00' }];
    const writer = await billing.stall(settled({ customerId, amount: '44000.00', on: '2026-05-08', loans }));
    const at = await databaseClock(billing.database);
    // Somebody else's loan, whose last event is later: a page that holds it alone is no more settled than others.
    await billing.loan(await billing.customer(), { disbursed_on: '2026-05-01' });
    await sleep(OLD_MS);
    expect(await ask(`known_at=${at}`)('/v1/loans?limit=1&')).toMatchObject({ code: 'known_at_too_recent' });
    const answers = await Promise.all(reads.map(ask(`known_at=${at}`)));
    expect(answers.map(({ code }) => code)).toEqual(reads.map(() => 'known_at_too_recent'));

    // The writer ends after the first look at the loan and before the look for writers.
    const ending: Sql = {
      query: async (asked, values) => {
        if (asked.name === 'database_open_writer') await writer.end();
        return billing.database.query(asked, values);
      },
    };
    const view = await loanViewer(ending, { today: () => date(TODAY) })(loan.id, { knownAt: at });
    expect(view).toMatchObject({ state: { lastKey: { valueDate: '2026-05-08' } } });
    const later = await Promise.all(ofLoan.map((path) => ask(`known_at=${at}`)(`/v1/loans/${loan.id}${path}?`)));
    const owed = { total: '2156000.00' };
    expect(later.map(({ known_at: knownAt }) => knownAt)).toEqual(ofLoan.map(() => at));
    expect(later).toMatchObject([
      { outstanding: { amount: owed.total } },
      { unpaid: owed.total },
      owed,
      { consecutive_missed: 3 },
      { data: [{}, {}, {}, { type: 'repaid' }] },
      { closing: owed },
      { outstanding: owed },
      owed,
    ]);
  });

  test('every read says by which knowledge it answered, and answers the same by it for ever', async () => {
    const again = await Promise.all(
      reads.map(async (path, index) => {
        const known = firstAnswers[index]?.['known_at'] ?? firstAnswers[index]?.data[0]?.['known_at'];
        return ask(`known_at=${known}&as_of=${TODAY}`)(path);
      }),
    );
    // Lists and journals say it of each of their items, which differ among themselves.
    const single = reads.flatMap((path, index) => (firstAnswers[index]?.data === undefined ? [{ path, index }] : []));
    expect(single).toHaveLength(10);
    for (const { index } of single) expect(again[index]).toEqual(firstAnswers[index]);
  });
});

describe('a read of a loan, or of what a customer owes', () => {
  /** Reads under the same paths that are of something else, or of all that was recorded. */
  const others = [
    '/v1/customers/{id}',
    '/v1/customers/{id}/credit-uses',
    // What outside systems said last.
    '/v1/customers/{id}/kyc',
    '/v1/loans/{id}/score',
    // The whole journal is proven, up to its head.
    '/v1/loans/{id}/proof',
  ];
  interface Get {
    readonly parameters?: readonly { readonly name: string }[];
    readonly responses: Readonly<Record<string, { readonly content: Record<string, unknown> }>>;
  }
  let reads: (readonly [string, Get])[];
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('known-at-document');
    const { paths } = (await billing.get('/openapi.json')).body as unknown as { paths: Record<string, { get?: Get }> };
    const isRead = (path: string): boolean => /^\/v1\/(loans|customers\/\{id\}|customer-balances)(\/|$)/.test(path);
    reads = Object.entries(paths).flatMap(([path, { get }]) => (get && isRead(path) ? [[path, get] as const] : []));
  });
  afterAll(() => billing.stop());

  test('takes as_of and known_at, answers with both, and refuses what is too recent', () => {
    expect(reads.map(([path]) => path)).toEqual(expect.arrayContaining(others));
    const timed = reads.filter(([path]) => !others.includes(path));
    expect(timed.length).toBeGreaterThanOrEqual(12);
    const faults = timed.flatMap(([path, { parameters = [], responses }]) => {
      const takes = (name: string) => parameters.some((parameter) => parameter.name === name);
      const answers = JSON.stringify(responses['200']);
      return [
        ...['as_of', 'known_at'].filter((name) => !takes(name)).map((name) => `${path} does not take ${name}`),
        ...['as_of', 'known_at']
          .filter((name) => !answers.includes(`"${name}"`))
          .map((name) => `${path} hides ${name}`),
        ...(JSON.stringify(responses['422'] ?? '').includes('known_at_too_recent') ? [] : [`${path} never refuses`]),
      ];
    });
    expect(faults).toEqual([]);
  });
});
