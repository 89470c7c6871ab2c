import { setTimeout as sleep } from 'node:timers/promises';
import { addDays } from '@tenor/calendar';
import { amountOf, loanKinds, type Share } from './loan-kinds.ts';
import { tell } from './news.ts';
import { heal, republish } from './operations.ts';
import { type Beginning, type Command, type CommandOf, type Program, type Reading, readings } from './program.ts';
import { type Exchange, pick, type Scene, type Stage, send } from './scene.ts';
import { refund, use } from './spending.ts';

/** Longer than billing takes to apply a payment, unless it is held up. */
const WAITING = { prefer: 'wait=1' };
const LIMIT = { amount: '2000000.00', currency: 'IDR' };
const DISBURSED_DAYS_AGO = 60;

/** Opens the program's loans for a new customer. */
export async function begin(stage: Stage, { begins, commands }: Program): Promise<Scene> {
  const exchanges: Exchange[] = [];
  const { body } = await send({ ...stage, exchanges }, 'POST', '/v1/customers', {
    json: { external_id: stage.name, first_name: 'Ana' },
  });
  const scene: Scene = {
    ...stage,
    exchanges,
    customerId: (body as { id: string }).id,
    loans: [],
    payments: [],
    asksProvider: commands.some((command) => 'isByProvider' in command && command.isByProvider),
    operationsBefore: stage.provider.operations().length,
  };
  for (const [place, beginning] of begins.entries()) await beginWith(scene, beginning, `before-${place}`);
  return scene;
}

async function beginWith(scene: Scene, { kind, paid, isOverpaid }: Beginning, name: string): Promise<void> {
  await open(scene, { kind, daysAgo: DISBURSED_DAYS_AGO });
  const payNewest = async (key: string, share: Share, headers = {}): Promise<void> => {
    const newest = scene.loans.at(-1);
    if (newest === undefined) throw new Error(`${scene.name} has no loan`);
    const payment = { key: `${name}-${key}`, amount: amountOf(kind, share), isExplicit: true, headers };
    await sendPayment(scene, newest, payment);
  };
  if (isOverpaid) {
    await payNewest('overpaid', { amount: 'too much', times: 1 }, WAITING);
    await open(scene, { kind, daysAgo: DISBURSED_DAYS_AGO });
  }
  for (let count = 1; count <= paid; count += 1) await payNewest(String(count), { amount: 'instalments', times: 1 });
}

/** Sends each command at its time, and waits for all answers. */
export async function play(scene: Scene, { commands }: Program): Promise<void> {
  await Promise.all(
    commands.map(async (command) => {
      await sleep(command.after);
      await perform(scene, command);
    }),
  );
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
      await send(scene, 'POST', `/v1/loans/{id}/${command.step}`, { params: { id } });
      return;
    }
    case 'read':
      return read(scene, command);
    case 'change':
      return change(scene, command);
    case 'use':
      return use(scene, command);
    case 'refund':
      return refund(scene, command);
    case 'tell':
      return tell(scene, command);
    case 'provider':
      return scene.provider.answerAs(command.answers);
    case 'republish':
      return republish(scene);
    case 'heal':
      return heal(scene);
    default:
      return command satisfies never;
  }
}

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
  const { key, daysBack, externalId, isExplicit, waits, isByProvider } = command;
  const loan = pick(scene.loans, command.loan);
  const payment = {
    key: String(key),
    amount: amountOf(loan.kind, command),
    isExplicit,
    headers: waits ? WAITING : {},
    more: {
      ...(isByProvider ? { method: scene.provider.name } : {}),
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

async function sendPayment(scene: Scene, { id, kind }: Scene['loans'][number], payment: PaymentToSend): Promise<void> {
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

async function takeBack(scene: Scene, { how, payment, key }: CommandOf<'take back'>): Promise<void> {
  if (scene.payments.length === 0) return;
  const id = pick(scene.payments, payment);
  await send(scene, 'POST', `/v1/payments/{id}/${how}`, {
    params: { id },
    key: `${scene.name}-back-${key}`,
    json: {},
  });
}

/** Those that show now only. */
const PLAIN: readonly Reading[] = ['proof', 'payments', 'credit uses', 'refunds'];

async function read(scene: Scene, { what, loan, at }: CommandOf<'read'>): Promise<void> {
  const template = readings[what];
  const id = template.startsWith('/v1/loans') ? pick(scene.loans, loan).id : scene.customerId;
  const asOf = at.asOfDaysAgo === null ? {} : { as_of: addDays(scene.today, -at.asOfDaysAgo) };
  const knownAt = at.knownMsAgo === null ? {} : { known_at: new Date(Date.now() - at.knownMsAgo).toISOString() };
  const currency = what === 'balance' ? { currency: loanKinds[pick(scene.loans, loan).kind].currency } : {};
  const query = PLAIN.includes(what) ? {} : { ...asOf, ...knownAt, ...currency };
  await send(scene, 'GET', template, { params: { id }, query });
}

async function change(scene: Scene, { change: what, guarded }: CommandOf<'change'>): Promise<void> {
  const bodies = {
    limit: { credit_limit: LIMIT },
    inactive: { status: 'inactive' },
    active: { status: 'active' },
    name: { last_name: 'Lee' },
  } as const;
  const headers = guarded ? { 'if-match': '"1"' } : {};
  const params = { id: scene.customerId };
  await send(scene, 'PATCH', '/v1/customers/{id}', { params, json: bodies[what], headers });
}
