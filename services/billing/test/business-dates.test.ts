import { newId } from '@tenor/service-kit';
import { type BillingTest, refunding, settled, startBillingTest, TODAY } from './harness.ts';

/** Where TODAY has not begun, and where it is over. */
const YESTERDAY = '2026-05-31';
const TOMORROW = '2026-06-02';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('business_dates');
  for (const [code, time_zone] of [
    ['west', 'Pacific/Pago_Pago'],
    ['plain', null],
    ['east', 'Pacific/Kiritimati'],
  ] as const) {
    const terms = { interest_method: 'none', frequency: { every: 10, unit: 'day' }, number_of_instalments: 1 };
    const product = { code, name: 'Any', currency: 'USD', terms, max_open_loans: 1, time_zone };
    const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

const usd = (amount: string) => ({ amount, currency: 'USD' });
const USD = { currency: 'USD' };
/** Lent so early that all of it is late. */
const lend = async (customerId: string, product: string, amount = '100.00', more: object = {}) =>
  (await billing.loan(customerId, { product, principal: usd(amount), disbursed_on: '2026-04-01', ...more })).id;
const read = async (customerId: string, what: string) =>
  (await billing.get(`/v1/customers/${customerId}/${what}`)).body;
const credit = async (customerId: string, query = '') =>
  (await read(customerId, `balance?currency=USD${query}`))['credit'];
const open = (customerId: string, product: string) =>
  billing.post('/v1/loans', { customer_id: customerId, product, principal: usd('60.00') });
const use = (customerId: string, loanId: string, amount: string) =>
  billing.post(`/v1/customers/${customerId}/credit-uses`, { loan_id: loanId, amount: usd(amount) }, { key: newId() });
/** What customer credit comes to in the books at the end of each day on which it moved, in minor units. */
const creditByDay = async (customerId: string) =>
  (
    await billing.rows<{ day: string; balance: string }>(
      `select value_date::text as day, sum(sum(amount)) over (order by value_date)::text as balance
         from (select value_date, amount from ledger_entries where customer_id = $1 and credit = 'customer_credit'
               union all
               select value_date, -amount from ledger_entries where customer_id = $1 and debit = 'customer_credit') e
        group by value_date order by value_date`,
      [customerId],
    )
  ).map(({ day, balance }) => `${day} ${balance}`);

/** What every view of the loan says of its state. */
async function seen(customerId: string, loanId: string) {
  const listed = async (status: string) =>
    (await read(customerId, `loans?status=${status}`)).data.map((row) => [row.id === loanId, row.status]);
  const { exposure } = await read(customerId, 'balance');
  const { is_delinquent: isLate } = (await billing.get(`/v1/loans/${loanId}/delinquency`)).body;
  return { active: await listed('active'), paid: await listed('paid'), exposure, isLate };
}

describe('money that came where it is today, of a customer whose loan is lent where it is still yesterday', () => {
  const borrower = async () => {
    const customerId = await billing.customer({ credit_limit: usd('100.00') });
    return { customerId, west: await lend(customerId, 'west') };
  };

  test('pays the loan when it is dated yesterday, as payment dates it: limit, lists and reads agree', async () => {
    const { customerId, west } = await borrower();
    await billing.apply(settled({ customerId, amount: '100.00', on: YESTERDAY, ...USD }));
    expect(await seen(customerId, west)).toEqual({
      active: [],
      paid: [[true, 'paid']],
      exposure: '0.00',
      isLate: false,
    });
    expect((await open(customerId, 'west')).status).toBe(201);
    expect(await read(customerId, 'balance')).toMatchObject({ exposure: '60.00', available: '40.00' });
  });

  test('is credit when it was dated today before the loan was known: limit, lists, reads and events agree', async () => {
    const { customerId, west } = await borrower();
    await billing.apply(settled({ customerId, amount: '100.00', ...USD }));
    const owing = { active: [[true, 'active']], paid: [], exposure: '100.00', isLate: true };
    expect(await seen(customerId, west)).toEqual(owing);
    expect([(await open(customerId, 'plain')).body.code, (await open(customerId, 'west')).body.code]).toEqual([
      'limit_exceeded',
      'open_loans_exceeded',
    ]);
    expect(await credit(customerId)).toBe('100.00');
    const told = (await billing.published(customerId, 'loans', 3)).map(({ type }) => type);
    expect(told).not.toContain('loan.cured');
    expect(told).not.toContain('loan.repaid');
  });
});

describe('credit', () => {
  test('that came today pays no loan where it is still yesterday, and one where it has come', async () => {
    const customerId = await billing.customer();
    const [plain, west] = [await lend(customerId, 'plain', '60.00'), await lend(customerId, 'west', '60.00')];
    const loans = [{ loan_id: plain, amount: '100.00' }];
    await billing.apply(settled({ customerId, amount: '100.00', loans, ...USD }));
    const before = await billing.snapshot();
    const refused = await use(customerId, west, '10.00');
    const meta = { credit: '0.00', currency: 'USD', business_date: YESTERDAY };
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'credit_exceeded', meta }]);
    expect(await billing.snapshot()).toBe(before);
    const east = await lend(customerId, 'east', '30.00');
    expect((await use(customerId, east, '30.00')).status).toBe(201);
    expect([await credit(customerId), await credit(customerId, `&as_of=${TODAY}`)]).toEqual(['10.00', '40.00']);
    expect(await creditByDay(customerId)).toEqual([`${TODAY} 4000`, `${TOMORROW} 1000`]);
    expect([await billing.isProven(plain), await billing.isProven(east)]).toEqual([true, true]);
  });

  test('of a loan where it is still yesterday is gone once it is spent elsewhere today, in every read', async () => {
    const customerId = await billing.customer();
    const [west, plain] = [await lend(customerId, 'west', '60.00'), await lend(customerId, 'plain', '60.00')];
    const loans = [{ loan_id: west, amount: '100.00' }];
    await billing.apply(settled({ customerId, amount: '100.00', on: YESTERDAY, loans, ...USD }));
    expect((await use(customerId, plain, '10.00')).status).toBe(201);
    expect([await credit(customerId), await credit(customerId, `&as_of=${YESTERDAY}`)]).toEqual(['30.00', '40.00']);
    expect((await use(customerId, plain, '30.01')).body.code).toBe('credit_exceeded');
    expect(await creditByDay(customerId)).toEqual([`${YESTERDAY} 4000`, `${TODAY} 3000`]);
    expect([await billing.isProven(plain), await billing.isProven(west)]).toEqual([true, true]);
  });

  test('that came where it is tomorrow already is paid back as of then', async () => {
    const customerId = await billing.customer();
    const east = await lend(customerId, 'east', '60.00');
    const loans = [{ loan_id: east, amount: '100.00' }];
    await billing.apply(settled({ customerId, amount: '100.00', on: TOMORROW, loans, ...USD }));
    const refund = refunding({ customerId, amount: '40.00', ...USD });
    await billing.apply(refund.requested);
    expect([await credit(customerId), await creditByDay(customerId)]).toEqual(['0.00', [`${TOMORROW} 0`]]);
    await billing.apply(refund.paidOut);
    const payable = await billing.rows(
      `select 1 from ledger_entries where customer_id = $1 and 'refund_payable' in (debit, credit) and value_date < $2`,
      [customerId, TOMORROW],
    );
    expect(payable).toEqual([]);
  });
});

test.each([
  { from: 'west', to: 'plain', opened: YESTERDAY, paid: YESTERDAY },
  { from: 'plain', to: 'west', opened: YESTERDAY, paid: TODAY },
  { from: 'east', to: 'plain', opened: TODAY, paid: TOMORROW },
])('a top-up of $from by $to pays out on $opened and pays off on $paid', async ({ from, to, opened, paid }) => {
  const customerId = await billing.customer();
  const old = await lend(customerId, from, '60.00');
  const { status, body } = await billing.post(`/v1/loans/${old}/top-up`, { product: to, principal: usd('60.00') });
  expect([status, body]).toMatchObject([201, { status: 'active', disbursed_on: opened }]);
  const days = opened === paid ? [`${paid} 0`] : [`${opened} 6000`, `${paid} 0`];
  expect(await creditByDay(customerId)).toEqual(days);
  expect([await billing.isProven(old), await billing.isProven(body.id)]).toEqual([true, true]);
});
