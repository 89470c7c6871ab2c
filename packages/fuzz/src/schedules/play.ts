import { setTimeout as sleep } from 'node:timers/promises';
import { addDays } from '@tenor/calendar';
import { amountOf, type LoanKind, loanKinds, type Share } from './loan-kinds.ts';
import { tell } from './news.ts';
import { datesOf, heal, republish } from './operations.ts';
import { type Beginning, type Command, type CommandOf, type Program, type Reading, readings } from './program.ts';
import { type Exchange, externalIdOf, keyOf, pick, type Scene, type Stage, send } from './scene.ts';
import { refund, use } from './spending.ts';

/** Longer than billing takes to apply a payment, unless it is held up. */
const WAITING = { prefer: 'wait=1' };
const LIMIT = { amount: '2000000.00', currency: 'IDR' };
const DISBURSED_DAYS_AGO = 60;

/** Opens the program's loans, for new customers. */
export function begin(stage: Stage, { begins, commands }: Program): Promise<Scene[]> {
  const given = {
    ...stage,
    asksProvider: commands.some((command) => 'isByProvider' in command && command.isByProvider),
    operationsBefore: stage.provider.operations().length,
  };
  return Promise.all(
    begins.map((beginnings, place) => enter({ ...given, customerName: `${stage.name}-c${place}` }, beginnings)),
  );
}

async function enter(
  given: Omit<Scene, 'customerId' | 'loans' | 'payments' | 'exchanges'>,
  beginnings: readonly Beginning[],
): Promise<Scene> {
  const exchanges: Exchange[] = [];
  const { body } = await send({ ...given, exchanges }, 'POST', '/v1/customers', {
    json: { external_id: given.customerName, first_name: 'Ana' },
  });
  const scene: Scene = { ...given, exchanges, customerId: (body as { id: string }).id, loans: [], payments: [] };
  for (const [place, beginning] of beginnings.entries()) await beginWith(scene, beginning, `before-${place}`);
  return scene;
}

async function beginWith(scene: Scene, { kind, paid, isOverpaid }: Beginning, name: string): Promise<void> {
  await open(scene, { kind, daysAgo: DISBURSED_DAYS_AGO });
  const payNewest = async (key: string, share: Share, headers = {}): Promise<void> => {
    const newest = scene.loans.at(-1);
    if (newest === undefined) throw new Error(`${scene.customerName} has no loan`);
    const payment = {
      key: keyOf(scene, `${name}-${key}`, { shared: null }),
      amount: amountOf(kind, share),
      isExplicit: true,
      headers,
    };
    await sendPayment(scene, newest, payment);
  };
  if (isOverpaid) {
    await payNewest('overpaid', { amount: 'too much', times: 1 }, WAITING);
    await open(scene, { kind, daysAgo: DISBURSED_DAYS_AGO });
  }
  for (let count = 1; count <= paid; count += 1) await payNewest(String(count), { amount: 'instalments', times: 1 });
}

/** Sends each command at its time, and waits for all answers. */
export async function play(scenes: readonly Scene[], { commands }: Program): Promise<void> {
  await Promise.all(
    commands.map(async (command) => {
      await sleep(command.after);
      const senders = command.by === 'everybody' ? scenes : [pick(scenes, command.by)];
      await Promise.all(senders.map((scene) => perform(scene, command)));
    }),
  );
}

async function perform(scene: Scene, command: Command): Promise<void> {
  switch (command.do) {
    case 'open':
      return open(scene, {
        ...command,
        key: keyOf(scene, `loan-${command.key}`, command),
        more: externalIdOf(scene, 'loan', command),
      });
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

interface LoanToOpen {
  readonly kind: LoanKind;
  readonly daysAgo: number;
  readonly key?: string;
  readonly more?: object;
}

async function open(scene: Scene, { kind, daysAgo, key, more = {} }: LoanToOpen): Promise<void> {
  const { product, currency, principal, ...rest } = loanKinds[kind];
  const { status, body } = await send(scene, 'POST', '/v1/loans', {
    ...(key === undefined ? {} : { key }),
    json: {
      customer_id: scene.customerId,
      product,
      principal: { amount: principal, currency },
      disbursed_on: addDays(scene.today, -daysAgo),
      ...('terms' in rest ? { terms: rest.terms } : {}),
      ...more,
    },
  });
  if (status === 201) scene.loans.push({ id: (body as { id: string }).id, kind });
}

async function pay(scene: Scene, command: CommandOf<'pay'>): Promise<void> {
  const { daysBack, isExplicit, waits, isByProvider } = command;
  const loan = pick(scene.loans, command.loan);
  const payment = {
    key: keyOf(scene, String(command.key), command),
    amount: amountOf(loan.kind, command),
    isExplicit,
    headers: waits ? WAITING : {},
    more: {
      ...(isByProvider ? { method: scene.provider.name } : {}),
      ...(daysBack === 0 ? {} : { value_date: addDays(scene.today, -daysBack) }),
      ...externalIdOf(scene, 'payment', command),
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
    key,
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

async function takeBack(scene: Scene, { how, payment, ...command }: CommandOf<'take back'>): Promise<void> {
  if (scene.payments.length === 0) return;
  const id = pick(scene.payments, payment);
  await send(scene, 'POST', `/v1/payments/{id}/${how}`, {
    params: { id },
    key: keyOf(scene, `back-${command.key}`, command),
    json: {},
  });
}

/** Those that show now only. */
const PLAIN: readonly Reading[] = [
  'proof',
  'payments',
  'credit uses',
  'refunds',
  'customers',
  'all payments',
  'payment',
];

async function read(scene: Scene, { what, loan, payment, at }: CommandOf<'read'>): Promise<void> {
  const template = readings[what];
  if (what === 'reconciliation') return void (await send(scene, 'GET', template, { query: datesOf(scene) }));
  const ids = [
    { of: '/v1/loans', id: pick(scene.loans, loan).id },
    // A payment that nobody has made yet is not found.
    { of: '/v1/payments', id: pick([...scene.payments, scene.customerId], payment) },
    { of: '/v1/customers', id: scene.customerId },
  ];
  const id = ids.find(({ of }) => template.startsWith(of))?.id ?? '';
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
