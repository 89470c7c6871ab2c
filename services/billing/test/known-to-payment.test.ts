import { addDays, date } from '@tenor/calendar';
import { decodeEvent, topics } from '@tenor/contracts';
import { eventually, type Random, randomFrom, readTopic } from '@tenor/testing';
import { evolve, isLoanEvent, type LoanAccount, type LoanEvent } from '../../payment/src/loan-accounts/loan-account.ts';
import { type BillingTest, type Paying, reversed, settled, startBillingTest } from './harness.ts';

/** `HISTORIES_SEED` repeats the choices of another run. */
const SEED = Number.parseInt(process.env['HISTORIES_SEED'] ?? '20260117', 10);
const HISTORIES = 24;
const STEPS = 12;
const DISBURSED_ON = date('2026-03-01');

const annuity = { interest_method: 'annuity', annual_rate_percent: '24', frequency: { every: 1, unit: 'week' } };
const settlement = { payoff: 'to_the_day', small_balance_tolerance: '2.00' };
const products = [
  {
    terms: { ...annuity, number_of_instalments: 8, tax: { interest_percent: '18', penalty_percent: '7' } },
    late_interest: true,
    penalty: { percent_per_day: '0.2' },
  },
  { terms: { ...annuity, number_of_instalments: 6 }, advance_payment: 'reduce_term', settlement },
  {
    terms: { ...annuity, number_of_instalments: 6 },
    advance_payment: 'reduce_instalment',
    penalty: { amount: '5.00', grace_days: 3 },
  },
  { terms: { ...annuity, number_of_instalments: 5 }, penalty: { percent_per_day: '0.1', grace_days: 2, cap: '9.00' } },
] as const;
const codes = ['known-plain', 'known-shorter', 'known-smaller', 'known-late'] as const;

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('known_to_payment');
  for (const [index, rules] of products.entries()) {
    const product = { code: codes[index], name: 'Any', currency: 'USD', ...rules };
    const { status, text } = await billing.post('/v1/products', product, { role: 'admin' });
    if (status !== 201) throw new Error(text);
  }
});
afterAll(() => billing.stop());

/** What billing keeps of a loan that payment has to know. */
interface Face {
  readonly status: string;
  readonly due_dates: string[];
  readonly unpaid: string[];
}
interface Seen {
  readonly what: string;
  readonly sequence: number;
  readonly face: Face;
}

const selectFace = `
  select l.status, l.event_sequence::int as sequence, array_agg(i.due_date::text order by i.number) as due_dates,
         array_agg((i.asked_principal - i.paid_principal + i.asked_interest - i.paid_interest + i.asked_fee - i.paid_fee
                    + i.asked_penalty - i.paid_penalty)::text order by i.number) as unpaid
    from loans l join instalments i on i.customer_id = l.customer_id and i.loan_id = l.id
     and i.version = l.schedule_version
   where l.id = $1 group by l.customer_id, l.id`;

async function seen(loanId: string, what: string): Promise<Seen> {
  const [row] = await billing.rows<Face & { sequence: number }>(selectFace, [loanId]);
  if (row === undefined) throw new Error(`no loan ${loanId}`);
  const { sequence, ...face } = row;
  return { what, sequence, face };
}

const usd = (amount: string) => ({ amount, currency: 'USD' });
type Payment = Paying & { readonly paymentId: string };

/** One change of the loan, taken or refused; what it was. */
async function change(random: Random, loan: { id: string; customerId: string }, payments: Payment[]): Promise<string> {
  const on = addDays(DISBURSED_ON, random.int(0, 90));
  const amount = `${random.int(1, 400)}.${random.int(10, 99)}`;
  const asks = { value_date: on };
  const [payment] = payments.length === 0 ? [] : [random.pick(payments as [Payment, ...Payment[]])];
  const post = async (route: string, body: object) => {
    const { status } = await billing.post(`/v1/loans/${loan.id}/${route}`, body);
    return `${route} of ${on}: ${status}`;
  };
  const pay = async () => {
    const paying = { customerId: loan.customerId, amount, on, currency: 'USD' };
    const message = settled({ ...paying, loans: [{ loan_id: loan.id, amount }] });
    payments.push({ ...paying, ...message });
    await billing.apply(message);
    return `${amount} of ${on}`;
  };
  const takeBack = async (given: Payment) => {
    await billing.apply(reversed(given));
    return `${given.amount} of ${given.on} taken back`;
  };
  const changes: readonly [() => Promise<string>, ...(() => Promise<string>)[]] = [
    pay,
    pay,
    pay,
    () => (payment === undefined ? pay() : takeBack(payment)),
    () => (payment === undefined ? pay() : takeBack(payment)),
    () => (payment === undefined ? pay() : post('prepay', { payment_id: payment.paymentId })),
    () => post('charges', { component: 'fee', code: 'visit', amount: usd(amount), ...asks }),
    () => post('waivers', { component: random.pick(['penalty', 'interest', 'fee']), ...asks }),
    () => post('rate-changes', { annual_rate_percent: `${random.int(1, 30)}`, ...asks }),
    () => post('restructure', { number_of_instalments: random.int(1, 9), ...asks }),
    () => post('payment-holidays', { instalments: random.int(1, 2), ...asks }),
    () => post('re-age', { number_of_instalments: random.int(1, 9), ...asks }),
    () => post('delinquency-pauses', asks),
    () => post('delinquency-pauses/resume', asks),
    () => (random.chance(40) ? post('write-off', asks) : pay()),
    () => post('recoveries', { amount: usd(amount), ...asks }),
  ];
  return random.pick(changes)();
}

async function history(random: Random): Promise<{ customerId: string; loanId: string; steps: Seen[] }> {
  const customerId = await billing.customer();
  const given = { product: random.pick(codes), principal: usd('1000.00'), disbursed_on: DISBURSED_ON };
  const { id } = await billing.loan(customerId, given);
  const steps = [await seen(id, given.product)];
  const payments: Payment[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    steps.push(await seen(id, await change(random, { id, customerId }, payments)));
  }
  expect(await billing.isProven(id)).toBe(true);
  return { customerId, loanId: id, steps };
}

/** All events of loans, in their order, once there are as many of each loan as its row says. */
async function published(lengths: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, LoanEvent[]>> {
  return eventually(async () => {
    const messages = await readTopic(billing.tenant.brokers, `${billing.tenant.topicPrefix}${topics.loans}`);
    const events = messages.flatMap(({ value }) => {
      const decoded = decodeEvent(Buffer.from(JSON.stringify(value)));
      if (!decoded.ok || !decoded.known) throw new Error(JSON.stringify(value));
      return isLoanEvent(decoded.event) ? [decoded.event] : [];
    });
    const bySubject = Map.groupBy(events, ({ subject }) => subject);
    for (const [id, length] of lengths) {
      if ((bySubject.get(id)?.at(-1)?.sequence ?? 0) < length) throw new Error(`Not all of ${id} is published yet`);
    }
    return bySubject;
  });
}

/** What payment makes of these events up to that number. */
function knownAfter(events: readonly LoanEvent[], sequence: number): Face | undefined {
  const account = events
    .filter((event) => event.sequence <= sequence)
    .reduce<LoanAccount | undefined>((known, event) => evolve(known, event), undefined);
  return account && { status: account.status, due_dates: [...account.dueDates], unpaid: account.unpaid.map(String) };
}

describe(`whatever happens to a loan (HISTORIES_SEED=${SEED})`, () => {
  test('payment knows every instalment as billing keeps it, after each change', async () => {
    const random = randomFrom(SEED);
    const histories = [];
    for (let index = 0; index < HISTORIES; index += 1) histories.push(await history(random));
    const lengths = histories.map(({ loanId, steps }) => [loanId, steps.at(-1)?.sequence ?? 0] as const);
    const told = await published(new Map(lengths));
    const wrong = histories.flatMap(({ loanId, steps }) => {
      const faces = steps.map(({ sequence }) => knownAfter(told.get(loanId) ?? [], sequence));
      const first = steps.findIndex(({ face }, index) => JSON.stringify(faces[index]) !== JSON.stringify(face));
      const done = steps.slice(0, first + 1).map(({ what }) => what);
      return first === -1 ? [] : [{ done, kept: steps[first]?.face, known: faces[first] }];
    });
    expect(wrong).toEqual([]);
    const taken = histories.flatMap(({ steps }) => steps.map(({ what }) => what)).filter((what) => /: 20.$/.test(what));
    expect(taken.length).toBeGreaterThan(HISTORIES);
  });
});
