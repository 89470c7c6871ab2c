import { addDays, date } from '@tenor/calendar';
import { decodeEvent, topics } from '@tenor/contracts';
import { formatAmount, min } from '@tenor/money';
import { eventually, type Random, randomFrom, readTopic } from '@tenor/testing';
import { evolve, isLoanEvent, type LoanAccount, type LoanEvent } from '../../payment/src/loan-accounts/loan-account.ts';
import { compareOwed, type Owed, owedInstalments, type Part } from '../../payment/src/payments/allocation.ts';
import { decidePayment } from '../../payment/src/payments/payment-decision.ts';
import { type BillingTest, type Paying, reversed, settled, startBillingTest, TODAY } from './harness.ts';

/** `HISTORIES_SEED` repeats the choices of another run. */
const SEED = Number.parseInt(process.env['HISTORIES_SEED'] ?? '20260117', 10);
const HISTORIES = 24;
const STEPS = 12;
/** Of each customer, when nothing else happens any more. */
const UNNAMED = 3;
const DISBURSED_ON = date('2026-03-01');

const annuity = { interest_method: 'annuity', annual_rate_percent: '24', frequency: { every: 1, unit: 'week' } };
const settlement = { payoff: 'to_the_day', small_balance_tolerance: '2.00' };
const products = [
  {
    terms: { ...annuity, number_of_instalments: 8, tax: { interest_percent: '18', penalty_percent: '7' } },
    late_interest: true,
    penalty: { percent_per_day: '0.2' },
    payment_policy: 'partial',
  },
  { terms: { ...annuity, number_of_instalments: 6 }, advance_payment: 'reduce_term', settlement },
  {
    terms: { ...annuity, number_of_instalments: 6 },
    advance_payment: 'reduce_instalment',
    penalty: { amount: '5.00', grace_days: 3 },
  },
  {
    terms: { ...annuity, number_of_instalments: 5 },
    penalty: { percent_per_day: '0.1', grace_days: 2, cap: '9.00' },
    payment_policy: 'exact',
  },
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
  /** When it was written off, and what was given up then. */
  readonly gone: string | null;
}
interface Seen {
  readonly loanId: string;
  readonly what: string;
  readonly sequence: number;
  readonly face: Face;
}

const selectFace = `
  select l.status, l.event_sequence::int as sequence, array_agg(i.due_date::text order by i.number) as due_dates,
         array_agg((i.asked_principal - i.paid_principal + i.asked_interest - i.paid_interest + i.asked_fee - i.paid_fee
                    + i.asked_penalty - i.paid_penalty)::text order by i.number) as unpaid,
         (select concat(w->>'on', ' ', (w->>'principal')::bigint + (w->>'interest')::bigint + (w->>'fee')::bigint
                                       + (w->>'penalty')::bigint)
            from (select nullif(l.changes->'writtenOff', 'null') as w) as given_up where w is not null) as gone
    from loans l join instalments i on i.customer_id = l.customer_id and i.loan_id = l.id
     and i.version = l.schedule_version
   where l.id = $1 group by l.customer_id, l.id`;

async function seen(loanId: string, what: string): Promise<Seen> {
  const [row] = await billing.rows<Face & { sequence: number }>(selectFace, [loanId]);
  if (row === undefined) throw new Error(`no loan ${loanId}`);
  const { sequence, ...face } = row;
  return { loanId, what, sequence, face };
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

interface History {
  readonly customerId: string;
  readonly loanIds: readonly [string, string];
  readonly steps: Seen[];
}

/** Two loans of a customer, to which this and that happens. */
async function history(random: Random): Promise<History> {
  const customerId = await billing.customer();
  const given = () => ({ product: random.pick(codes), principal: usd('1000.00'), disbursed_on: DISBURSED_ON });
  const loanIds = [(await billing.loan(customerId, given())).id, (await billing.loan(customerId, given())).id] as const;
  const [one, other] = loanIds.map((id) => ({ id, customerId, payments: [] as Payment[] }));
  if (one === undefined || other === undefined) throw new Error('two loans are opened');
  const steps = [await seen(one.id, 'opened'), await seen(other.id, 'opened')];
  for (let step = 0; step < STEPS; step += 1) {
    const loan = random.chance(70) ? one : other;
    steps.push(await seen(loan.id, await change(random, loan, loan.payments)));
  }
  if (random.chance(60)) {
    const asks = { value_date: addDays(DISBURSED_ON, random.int(30, 90)) };
    const { status } = await billing.post(`/v1/loans/${other.id}/write-off`, asks);
    steps.push(await seen(other.id, `write-off of ${asks.value_date}: ${status}`));
  }
  for (const id of loanIds) expect(await billing.isProven(id)).toBe(true);
  return { customerId, loanIds: [one.id, other.id], steps };
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
function accountAfter(events: readonly LoanEvent[], sequence = Number.POSITIVE_INFINITY): LoanAccount | undefined {
  return events
    .filter((event) => event.sequence <= sequence)
    .reduce<LoanAccount | undefined>((known, event) => evolve(known, event), undefined);
}

function faceOf({ status, dueDates, unpaid, writtenOff }: LoanAccount): Face {
  const gone = writtenOff && `${writtenOff.on} ${writtenOff.amount}`;
  return { status, due_dates: [...dueDates], unpaid: unpaid.map(String), gone };
}

/** How many events were published of each loan. */
const lengths = (histories: readonly History[]): ReadonlyMap<string, number> =>
  new Map(histories.flatMap(({ steps }) => steps.map(({ loanId, sequence }) => [loanId, sequence] as const)));

/** Where payment and billing differ, and since which change. */
async function differences(histories: readonly History[]) {
  const told = await published(lengths(histories));
  return histories.flatMap(({ steps }) => {
    const faces = steps.map(({ loanId, sequence }) => {
      const account = accountAfter(told.get(loanId) ?? [], sequence);
      return account && faceOf(account);
    });
    const first = steps.findIndex(({ face }, index) => JSON.stringify(faces[index]) !== JSON.stringify(face));
    const done = steps.slice(0, first + 1).map(({ what }) => what);
    return first === -1 ? [] : [{ done, kept: steps[first]?.face, known: faces[first] }];
  });
}

interface Directed {
  readonly what: string;
  /** What payment expects each loan to take; of what it knows that they owe. */
  readonly expected: string;
  /** What billing had each loan take. */
  readonly taken: string;
  /** Whether it pays two loans, one of which was written off. */
  readonly isOfWriteOff: boolean;
}

const textOf = (parts: readonly Part[]) =>
  parts
    .map(({ loanId, amount }) => `${loanId} ${amount}`)
    .sort()
    .join(', ');

/** A payment of any day that names no loan, decided by payment and applied by billing; undefined where it is refused. */
async function payUnnamed(random: Random, { customerId, steps }: History, loans: readonly LoanAccount[]) {
  const gone = loans.flatMap(({ writtenOff }) => writtenOff?.on ?? []);
  const valueDate = addDays(date(random.pick([TODAY, ...gone])), -random.int(0, 5));
  const owed = loans.flatMap((loan) => owedInstalments(loan, 0n, valueDate)).sort(compareOwed);
  const bounds = owed.map((_, index) => sumOf(owed.slice(0, index + 1)));
  const bound = random.pick([0n, ...bounds]);
  const amount = min(random.chance(50) ? bound : bound + BigInt(random.int(1, 9_000)), sumOf(owed));
  if (amount === 0n) return undefined;
  const asked = { amount, currency: 'USD', valueDate, businessDate: date(TODAY), allocations: null };
  const decision = decidePayment(asked, { loans, reserved: new Map(), shortfalls: new Map() });
  if ('refused' in decision || decision.outcome !== 'settled') return undefined;
  const text = (minor: bigint) => formatAmount(minor, 'USD');
  const expected = decision.parts.map((part) => ({ loan_id: part.loanId, amount: text(part.amount) }));
  const payment = settled({ customerId, amount: text(amount), on: valueDate, currency: 'USD', expected });
  await billing.apply(payment);
  const what = `${text(amount)} of ${valueDate} that names no loan`;
  for (const { loanId } of loans) steps.push(await seen(loanId, what));
  const rows = await billing.rows<{ loan_id: string; taken: string }>(
    'select loan_id, (applied + credited)::text as taken from applied_payments where payment_id = $1',
    [payment.paymentId],
  );
  const known = new Map(loans.map(({ loanId }) => [loanId, sumOf(owed.filter((each) => each.loanId === loanId))]));
  // What days may have added is billing's to tell.
  const isKnown = decision.parts.every(({ loanId, amount: part }) => part <= (known.get(loanId) ?? 0n));
  if (!isKnown) return undefined;
  return {
    what,
    expected: textOf(decision.parts),
    taken: textOf(rows.map(({ loan_id: loanId, taken }) => ({ loanId, amount: BigInt(taken) }))),
    isOfWriteOff: decision.parts.length > 1 && loans.some(({ writtenOff }) => writtenOff && valueDate <= writtenOff.on),
  } satisfies Directed;
}

const sumOf = (owed: readonly Owed[]): bigint => owed.reduce((sum, { amount }) => sum + amount, 0n);

describe(`whatever happens to a loan beside another (HISTORIES_SEED=${SEED})`, () => {
  const random = randomFrom(SEED);
  const histories: History[] = [];
  beforeAll(async () => {
    for (let index = 0; index < HISTORIES; index += 1) histories.push(await history(random));
  }, 120_000);

  test('payment knows every instalment as billing keeps it, and what was given up, after each change', async () => {
    expect(await differences(histories)).toEqual([]);
    const taken = histories.flatMap(({ steps }) => steps.map(({ what }) => what)).filter((what) => /: 20.$/.test(what));
    expect(taken.length).toBeGreaterThan(HISTORIES);
  });

  test('what payment decides that a payment pays is what billing has it pay, also of what was given up later', async () => {
    const directed: Directed[] = [];
    for (let round = 0; round < UNNAMED; round += 1) {
      const told = await published(lengths(histories));
      for (const each of histories) {
        const loans = each.loanIds.flatMap((id) => accountAfter(told.get(id) ?? []) ?? []);
        const done = await payUnnamed(random, each, loans);
        if (done !== undefined) directed.push(done);
      }
    }
    expect(directed.filter(({ expected, taken }) => expected !== taken)).toEqual([]);
    expect(directed.length).toBeGreaterThan(HISTORIES);
    expect(directed.filter(({ isOfWriteOff }) => isOfWriteOff).length).toBeGreaterThan(0);
    expect(await differences(histories)).toEqual([]);
  });
});
