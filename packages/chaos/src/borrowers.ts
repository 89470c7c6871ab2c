import { setTimeout as sleep } from 'node:timers/promises';
import { businessDate, type LocalDate } from '@tenor/calendar';
import {
  type Operation as Choice,
  type Kind,
  kinds,
  type OpenLoan,
  planLoan,
  planOperation,
  type Random,
  randomFrom,
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
const PAUSE_MIN_MS = 40;
const PAUSE_MAX_MS = 160;
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
  const lives = [...Array.from({ length: seats }, () => live), openOnly, payOnly, payAndWait, payAndTakeBack];
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

/** A life of one kind of operation, on a loan that takes any amount and outlasts it. */
function single(operate: (borrower: Borrower, key: string) => Promise<void>): Life {
  return async (borrower, enough) => {
    await perform(borrower, planLoan(borrower.random, annuity, borrower.today), `${borrower.name}-begin`);
    for (let next = 1; next <= OPERATIONS_PER_BORROWER && !enough.aborted; next += 1) {
      await operate(borrower, `${borrower.name}-${next}`);
      await sleep(borrower.random.int(PAUSE_MIN_MS, PAUSE_MAX_MS));
    }
  };
}

const SMALL_UNITS_MAX = 100;

function smallPayment({ random }: Borrower, waits: boolean): Extract<Choice, { do: 'pay' }> {
  const amount = { amount: `${random.int(1, SMALL_UNITS_MAX)}.00`, currency: annuity.currency };
  return { do: 'pay', label: 'any amount', body: { amount }, isBackdated: false, copies: 1, waits };
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
      await perform(borrower, planOperation(random, [first, ...others], today), key);
      await sleep(random.int(PAUSE_MIN_MS, PAUSE_MAX_MS));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function perform(borrower: Borrower, choice: Choice, key: string): Promise<void> {
  switch (choice.do) {
    case 'open':
      return openLoan(borrower, choice, key);
    case 'pay':
      return pay(borrower, choice, key);
    case 'reverse':
      return reverse(borrower, choice, key);
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

/** A client that is in doubt sends again before it has an answer; each copy is kept, and must name the same result. */
async function performCopies(client: PersistentClient, operation: Operation, copies: number): Promise<Outcome> {
  const outcomes = await Promise.all(Array.from({ length: copies }, () => client.perform(operation)));
  return outcomes.find(({ is }) => is === 'acknowledged') ?? outcomes[0] ?? { is: 'unanswered' };
}
