import { setTimeout as sleep } from 'node:timers/promises';
import { date } from '@tenor/calendar';
import type { Sql } from '@tenor/service-kit';
import { databaseClock } from '../src/loans/database-clock.store.ts';
import { loanViewer } from '../src/loans/loan-views.store.ts';
import { type BillingTest, type Body, settled, startBillingTest, TODAY } from './harness.ts';

/** Above the 5 s after which knowledge counts as settled where nobody writes, and below what ends an idle transaction. */
const OLD_MS = 5_100;

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
      ...['', '/schedule', '/outstanding', '/delinquency', '/events'].map((path) => `/v1/loans/${loan.id}${path}?`),
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
    await sleep(OLD_MS);
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
    const [read] = await Promise.all(reads.slice(2, 3).map(ask(`known_at=${at}`)));
    expect(read).toMatchObject({ total: '2156000.00', known_at: at });
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
    expect(single).toHaveLength(7);
    for (const { index } of single) expect(again[index]).toEqual(firstAnswers[index]);
  });
});
