import { setTimeout as sleep } from 'node:timers/promises';
import { businessDate, type LocalDate } from '@tenor/calendar';
import {
  type Operation as Choice,
  type Kind,
  kinds,
  type OpenLoan,
  planLoan,
  planOperation,
  planSpending,
  type Random,
  REFUSING_PROVIDER,
  randomFrom,
  type Spending,
} from '@tenor/testing';
import type { Operation } from './operation-log.ts';
import type { Outcome, PersistentClient } from './persistent-client.ts';

export interface TrafficOptions {
  readonly client: PersistentClient;
  readonly seed: number;
  /** Borrowers that are at it at once. */
  readonly seats: number;
  /** Ends the traffic, after the operations under way. */
  readonly enough: AbortSignal;
}

/** Operations of one borrower at once, so that it competes with itself too. */
const LANES = 2;
/** After so many operations another borrower takes the seat: years of one life would make every fold long. */
const OPERATIONS_PER_BORROWER = 40;
/** Credit takes a payment that is applied, so that a new borrower of a crashed system has none to spend for a while. */
const SPENDINGS_PER_BORROWER = 240;
const PAUSE_MIN_MS = 40;
const PAUSE_MAX_MS = 160;
const SPENDING_PERCENT = 15;
const SEED_STEP = 7919;

const { weekly, annuity, open } = kinds;
const BEGINNINGS: readonly [readonly [Kind, ...Kind[]], ...(readonly [Kind, ...Kind[]])[]] = [
  [weekly],
  [annuity, open],
  [open, open],
  [weekly, annuity],
];

interface Borrower {
  readonly name: string;
  readonly client: PersistentClient;
  readonly random: Random;
  readonly today: LocalDate;
  readonly customerId: string;
  readonly loans: OpenLoan[];
  readonly paid: string[];
}

/**
 * Borrowers open loans, pay and take back, one after the other on each seat, until it is enough. Beside them sit a few
 * that do one thing only, so that what holds up one kind of operation is not seen as an outage of the others.
 */
export async function runTraffic({ client, seed, seats, enough }: TrafficOptions): Promise<void> {
  const today = businessDate(new Date(), 'UTC');
  const lives = [
    ...Array.from({ length: seats }, () => live),
    openOnly,
    payOnly,
    payAndWait,
    payAndTakeBack,
    spendCredit,
    askForRefund,
  ];
  const seat = async (place: number, lead: Life): Promise<void> => {
    for (let life = 1; !enough.aborted; life += 1) {
      const name = `borrower-${seed}-${place}-${life}`;
      const random = randomFrom(seed + SEED_STEP * (place + lives.length * life));
      const body = { external_id: name, first_name: name };
      const customer = await client.perform({ kind: 'customer', key: name, path: '/v1/customers', body });
      if (customer.is !== 'acknowledged') continue;
      await lead({ name, client, random, today, customerId: customer.id, loans: [], paid: [] }, enough);
    }
  };
  await Promise.all(lives.map((lead, place) => seat(place, lead)));
}

type Life = (borrower: Borrower, enough: AbortSignal) => Promise<void>;

const openOnly = single(async (borrower, key) => {
  await perform(borrower, planLoan(borrower.random, open, borrower.today), key);
});
const payOnly = single((borrower, key) => perform(borrower, smallPayment(borrower, false), key));
const payAndWait = single((borrower, key) => perform(borrower, smallPayment(borrower, true), key));
const payAndTakeBack = single(async (borrower, key) => {
  await perform(borrower, smallPayment(borrower, false), key);
  const choice = borrower.paid.length - 1;
  if (choice >= 0) await perform(borrower, { do: 'reverse', choice, copies: 1 }, `${key}-back`);
});

const spendCredit = single(async (borrower, key) => {
  await keepCredit(borrower, key);
  const newest = borrower.loans.at(-1);
  if (newest === undefined) return;
  const body = { loan_id: newest.id, ...smallAmount(borrower.random) };
  await perform(borrower, { do: 'use', body, copies: 1, waits: false }, key);
}, SPENDINGS_PER_BORROWER);
const askForRefund = single(async (borrower, key) => {
  await keepCredit(borrower, key);
  const method = borrower.random.chance(25) ? { method: REFUSING_PROVIDER } : {};
  const body = { ...smallAmount(borrower.random), ...method };
  await perform(borrower, { do: 'refund', body, copies: 1, waits: false }, key);
}, SPENDINGS_PER_BORROWER);

/** Overpays the first loan by more than a life can spend, and opens another to spend it on. */
async function keepCredit(borrower: Borrower, key: string): Promise<void> {
  if (borrower.paid.length > 0) return;
  const amount = { amount: `${4 * annuity.beyond}.00`, currency: annuity.currency };
  const overpaid = {
    do: 'pay',
    label: 'overpayment',
    body: { amount },
    isBackdated: false,
    copies: 1,
    waits: true,
  } as const;
  await perform(borrower, overpaid, `${key}-overpaid`);
  await perform(borrower, planLoan(borrower.random, annuity, borrower.today), `${key}-owing`);
}

/** A life of one kind of operation, on a loan that takes any amount and outlasts it. */
function single(
  operate: (borrower: Borrower, key: string) => Promise<void>,
  operations = OPERATIONS_PER_BORROWER,
): Life {
  return async (borrower, enough) => {
    await perform(borrower, planLoan(borrower.random, annuity, borrower.today), `${borrower.name}-begin`);
    for (let next = 1; next <= operations && !enough.aborted; next += 1) {
      await operate(borrower, `${borrower.name}-${next}`);
      await sleep(borrower.random.int(PAUSE_MIN_MS, PAUSE_MAX_MS));
    }
  };
}

/** Small enough that all of a life are fewer than what is owed on a loan. */
const SMALL_UNITS_MAX = 50;

function smallPayment({ random }: Borrower, waits: boolean): Extract<Choice, { do: 'pay' }> {
  return { do: 'pay', label: 'any amount', body: smallAmount(random), isBackdated: false, copies: 1, waits };
}

function smallAmount(random: Random) {
  return { amount: { amount: `${random.int(1, SMALL_UNITS_MAX)}.00`, currency: annuity.currency } };
}

async function live(borrower: Borrower, enough: AbortSignal): Promise<void> {
  const { random, today, name } = borrower;
  for (const [place, kind] of random.pick(BEGINNINGS).entries()) {
    await perform(borrower, planLoan(random, kind, today), `${name}-begin-${place}`);
  }
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < OPERATIONS_PER_BORROWER && !enough.aborted) {
      next += 1;
      const key = `${name}-${next}`;
      const [first, ...others] = borrower.loans;
      if (first === undefined) return;
      const spends = random.chance(SPENDING_PERCENT);
      const loans: [OpenLoan, ...OpenLoan[]] = [first, ...others];
      await perform(borrower, spends ? planSpending(random, loans) : planOperation(random, loans, today), key);
      await sleep(random.int(PAUSE_MIN_MS, PAUSE_MAX_MS));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function perform(borrower: Borrower, choice: Choice | Spending, key: string): Promise<void> {
  switch (choice.do) {
    case 'open':
      return openLoan(borrower, choice, key);
    case 'pay':
      return pay(borrower, choice, key);
    case 'reverse':
      return reverse(borrower, choice, key);
    case 'use':
      return useOf(borrower, choice, key);
    case 'refund':
      return refundOf(borrower, choice, key);
    default:
      return choice satisfies never;
  }
}

async function openLoan(borrower: Borrower, { kind, disbursedOn }: Extract<Choice, { do: 'open' }>, key: string) {
  const { product, currency, principal, terms } = kind;
  const body = {
    customer_id: borrower.customerId,
    external_id: key,
    product,
    principal: { amount: principal, currency },
    disbursed_on: disbursedOn,
    ...(terms === undefined ? {} : { terms }),
  };
  const outcome = await borrower.client.perform({ kind: 'loan', key, path: '/v1/loans', body });
  if (outcome.is === 'acknowledged') borrower.loans.push({ id: outcome.id, kind, disbursedOn });
}

async function pay(borrower: Borrower, choice: Extract<Choice, { do: 'pay' }>, key: string): Promise<void> {
  const { client, customerId, paid } = borrower;
  const send = async (body: object, name: string, copies: number): Promise<Outcome> => {
    const operation: Operation = {
      kind: 'payment',
      key: name,
      path: '/v1/payments',
      body: { customer_id: customerId, external_id: name, ...body },
      waits: choice.waits,
    };
    const outcome = await performCopies(client, operation, copies);
    if (outcome.is === 'acknowledged') paid.push(outcome.id);
    return outcome;
  };
  const outcome = await send(choice.body, key, choice.copies);
  if (outcome.is !== 'refused' || outcome.body.code !== 'payment_not_exact') return;
  const wouldDo = outcome.body.meta?.amounts?.at(-1);
  if (wouldDo === undefined || 'allocations' in choice.body) return;
  const { amount } = choice.body as { amount: object };
  await send({ ...choice.body, amount: { ...amount, amount: wouldDo } }, `${key}-second`, 1);
}

async function reverse(borrower: Borrower, choice: Extract<Choice, { do: 'reverse' }>, key: string): Promise<void> {
  const { client, paid } = borrower;
  const paymentId = paid[choice.choice % Math.max(1, paid.length)];
  if (paymentId === undefined) return;
  const body = { reason: 'traffic' };
  await performCopies(
    client,
    { kind: 'reversal', key, path: `/v1/payments/${paymentId}/reverse`, body },
    choice.copies,
  );
}

async function useOf({ client, customerId }: Borrower, { body, copies }: Spending, key: string): Promise<void> {
  const path = `/v1/customers/${customerId}/credit-uses`;
  await performCopies(client, { kind: 'credit_use', key, path, body }, copies);
}

async function refundOf(
  { client, customerId }: Borrower,
  { body, copies, waits }: Spending,
  key: string,
): Promise<void> {
  const path = `/v1/customers/${customerId}/refunds`;
  await performCopies(client, { kind: 'refund', key, path, body: { external_id: key, ...body }, waits }, copies);
}

/** A client that is in doubt sends again before it has an answer; each copy is kept, and must name the same result. */
async function performCopies(client: PersistentClient, operation: Operation, copies: number): Promise<Outcome> {
  const outcomes = await Promise.all(Array.from({ length: copies }, () => client.perform(operation)));
  return outcomes.find(({ is }) => is === 'acknowledged') ?? outcomes[0] ?? { is: 'unanswered' };
}
