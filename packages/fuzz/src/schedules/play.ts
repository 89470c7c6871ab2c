import { setTimeout as sleep } from 'node:timers/promises';
import { addDays, type LocalDate } from '@tenor/calendar';
import type { Ask, HttpAnswer } from '../http.ts';
import { type Beginning, type Command, type LoanKind, loanKinds, type Program, readings } from './program.ts';

/** A request as it was sent and answered. */
export interface Exchange {
  readonly method: string;
  /** As in the OpenAPI document. */
  readonly template: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly json: unknown;
  readonly answer: HttpAnswer;
}

/** What became of a program: the customer it was played on, all exchanges, and the loans that were opened. */
export interface Played {
  readonly customerId: string;
  readonly exchanges: readonly Exchange[];
  readonly loanIds: readonly string[];
}

export interface Stage {
  readonly ask: Ask;
  readonly today: LocalDate;
  /** Sets this schedule's keys and external ids apart from those of all others. */
  readonly name: string;
}

interface KnownLoan {
  readonly id: string;
  readonly kind: LoanKind;
}

interface Scene extends Stage {
  customerId: string;
  readonly loans: KnownLoan[];
  readonly payments: string[];
  readonly exchanges: Exchange[];
}

const WAIT_S = 2;
const LIMIT = { amount: '2000000.00', currency: 'IDR' };
const DISBURSED_DAYS_AGO = 60;

/** Opens the program's loans for a new customer, then sends each command at its time, and waits for all answers. */
export async function play(stage: Stage, { begins, commands }: Program): Promise<Played> {
  const scene: Scene = { ...stage, customerId: '', loans: [], payments: [], exchanges: [] };
  const { body } = await send(scene, 'POST', '/v1/customers', {
    json: { external_id: stage.name, first_name: 'Ana' },
  });
  scene.customerId = (body as { id: string }).id;
  for (const [place, beginning] of begins.entries()) await begin(scene, beginning, `before-${place}`);
  await Promise.all(
    commands.map(async (command) => {
      await sleep(command.after);
      await perform(scene, command);
    }),
  );
  const { customerId, exchanges, loans } = scene;
  return { customerId, exchanges, loanIds: loans.map(({ id }) => id) };
}

async function begin(scene: Scene, { kind, paid }: Beginning, name: string): Promise<void> {
  await open(scene, { kind, daysAgo: DISBURSED_DAYS_AGO });
  const loan = scene.loans.at(-1);
  for (let count = 1; count <= paid && loan !== undefined; count += 1) {
    await sendPayment(scene, loan, {
      key: `${name}-${count}`,
      amount: `${loanKinds[kind].instalment}.00`,
      isExplicit: true,
    });
  }
}

interface Sending {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(scene: Scene, method: string, template: string, sending: Sending): Promise<HttpAnswer> {
  const { id = '', query = {}, json, key, headers = {} } = sending;
  const path = template.replace('{id}', id);
  const search = new URLSearchParams(query).toString();
  const answer = await scene.ask({
    method,
    path: search === '' ? path : `${path}?${search}`,
    json,
    headers: { ...(key === undefined ? {} : { 'idempotency-key': key }), ...headers },
  });
  scene.exchanges.push({ method, template, path, key, json, answer });
  return answer;
}

async function perform(scene: Scene, command: Command): Promise<void> {
  switch (command.do) {
    case 'open':
      return open(scene, command);
    case 'pay':
      return pay(scene, command);
    case 'take back':
      return takeBack(scene, command);
    case 'step': {
      const { id } = pick(scene.loans, command.loan);
      await send(scene, 'POST', `/v1/loans/{id}/${command.step}`, { id });
      return;
    }
    case 'read':
      return read(scene, command);
    case 'change':
      return change(scene, command);
    default:
      return command satisfies never;
  }
}

const pick = <T>(from: readonly T[], choice: number): T => from[choice % from.length] as T;
type CommandOf<Kind extends Command['do']> = Extract<Command, { do: Kind }>;

async function open(scene: Scene, { kind, daysAgo }: Pick<CommandOf<'open'>, 'kind' | 'daysAgo'>): Promise<void> {
  const { product, currency, principal, ...more } = loanKinds[kind];
  const { status, body } = await send(scene, 'POST', '/v1/loans', {
    json: {
      customer_id: scene.customerId,
      product,
      principal: { amount: principal, currency },
      disbursed_on: addDays(scene.today, -daysAgo),
      ...('terms' in more ? { terms: more.terms } : {}),
    },
  });
  if (status === 201) scene.loans.push({ id: (body as { id: string }).id, kind });
}

async function pay(scene: Scene, command: CommandOf<'pay'>): Promise<void> {
  const { key, daysBack, externalId, isExplicit, waits } = command;
  const loan = pick(scene.loans, command.loan);
  const payment = {
    key: String(key),
    amount: amountOf(loan.kind, command),
    isExplicit,
    headers: waits ? { prefer: `wait=${WAIT_S}` } : {},
    more: {
      ...(daysBack === 0 ? {} : { value_date: addDays(scene.today, -daysBack) }),
      ...(externalId === null ? {} : { external_id: `${scene.name}-${externalId}` }),
    },
  };
  await Promise.all(Array.from({ length: command.copies }, () => sendPayment(scene, loan, payment)));
}

interface PaymentToSend {
  readonly key: string;
  readonly amount: string;
  readonly isExplicit: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: object;
}

async function sendPayment(scene: Scene, { id, kind }: KnownLoan, payment: PaymentToSend): Promise<void> {
  const { key, amount, isExplicit, headers = {}, more = {} } = payment;
  const { status, body } = await send(scene, 'POST', '/v1/payments', {
    key: `${scene.name}-${key}`,
    headers,
    json: {
      customer_id: scene.customerId,
      amount: { amount, currency: loanKinds[kind].currency },
      ...(isExplicit ? { allocations: [{ loan_id: id, amount }] } : {}),
      ...more,
    },
  });
  if (status === 201) scene.payments.push((body as { id: string }).id);
}

function amountOf(kind: LoanKind, { amount, times }: CommandOf<'pay'>): string {
  const { instalment, total } = loanKinds[kind];
  switch (amount) {
    case 'instalments':
      return `${instalment * times}.00`;
    case 'any':
      return `${Math.ceil((instalment * times) / 3)}.07`;
    case 'everything':
      return `${total}.00`;
    case 'too much':
      return `${total * 2}.00`;
    case 'inexact':
      return `${instalment * times}.01`;
    default:
      return amount satisfies never;
  }
}

async function takeBack(scene: Scene, { how, payment, key }: CommandOf<'take back'>): Promise<void> {
  if (scene.payments.length === 0) return;
  const id = pick(scene.payments, payment);
  await send(scene, 'POST', `/v1/payments/{id}/${how}`, { id, key: `${scene.name}-back-${key}`, json: {} });
}

async function read(scene: Scene, { what, loan, at }: CommandOf<'read'>): Promise<void> {
  const template = readings[what];
  const id = template.startsWith('/v1/loans') ? pick(scene.loans, loan).id : scene.customerId;
  const isPlain = what === 'proof' || what === 'payments';
  const asOf = at.asOfDaysAgo === null ? {} : { as_of: addDays(scene.today, -at.asOfDaysAgo) };
  const knownAt = at.knownMsAgo === null ? {} : { known_at: new Date(Date.now() - at.knownMsAgo).toISOString() };
  const currency = what === 'balance' ? { currency: loanKinds[pick(scene.loans, loan).kind].currency } : {};
  await send(scene, 'GET', template, { id, query: isPlain ? {} : { ...asOf, ...knownAt, ...currency } });
}

async function change(scene: Scene, { change: what, guarded }: CommandOf<'change'>): Promise<void> {
  const bodies = {
    limit: { credit_limit: LIMIT },
    inactive: { status: 'inactive' },
    active: { status: 'active' },
    name: { last_name: 'Lee' },
  } as const;
  const headers = guarded ? { 'if-match': '"1"' } : {};
  await send(scene, 'PATCH', '/v1/customers/{id}', { id: scene.customerId, json: bodies[what], headers });
}
