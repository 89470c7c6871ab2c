import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import {
  type BillingTest,
  type Body,
  type PaymentMessage,
  reversed,
  settled,
  startBillingTest,
  TODAY,
} from './harness.ts';

describe('repayments', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('repayments');
  });
  afterAll(() => billing.stop());

  /** A loan of 1,000 without interest, due in 30 weeks. */
  async function plainLoan(): Promise<{ customerId: string; loan: Body }> {
    const customerId = await billing.customer();
    const principal = { amount: '1000', currency: 'USD' };
    const loan = await billing.loan(customerId, { product: 'open-30-weeks', principal, disbursed_on: '2025-11-01' });
    return { customerId, loan };
  }

  test('three settled payments over Kafka leave 2,068,000 of 2,200,000', async () => {
    const customerId = await billing.customer();
    const loan = await billing.loan(customerId);
    const payments = [1, 2, 3].map(() => settled({ customerId, amount: '44000.00' }));
    await billing.send(...payments);
    await eventually(async () => (await billing.outstanding(loan.id)) === '2068000.00', { timeoutMs: 20_000 });
    expect(await billing.isProven(loan.id)).toBe(true);
    const events = await billing.published(customerId, 'loans', 6);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['loan.opened', 1],
      ['loan.approved', 2],
      ['loan.disbursed', 3],
      ['loan.repaid', 4],
      ['loan.repaid', 5],
      ['loan.repaid', 6],
    ]);
    expect(events[5]?.data).toMatchObject({
      payment_id: payments[2]?.paymentId,
      amount: '44000.00',
      credited: '0.00',
      outstanding: '2068000.00',
      unpaid: [{ number: 3, amount: '0.00' }],
      allocations: [{ instalment: 3, principal: '40000.00', interest: '4000.00', fee: '0.00', penalty: '0.00' }],
      reason: null,
    });
  }, 60_000);

  test('delivering the whole topic again, with the inbox emptied, changes nothing', async () => {
    const customerId = await billing.customer();
    const loan = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    const [first, second, backdated] = [
      settled({ customerId, amount: '44000.00', on: '2026-05-20' }),
      settled({ customerId, amount: '44000.00' }),
      settled({ customerId, amount: '88000.00', on: '2026-05-08' }),
    ];
    const taken = reversed({ customerId, amount: '44000.00', paymentId: first.paymentId });
    const topic = [first, second, backdated, taken];
    await billing.apply(...topic);
    const before = await billing.snapshot();
    expect(await billing.outstanding(loan.id)).toBe('2068000.00');
    await billing.apply(...topic);
    for (const message of topic) await billing.apply(message);
    expect(await billing.snapshot()).toBe(before);
  });

  test('a loan of 5,000,000 is paid off, and told so once', async () => {
    const customerId = await billing.customer();
    const loan = await billing.loan(customerId, { principal: { amount: '5000000', currency: 'IDR' } });
    await billing.apply(settled({ customerId, amount: '5390000.00' }), settled({ customerId, amount: '110000.00' }));
    expect((await billing.get(`/v1/loans/${loan.id}`)).body).toMatchObject({
      status: 'paid',
      outstanding: { amount: '0.00' },
    });
    const events = await billing.published(customerId, 'loans', 6);
    expect(events.at(-1)).toMatchObject({ type: 'loan.paid', data: { loan_id: loan.id, paid_on: TODAY } });
    expect(await billing.isProven(loan.id)).toBe(true);
  });

  test('the reversal example: overpaid 300, 290, then outstanding 210, then overpaid 290 again', async () => {
    const { customerId, loan } = await plainLoan();
    const pay = (amount: string, on: string) => settled({ customerId, amount, on, currency: 'USD' });
    const [p500, p10, p400, p390] = [
      pay('500.00', '2025-11-02'),
      pay('10.00', '2025-11-03'),
      pay('400.00', '2025-11-04'),
      pay('390.00', '2025-11-05'),
    ] as const;
    const back = (payment: { paymentId: string }, amount: string) =>
      reversed({ customerId, paymentId: payment.paymentId, amount, currency: 'USD' });
    const standing = async () => [await billing.outstanding(loan.id), await billing.credit(customerId, 'USD')];

    await billing.apply(p500, p10, p400, p390);
    expect(await standing()).toEqual(['0.00', '300.00']);
    await billing.apply(back(p10, '10.00'));
    expect(await standing()).toEqual(['0.00', '290.00']);
    await billing.apply(back(p500, '500.00'));
    expect(await standing()).toEqual(['210.00', '0.00']);
    expect((await billing.get(`/v1/loans/${loan.id}`)).body).toMatchObject({ status: 'active' });
    await billing.apply(pay('500.00', '2025-11-02'));
    expect(await standing()).toEqual(['0.00', '290.00']);
    expect(await billing.isProven(loan.id)).toBe(true);

    const loanEvents = await billing.published(customerId, 'loans', 14);
    const moved = loanEvents.filter(({ type }) => type === 'loan.repayment_reallocated');
    expect(moved[0]?.data).toMatchObject({
      payment_id: p390.paymentId,
      previous_amount: '90.00',
      amount: '100.00',
      credited: '290.00',
    });
    const taken = loanEvents.find(({ type }) => type === 'loan.repayment_reversed');
    expect(taken?.data).toMatchObject({
      payment_id: p10.paymentId,
      kind: 'reversal',
      amount: '10.00',
      value_date: '2025-11-03',
    });
    const credits = await billing.published(customerId, 'customers', 3);
    expect(credits.slice(1, 3)).toMatchObject([
      {
        type: 'customer.credited',
        data: { amount: '300.00', balance: '300.00', reason: 'amount_exceeds_outstanding' },
      },
      { type: 'customer.credit_reclaimed', data: { amount: '10.00', balance: '290.00', reason: 'reallocated' } },
    ]);
  });

  test('the same payments and reversals leave the same books in any order', async () => {
    const dated = [
      { externalRef: 'a'.repeat(64), amount: '500.00', on: '2025-11-02' },
      { externalRef: 'b'.repeat(64), amount: '10.00', on: '2025-11-03' },
      { externalRef: 'c'.repeat(64), amount: '400.00', on: '2025-11-03' },
      { externalRef: 'd'.repeat(64), amount: '390.00', on: '2025-11-05' },
    ];
    const books: unknown[] = [];
    for (const order of permutations([0, 1, 2, 3]).filter((_, index) => index % 3 === 0)) {
      const { customerId, loan } = await plainLoan();
      const payments = dated.map((payment) => settled({ ...payment, customerId, currency: 'USD' }));
      const taken = reversed({ customerId, paymentId: payments[1]?.paymentId ?? '', amount: '10.00', currency: 'USD' });
      const messages: PaymentMessage[] = order.flatMap((index) => payments[index] ?? []);
      // Before, between and after the payments, wherever this order puts it: even before its own payment.
      messages.splice(order[0] ?? 0, 0, taken);
      for (const message of messages) await billing.apply(message);
      expect(await billing.isProven(loan.id)).toBe(true);
      const { body } = await billing.get(`/v1/loans/${loan.id}/schedule?as_of=2026-06-01`);
      const applied = await billing.rows(
        `select value_date, applied, credited from applied_payments
          where customer_id = $1 and kind = 'payment' and applied + credited <> 10 * 100 order by value_date, applied`,
        [customerId],
      );
      const ledger = await billing.rows(
        `select account, sum(amount) from (select debit as account, amount from ledger_entries where loan_id = $1
           union all select credit, -amount from ledger_entries where loan_id = $1) as sides group by 1 order by 1`,
        [loan.id],
      );
      books.push({ instalments: body.instalments, applied, ledger, credit: await billing.credit(customerId, 'USD') });
    }
    expect(books).toHaveLength(8);
    for (const book of books) expect(book).toEqual(books[0]);
  }, 60_000);

  test('a reversal that comes before its payment leaves nothing of it', async () => {
    const { customerId, loan } = await plainLoan();
    const payment = settled({ customerId, amount: '100.00', currency: 'USD' });
    await billing.apply(reversed({ customerId, paymentId: payment.paymentId, amount: '100.00', currency: 'USD' }));
    await billing.apply(payment);
    expect(await billing.outstanding(loan.id)).toBe('1000.00');
    expect(await billing.isProven(loan.id)).toBe(true);
  });

  test('an automatic payment takes the oldest instalments of all loans, the last loan takes the rest', async () => {
    const customerId = await billing.customer();
    const older = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    const newer = await billing.loan(customerId, { disbursed_on: '2026-05-04' });
    await billing.apply(settled({ customerId, amount: '132000.00' }));
    expect(await billing.outstanding(older.id)).toBe('2112000.00');
    expect(await billing.outstanding(newer.id)).toBe('2156000.00');
  });

  test('explicit parts go to their loans; what names no loan of the customer becomes credit', async () => {
    const customerId = await billing.customer();
    const loan = await billing.loan(customerId);
    const strangers = await billing.loan(await billing.customer());
    const loans = [
      { loan_id: loan.id, amount: '44000.00' },
      { loan_id: strangers.id, amount: '1000.00' },
    ];
    await billing.apply(settled({ customerId, amount: '45000.00', loans }));
    expect(await billing.outstanding(loan.id)).toBe('2156000.00');
    expect(await billing.outstanding(strangers.id)).toBe('2200000.00');
    expect(await billing.credit(customerId, 'IDR')).toBe('1000.00');
  });

  test('a payment of a customer without loans is credit, and taken back with it', async () => {
    const customerId = await billing.customer();
    const payment = settled({ customerId, amount: '10.00', currency: 'USD' });
    await billing.apply(payment);
    expect(await billing.credit(customerId, 'USD')).toBe('10.00');
    await billing.apply(reversed({ customerId, paymentId: payment.paymentId, amount: '10.00', currency: 'USD' }));
    expect(await billing.credit(customerId, 'USD')).toBe('0.00');
    const events = await billing.published(customerId, 'customers', 3);
    expect(events.map(({ type, data }) => [type, data['reason'], data['loan_id']])).toEqual([
      ['customer.registered', undefined, undefined],
      ['customer.credited', 'no_loan', null],
      ['customer.credit_reclaimed', 'payment_reversed', null],
    ]);
  });

  test('a payment of a paid loan is credit of that loan', async () => {
    const { customerId, loan } = await plainLoan();
    await billing.apply(settled({ customerId, amount: '1000.00', currency: 'USD' }));
    await billing.apply(settled({ customerId, amount: '25.00', currency: 'USD' }));
    const repaid = await billing.published(customerId, 'loans', 2, 'loan.repaid');
    expect(repaid[1]?.data).toMatchObject({
      amount: '0.00',
      credited: '25.00',
      reason: 'nothing_owed',
      loan_id: loan.id,
    });
    expect(await billing.credit(customerId, 'USD')).toBe('25.00');
  });

  test('delinquency is announced when it changes, each change once', async () => {
    const customerId = await billing.customer();
    const loan = await billing.loan(customerId, { disbursed_on: '2026-05-10' });
    for (const amount of ['44000.00', '44000.00', '44000.00']) await billing.apply(settled({ customerId, amount }));
    const changes = ['loan.became_delinquent', 'loan.cured', 'loan.bucket_changed'];
    const events = (await billing.published(customerId, 'loans', 10)).filter(({ type }) => changes.includes(type));
    expect(events.map(({ type, data }) => [type, data['days_past_due'], data['bucket'], data['from']])).toEqual([
      ['loan.became_delinquent', 15, '1-30', undefined],
      ['loan.bucket_changed', 15, '1-30', 'current'],
      ['loan.cured', 1, '1-30', undefined],
      ['loan.bucket_changed', 0, 'current', '1-30'],
    ]);
    expect(await billing.isProven(loan.id)).toBe(true);
  });

  test('what a payment causes belongs to its trace, also among others', async () => {
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const [customerId, otherId] = [await billing.customer(), await billing.customer()];
    await billing.loan(customerId);
    await billing.loan(otherId);
    await billing.apply(
      settled({ customerId, amount: '44000.00', traceparent }),
      settled({ customerId: otherId, amount: '44000.00' }),
    );
    expect((await billing.published(customerId, 'loans', 4))[3]?.traceparent).toContain('c'.repeat(32));
    expect((await billing.published(otherId, 'loans', 4))[3]?.traceparent).not.toContain('c'.repeat(32));
  });

  test('fifty customers are settled in one transaction', async () => {
    const payments: PaymentMessage[] = [];
    const loans: string[] = [];
    for (let n = 0; n < 50; n += 1) {
      const customerId = await billing.customer();
      loans.push((await billing.loan(customerId)).id);
      payments.push(settled({ customerId, amount: '44000.00' }));
    }
    await billing.apply(...payments);
    const paid = await billing.rows('select from loans where id = any($1) and outstanding = 215600000', [loans]);
    expect(paid).toHaveLength(50);
    expect(await billing.isProven(loans[49] ?? '')).toBe(true);
  });

  test('a payment of an unknown customer is a fault, not a silent loss', async () => {
    const payment = settled({ customerId: newId(), amount: '1.00' });
    await expect(billing.apply(payment)).rejects.toThrow(/does not exist/);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
