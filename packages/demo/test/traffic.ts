import type { LocalDate } from '@tenor/calendar';
import {
  type Kind,
  kinds,
  type OpenLoan,
  type Operation,
  planLoan,
  planOperation,
  planSpending,
  type Random,
  randomFrom,
  type Spending,
} from '@tenor/testing';
import type { Answer, Client } from '../src/client.ts';
import type { Loan, Payment } from '../src/lender.ts';

/** What was sent and how it was answered; nothing of it is checked here. */
export interface Traffic {
  readonly customerIds: readonly string[];
  readonly loanIds: readonly string[];
  readonly operations: number;
  /** How often each operation was answered how: `overpayment 201`, `reverse 409 state_conflict`. */
  readonly tally: Readonly<Record<string, number>>;
  /** Answers to the copies of one request, by its key. */
  readonly doubles: readonly { readonly key: string; readonly answers: readonly Told[] }[];
}

/** An answer as far as copies of one request must agree on it. */
export interface Told {
  readonly status: number;
  readonly id: string | undefined;
  readonly code: string | undefined;
  readonly isReplay: boolean;
}

const { weekly, annuity, open } = kinds;
/** The loans that each customer begins with. */
const CUSTOMERS: readonly (readonly [Kind, ...Kind[]])[] = [
  [weekly],
  [annuity],
  [open, open],
  [weekly, weekly],
  [annuity, open],
  [weekly, annuity, open],
  [annuity, annuity],
  [weekly, annuity],
];
/** What the business, and a projection behind for too long, may answer to such traffic; anything else is a fault. */
const EXPECTED =
  / 20[01]$| 422 (payment_not_exact|nothing_owed|amount_exceeds_outstanding|value_date_before_disbursement|loan_closed|credit_exceeded)$| 409 state_conflict$| 503 projection_behind$/;

/** The labels of answers that such traffic should not have had. */
export const unexpectedAnswers = ({ tally }: Traffic): string[] =>
  Object.keys(tally).filter((label) => !EXPECTED.test(label));

const OPERATIONS_PER_CUSTOMER = 34;
const SPENDING_PERCENT = 26;
/** Requests of one customer that are under way at once. */
const LANES = 3;
const WAIT_S = 5;
const SEED_STEP = 7919;

interface Actor {
  readonly name: string;
  readonly client: Client;
  readonly random: Random;
  readonly today: LocalDate;
  readonly customerId: string;
  readonly loans: OpenLoan[];
  readonly accepted: string[];
  readonly log: { operations: number; tally: Record<string, number>; doubles: Traffic['doubles'][number][] };
}

/** Lets all customers open loans, pay and take back at once, as the seed decides, and waits for all answers. */
export async function runTraffic(client: Client, seed: number, today: LocalDate): Promise<Traffic> {
  const log: Actor['log'] = { operations: 0, tally: {}, doubles: [] };
  const actors = await Promise.all(
    CUSTOMERS.map(async (begins, index) => {
      const name = `actor-${seed}-${index + 1}`;
      const random = randomFrom(seed + index * SEED_STEP);
      const { body } = await client.post<{ id: string }>('/v1/customers', { external_id: name, first_name: name });
      const actor = { name, client, random, today, customerId: body.id, loans: [], accepted: [], log };
      for (const [place, kind] of begins.entries()) {
        await perform(actor, planLoan(random, kind, today), `${name}-loan-${place}`);
      }
      if (begins[0] === annuity) await useBeginningCredit(actor);
      await act(actor);
      return actor;
    }),
  );
  return {
    ...log,
    customerIds: actors.map(({ customerId }) => customerId),
    loanIds: actors.flatMap(({ loans }) => (loans as OpenLoan[]).map(({ id }) => id)),
  };
}

/** Leaves the customer credit to begin with, and uses some for a loan that is new, so that no run is without. */
async function useBeginningCredit(actor: Actor): Promise<void> {
  const { random, today, name } = actor;
  const amount = { amount: `${3 * annuity.beyond}.00`, currency: annuity.currency };
  const overpaid = {
    do: 'pay',
    label: 'overpayment',
    body: { amount },
    isBackdated: false,
    copies: 1,
    waits: true,
  } as const;
  await perform(actor, overpaid, `${name}-overpaid`);
  await perform(actor, planLoan(random, annuity, today), `${name}-owing`);
  const newest = actor.loans.at(-1);
  if (newest === undefined) throw new Error(`${name} has no loan`);
  const used = { amount: `${annuity.instalment}.00`, currency: annuity.currency };
  await perform(
    actor,
    { do: 'use', body: { loan_id: newest.id, amount: used }, copies: 2, waits: false },
    `${name}-used`,
  );
}

/** Several lanes take the customer's next operation in turn, so that it competes with itself too. */
async function act(actor: Actor): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < OPERATIONS_PER_CUSTOMER) {
      next += 1;
      const [first, ...others] = actor.loans;
      if (first === undefined) throw new Error(`${actor.name} has no loan`);
      const { random, today } = actor;
      const spends = random.chance(SPENDING_PERCENT);
      const planned = spends
        ? planSpending(random, [first, ...others])
        : planOperation(random, [first, ...others], today);
      await perform(actor, planned, `${actor.name}-${next}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function perform(actor: Actor, operation: Operation | Spending, key: string): Promise<void> {
  actor.log.operations += 1;
  switch (operation.do) {
    case 'open':
      return openLoan(actor, operation, key);
    case 'pay':
      return pay(actor, operation, key);
    case 'reverse':
      return reverse(actor, operation, key);
    case 'use':
    case 'refund':
      return spend(actor, operation, key);
    default:
      return operation satisfies never;
  }
}

async function openLoan(actor: Actor, { kind, disbursedOn }: Extract<Operation, { do: 'open' }>, key: string) {
  const { product, currency, principal, terms } = kind;
  const answer = await actor.client.post<Loan & { code?: string }>(
    '/v1/loans',
    {
      customer_id: actor.customerId,
      product,
      principal: { amount: principal, currency },
      disbursed_on: disbursedOn,
      ...(terms === undefined ? {} : { terms }),
    },
    { 'idempotency-key': key },
  );
  count(actor, `open ${product}`, answer);
  if (answer.status === 201) actor.loans.push({ id: answer.body.id, kind, disbursedOn });
}

type Problem = Payment & { readonly meta?: { readonly amounts?: readonly string[] } };

async function pay(actor: Actor, operation: Extract<Operation, { do: 'pay' }>, key: string): Promise<void> {
  const body = { customer_id: actor.customerId, ...operation.body };
  const headers = { 'idempotency-key': key, ...(operation.waits ? { prefer: `wait=${WAIT_S}` } : {}) };
  const send = (text: object, more: object) =>
    actor.client.post<Problem>('/v1/payments', text, { ...headers, ...more });
  const answer = await sendCopies(actor, key, operation.copies, () => send(body, {}));
  count(actor, `${operation.isBackdated ? 'backdated ' : ''}${operation.label}`, answer);
  if (answer.status === 201) actor.accepted.push(answer.body.id);
  const wouldDo = answer.body.meta?.amounts?.at(-1);
  if (answer.body.code !== 'payment_not_exact' || wouldDo === undefined || 'allocations' in operation.body) return;
  // Somebody else may take that instalment in the meantime, so that this one is refused again.
  const { amount } = operation.body as { amount: object };
  const second = await send(
    { ...body, amount: { ...amount, amount: wouldDo } },
    { 'idempotency-key': `${key}-second` },
  );
  count(actor, 'amount that would do', second);
  if (second.status === 201) actor.accepted.push(second.body.id);
}

async function reverse(actor: Actor, { choice, copies }: Extract<Operation, { do: 'reverse' }>, key: string) {
  const { accepted, client } = actor;
  const paymentId = accepted[choice % Math.max(1, accepted.length)];
  if (paymentId === undefined) return;
  const send = () =>
    client.post<Problem>(`/v1/payments/${paymentId}/reverse`, { reason: 'traffic' }, { 'idempotency-key': key });
  count(actor, 'reverse', await sendCopies(actor, key, copies, send));
}

async function spend(actor: Actor, operation: Spending, key: string) {
  const { customerId, client } = actor;
  const path = `/v1/customers/${customerId}/${operation.do === 'use' ? 'credit-uses' : 'refunds'}`;
  const headers = { 'idempotency-key': key, ...(operation.waits ? { prefer: `wait=${WAIT_S}` } : {}) };
  const send = () => client.post<Problem>(path, operation.body, headers);
  count(actor, operation.do, await sendCopies(actor, key, operation.copies, send));
}

/** Sends one request so many times at once; the first answer counts, and how the others compare is kept. */
async function sendCopies(actor: Actor, key: string, copies: number, send: () => Promise<Answer<Problem>>) {
  const [first, ...others] = await Promise.all([send(), ...Array.from({ length: copies - 1 }, send)]);
  if (others.length > 0) actor.log.doubles.push({ key, answers: [first, ...others].map(tell) });
  return first;
}

function tell({ status, headers, body }: Answer<Problem>): Told {
  const isReplay = headers.get('idempotency-replayed') === 'true';
  return { status, id: status < 300 ? body.id : undefined, code: body.code, isReplay };
}

function count({ log }: Actor, what: string, { status, body }: Answer<{ code?: string }>): void {
  const label = [what, status, ...(body.code === undefined ? [] : [body.code])].join(' ');
  log.tally[label] = (log.tally[label] ?? 0) + 1;
}
