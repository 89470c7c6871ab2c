import { setTimeout as pause } from 'node:timers/promises';
import { addDays, addMonths, date } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { isRefusal, newId, runUnitOfWork } from '@tenor/service-kit';
import { contradictions, ledgerContradictions } from '@tenor/testing';
import fc from 'fast-check';
import { checkDay, startCheck } from '../src/daily-check/daily-check.commands.ts';
import { accounts } from '../src/ledger/account.ts';
import { loadEvents } from '../src/loans/journal.store.ts';
import { fold } from '../src/loans/loan.ts';
import { type BillingTest, reversed, settled, startBillingTest, TODAY } from './harness.ts';
import { balancesOf } from './loans/fold-balances.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('ledger');
  for (const accrual of ['cash', 'on_due', 'daily']) {
    const { status, text } = await billing.post('/v1/products', product(accrual), { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

const product = (accrual: string) => ({
  code: accrual.replace('_', '-'),
  name: `Earned ${accrual}`,
  currency: 'USD',
  terms: {
    interest_method: 'bullet',
    annual_rate_percent: '12',
    frequency: { every: 1, unit: 'month' },
    number_of_instalments: 3,
  },
  penalty: { percent_per_day: '0.1', grace_days: 3, cap: '20.00' },
  settlement: { payoff: 'to_the_day' },
  delinquency: { non_accrual_after_days: 45 },
  accrual,
});
const usd = (amount: string) => ({ amount, currency: 'USD' });
const lent = async (code: string, disbursedOn: string) => {
  const customerId = await billing.customer();
  const more = { product: code, principal: usd('1000.00'), disbursed_on: disbursedOn };
  return { customerId, id: (await billing.loan(customerId, more)).id };
};
const paid = (customerId: string, amount: string, on: string, paymentId = newId()) =>
  settled({ customerId, amount, currency: 'USD', on, paymentId });

const NOTHING = Object.fromEntries(Object.keys(accounts).map((account) => [account, '0.00']));

/** The balance of every account in dollars, by which knowledge, and until when growth is booked. */
async function trialBalance(query = '') {
  const { status, text, body } = await billing.get(`/v1/reports/trial-balance?currency=USD&${query}`);
  if (status !== 200) throw new Error(text);
  const [only] = body['currencies'] as { accounts: { account: string; balance: string }[] }[];
  const balances = Object.fromEntries((only?.accounts ?? []).map(({ account, balance }) => [account, balance]));
  const { known_at: knownAt, earned_through: earnedThrough } = body as unknown as Record<string, string>;
  return { knownAt: String(knownAt), earnedThrough, balances: { ...NOTHING, ...balances } };
}
/** What the days earned of the loan, by value date. */
const grown = (loanId: string, from: string) =>
  billing.rows<{ on: string; amount: string; recorded: string }>(
    `select value_date::text as on, sum(case debit when 'interest_receivable' then amount else -amount end)::text as amount
       from ledger_entries where loan_id = $1 and event_id is null and component = 'interest' and value_date >= $2
      group by value_date order by value_date`,
    [loanId, from],
  );

/** The daily check of billing on that day. */
async function check(day: string) {
  const service = { database: billing.database, today: () => date(day), dueSoonDays: 3, pause };
  const context = { caller: { id: 'test', roles: [] }, requestId: newId() };
  const started = await runUnitOfWork(billing.database, context, (uow) => startCheck(uow, service, date(day)));
  if (isRefusal(started)) throw new Error(started.detail);
  return checkDay(service, started.day);
}

describe('income of passing days', () => {
  test('is booked with the loan’s next event and by the daily check, each day once under its own value date', async () => {
    const { id } = await lent('daily', '2026-05-16');
    expect((await grown(id, '2026-05-16')).map(({ on, amount }) => [on, amount])).toEqual(
      // 1,000 at 1 % in a period of 31 days: 0.32 or 0.33 a day, the sum rounded.
      [32, 33, 32, 32, 32, 33, 32, 32, 32, 33, 32, 32, 32, 33, 32, 32].map((amount, index) => [
        addDays(date('2026-05-17'), index),
        String(amount),
      ]),
    );
    expect((await trialBalance()).earnedThrough).toBe(TODAY);
    expect((await trialBalance('as_of=2026-05-26')).balances).toEqual({
      ...NOTHING,
      loan_principal: '1000.00',
      interest_receivable: '3.23',
      interest_income: '3.23',
      cash_clearing: '-1000.00',
    });

    const visited = await check('2026-06-04');
    expect(visited?.done).toBe(1);
    expect((await grown(id, '2026-06-02')).map(({ on }) => on)).toEqual(['2026-06-02', '2026-06-03', '2026-06-04']);
    const before = await billing.snapshot(['ledger_entries', 'loans']);
    await check('2026-06-04');
    expect(await billing.snapshot(['ledger_entries', 'loans'])).toBe(before);
    expect((await trialBalance()).earnedThrough).toBe('2026-06-04');
    expect(await billing.isProven(id)).toBe(true);
  });

  test('is booked on due dates only where that is when it is earned', async () => {
    const { customerId, id } = await lent('on-due', '2026-04-10');
    expect((await grown(id, '2026-04-10')).map(({ on, amount }) => [on, amount])).toEqual([['2026-05-10', '1000']]);
    await billing.apply(paid(customerId, '20.00', '2026-05-08'));
    expect(await billing.isProven(id)).toBe(true);
    const [row] = await billing.rows('select next_change_on::text as on from loans where id = $1', [id]);
    expect(row).toEqual({ on: '2026-06-02' });
  });

  test('is corrected under the days that a backdated payment changes, and put right by its reversal', async () => {
    const { customerId, id } = await lent('daily', '2026-03-01');
    const penalties = () =>
      billing.rows<{ sum: string }>(
        `select sum(case debit when 'penalty_receivable' then amount else -amount end)::text as sum
           from ledger_entries where loan_id = $1 and 'penalty_income' in (debit, credit)`,
        [id],
      );
    const late = await penalties();
    const payment = paid(customerId, '10.00', '2026-04-01');
    await billing.apply(payment);
    expect(await penalties()).not.toEqual(late);
    expect(await billing.isProven(id)).toBe(true);
    await billing.apply(reversed({ customerId, amount: '10.00', currency: 'USD', paymentId: payment.paymentId }));
    expect(await penalties()).toEqual(late);
    expect(await billing.isProven(id)).toBe(true);
  });
});

const dayFrom = (from: string, count: number) => fc.nat(count).map((day) => addDays(date(from), day));
const actions = fc.record({
  kind: fc.constantFrom(
    'payment',
    'payment',
    'reversal',
    'charge',
    'waiver',
    'holiday',
    'payoff',
    'write_off',
    'close',
  ),
  on: dayFrom('2026-03-02', 90),
  amount: fc.integer({ min: 1, max: 40_000 }).map((cents) => formatAmount(BigInt(cents), 'USD')),
  look: dayFrom('2026-02-25', 95),
});
type Action = typeof actions extends fc.Arbitrary<infer Value> ? Value : never;

describe('for any loans and whatever happens to them', () => {
  test('the trial balance is the sum of what the folds say, and debits are credits', async () => {
    await closeMonth('2026-02');
    await fc.assert(
      fc.asyncProperty(fc.array(actions, { minLength: 6, maxLength: 9 }), async (given) => {
        for (const code of ['cash', 'on-due', 'daily']) {
          const loan = await lent(code, '2026-03-02');
          for (const action of given) {
            await perform(loan, action);
            const { balances, knownAt } = await trialBalance(`as_of=${action.look}`);
            expect(balances).toMatchObject(await foldedBalances(action.look, knownAt));
          }
          expect(await billing.isProven(loan.id)).toBe(true);
        }
      }),
      { numRuns: 3 },
    );
  });
});

test('after all of that, closed months show by booking date what they showed when they were closed', async () => {
  expect(closed.size).toBeGreaterThan(0);
  for (const [month, balances] of closed) expect([month, (await bookedIn(month)).balances]).toEqual([month, balances]);
});

test.each(
  Object.entries({ ...contradictions, ...ledgerContradictions }).filter(([, text]) => !text.includes('payment.')),
)('after all of that, %s', async (_, text) => expect(await billing.rows(text)).toEqual([]));

/** What closed months showed when they were closed. */
const closed = new Map<string, Readonly<Record<string, string>>>();
const bookedIn = (month: string) =>
  trialBalance(`by=booked_on&as_of=${addDays(addMonths(date(`${month}-01`), 1), -1)}`);

async function closeMonth(month: string): Promise<void> {
  const { status } = await billing.post(`/v1/periods/${month}/close`, undefined, { role: 'admin' });
  if (status === 200) closed.set(month, (await bookedIn(month)).balances);
}

/** What is refused in the state that the loan is in does nothing. */
async function perform({ customerId, id }: { customerId: string; id: string }, { kind, on, amount }: Action) {
  const loan = `/v1/loans/${id}`;
  const payment = paid(customerId, amount, on);
  switch (kind) {
    case 'payment':
      return billing.apply(payment);
    case 'reversal':
      await billing.apply(payment);
      return billing.apply(reversed({ customerId, amount, currency: 'USD', paymentId: payment.paymentId }));
    case 'charge':
      return billing.post(`${loan}/charges`, { component: 'fee', code: 'visit', amount: usd(amount), value_date: on });
    case 'waiver':
      return billing.post(`${loan}/waivers`, { component: 'interest', value_date: on });
    case 'holiday':
      return billing.post(`${loan}/payment-holidays`, { instalments: 1, value_date: on });
    case 'payoff': {
      const whole = paid(customerId, '1200.00', on);
      await billing.apply(whole);
      return billing.post(`${loan}/prepay`, { payment_id: whole.paymentId });
    }
    case 'write_off':
      return billing.post(`${loan}/write-off`, { value_date: on });
    case 'close':
      return closeMonth(on.slice(0, 'YYYY-MM'.length));
    default:
      return kind satisfies never;
  }
}

/** The sum over all loans of what their journals say by that day and knowledge, as the trial balance shows it. */
async function foldedBalances(asOf: string, knownAt: string): Promise<Record<string, string>> {
  const keys = await billing.rows<{ customerId: string; loanId: string }>(
    `select customer_id as "customerId", id as "loanId" from loans where currency = 'USD'`,
  );
  const sums = new Map<string, bigint>();
  for (const events of (await loadEvents(billing.database, keys)).values()) {
    const folded = fold(events, { asOf: date(asOf), knownAt });
    if (folded === undefined) continue;
    for (const [account, balance] of Object.entries(balancesOf(folded, date(asOf))))
      sums.set(account, (sums.get(account) ?? 0n) + balance);
  }
  return Object.fromEntries(
    [...sums].map(([account, balance]) => {
      const side = accounts[account as keyof typeof accounts];
      return [account, formatAmount(side === 'debit' ? balance : -balance, 'USD')];
    }),
  );
}
