import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@tenor/service-kit';
import { contradictions, ledgerContradictions } from '@tenor/testing';
import { type BillingTest, type PaymentMessage, refunding, reversed, settled, startBillingTest } from './harness.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('credit_races');
});
afterAll(() => billing.stop());

const CUSTOMERS = 12;
const HEAD_START_MS = 15;
const INR = { currency: 'INR' };
/** Any amount, and overpayments become credit; 100.00 in one instalment without interest. */
const plain = {
  product: 'monthly-annuity',
  principal: { amount: '100.00', ...INR },
  terms: { annual_rate_percent: '0', number_of_instalments: 1 },
  disbursed_on: '2026-05-01',
};
type Refund = ReturnType<typeof refunding>;

/** The rules that billing's own tables must obey; no payment service runs here. */
const rules = Object.entries({ ...contradictions, ...ledgerContradictions }).filter(
  ([, text]) => !/\bpayment\./.test(text),
);
const conserved = `
  select customer_id, currency, sum(brought) as brought, sum(kept) as kept
    from (select customer_id, currency, applied + credited as brought, 0 as kept from applied_payments p
           where kind = 'payment' and not exists (
             select from applied_payments r
              where r.customer_id = p.customer_id and r.payment_id = p.payment_id and r.kind = 'reversal')
          union all
          select l.customer_id, l.currency, 0, i.paid_principal + i.paid_interest + i.paid_fee + i.paid_penalty
            from loans l join instalments i
              on i.customer_id = l.customer_id and i.loan_id = l.id and i.version = l.schedule_version
          union all
          select customer_id, currency, 0, balance from customer_credits
          union all
          select customer_id, currency, 0, amount from refunds where status in ('authorised', 'paid_out')) each
   group by 1, 2 having sum(brought) <> sum(kept)`;

async function expectSoundBooks(): Promise<void> {
  const broken: string[] = [];
  for (const [rule, text] of [...rules, ['the sum is conserved', conserved] as const]) {
    if ((await billing.rows(text)).length > 0) broken.push(rule);
  }
  expect(broken).toEqual([]);
}

/** Starts all at once, beginning with another one in each round, so that none is first by its place alone. */
function allAtOnce(tasks: readonly (() => Promise<unknown>)[], round: number): Promise<unknown[]> {
  const first = round % tasks.length;
  return Promise.all([...tasks.slice(first), ...tasks.slice(0, first)].map((task) => task()));
}

/** A customer with a loan of 100 paid with 150, so that 50 are credit, and with a loan that still owes 100. */
async function credited() {
  const customerId = await billing.customer();
  const [paid, owing] = [await billing.loan(customerId, plain), await billing.loan(customerId, plain)];
  const loans = [{ loan_id: paid.id, amount: '150.00' }];
  const payment = { ...settled({ customerId, amount: '150.00', loans, ...INR }), amount: '150.00', ...INR };
  await billing.apply(payment);
  expect(await billing.credit(customerId, 'INR')).toBe('50.00');
  return { customerId, loanIds: [paid.id, owing.id], owing, payment };
}

/** Pays 20.00 of the loan by credit, unless there is not enough of it or the loan owes less by then; whether it did. */
async function use(customerId: string, loanId: string): Promise<boolean> {
  const asked = { loan_id: loanId, amount: { amount: '20.00', ...INR } };
  const { status, body } = await billing.post(`/v1/customers/${customerId}/credit-uses`, asked, { key: newId() });
  const refusals = ['credit_exceeded', 'loan_closed', 'amount_exceeds_outstanding'];
  if (status !== 201) expect(refusals).toContain(body.code);
  return status === 201;
}

async function decidedAs(status: 'authorised' | 'refused', refunds: readonly Refund[]): Promise<Refund[]> {
  const ids = refunds.map(({ refundId }) => refundId);
  const found = await billing.rows<{ id: string }>('select id from refunds where id = any($1) and status = $2', [
    ids,
    status,
  ]);
  return refunds.filter(({ refundId }) => found.some(({ id }) => id === refundId));
}

test('refunds, uses and the reversal of one credit at one moment conserve the sum, for each customer', async () => {
  expect(rules.length).toBeGreaterThan(8);
  const outcomes = { authorised: 0, refused: 0, used: 0 };
  for (let round = 0; round < CUSTOMERS; round += 1) {
    const { customerId, loanIds, owing, payment } = await credited();
    const refunds = Array.from({ length: 3 }, () => refunding({ customerId, amount: '20.00', ...INR }));
    const uses = Array.from({ length: 3 }, () => async () => {
      if (await use(customerId, owing.id)) outcomes.used += 1;
    });
    // A request has a longer way than an event: every other round it has a start.
    const apply = async (event: PaymentMessage): Promise<void> => {
      await sleep(round % 2 === 0 ? 0 : HEAD_START_MS);
      await billing.apply(event);
    };
    const reversal = () => apply(reversed(payment));
    await allAtOnce(
      [
        ...refunds.map(
          ({ requested }) =>
            () =>
              apply(requested),
        ),
        ...uses,
        reversal,
      ],
      round,
    );
    await expectSoundBooks();

    const authorised = await decidedAs('authorised', refunds);
    outcomes.authorised += authorised.length;
    outcomes.refused += (await decidedAs('refused', refunds)).length;
    const [paidOut, ...failed] = authorised;
    const bounce = async (refund: Refund): Promise<void> => {
      await billing.apply(refund.paidOut);
      await billing.apply(refund.returned);
    };
    const later = refunding({ customerId, amount: '20.00', ...INR });
    const ends = [
      ...(paidOut === undefined ? [] : [() => bounce(paidOut)]),
      ...failed.map((refund) => () => billing.apply(refund.failed)),
      () => billing.apply(settled({ customerId, amount: '230.00', ...INR })),
      () => billing.apply(later.requested),
      () => use(customerId, owing.id),
    ];
    await allAtOnce(ends, round);
    await expectSoundBooks();
    for (const loanId of loanIds) expect(await billing.isProven(loanId)).toBe(true);
  }
  for (const [outcome, times] of Object.entries(outcomes)) expect([outcome, times > 0]).toEqual([outcome, true]);
}, 60_000);
