import type { Refusal } from '@tenor/contracts';
import { createBatcher } from './batcher.ts';
import type { CommandContext } from './caller.ts';
import { type Database, mayBeCommitted, type Transaction } from './database.ts';
import { isEnvironmentFault } from './environment-fault.ts';
import { isRefusal } from './errors.ts';
import { coalesced, knownKeys, storeKeys } from './idempotency.ts';
import { waitForLocks } from './lock-patience.ts';
import { isConflict, isLockTimeout } from './retry.ts';
import { type Effects, executeAlone, type Outcome, transact, type UnitOfWork, unitOfWork } from './unit-of-work.ts';

/** `wait` for a row that somebody else has locked, or leave it out. */
export type Locking = 'wait' | 'skip';

/** A command with its locked customer and the unit of work of its request, whose effects count only if it succeeds. */
export interface Asked<Command, Customer> {
  readonly command: Command;
  /** Undefined for one that does not exist. */
  readonly customer: Customer | undefined;
  readonly uow: UnitOfWork;
}

/** A command of which many at a time share a transaction. */
export interface BatchedCommand<Command, Customer, Loaded, Result extends object> {
  /** Whose row the command locks; of one customer there is one command in a batch. */
  customerOf(command: Command): string;
  /** The locked customers by id. */
  lock(sql: Transaction, customerIds: readonly string[], locking: Locking): Promise<ReadonlyMap<string, Customer>>;
  /** What the commands rest on, read once their customers are locked. */
  load(sql: Transaction, commands: readonly Command[]): Promise<Loaded>;
  /** Decides and writes: the result or refusal of each. Of a refused command nothing may be written. */
  perform(
    sql: Transaction,
    asked: readonly Asked<Command, Customer>[],
    loaded: Loaded,
  ): Promise<readonly (Result | Refusal)[]>;
}

/** So short that a key, or an external id, that somebody else is about to take holds nobody else up. */
const LOCK_TIMEOUT = '50ms';
const ALONE_AT_ONCE = 4;

interface Request<Command> {
  readonly context: CommandContext;
  readonly command: Command;
}

/** A request of its own for each, so that it also tells them apart. */
type Outcomes<Command, Result extends object> = ReadonlyMap<Request<Command>, Result | Refusal>;

/**
 * Executes commands as `execute` does, with its outcomes; those that come at the same time share one transaction, its
 * round trips and its commit. A batch waits for no lock: a command whose customer is locked, or whose key is known, is
 * executed alone. So is every command of a batch that was rolled back, so that one does not spoil the others.
 */
export function inBatches<Command, Customer, Loaded, Result extends object>(
  database: Database,
  batched: BatchedCommand<Command, Customer, Loaded, Result>,
): (context: CommandContext, command: Command) => Promise<Outcome<Result>> {
  const batch = createBatcher<Request<Command>, Result | Refusal | undefined>({
    run: async (requests) => {
      const outcomes = await runBatch(database, batched, requests);
      return requests.map((request) => outcomes.get(request));
    },
    groupOf: ({ command }) => batched.customerOf(command),
  });
  // One at a time of a customer, and a few in all: whoever waits for a lock leaves connections to the others.
  const alone = createBatcher<Request<Command>, Outcome<Result>>({
    run: (requests) => Promise.all(requests.map((request) => executeOne(database, batched, request))),
    groupOf: ({ command }) => batched.customerOf(command),
    size: 1,
    runs: ALONE_AT_ONCE,
  });
  const attempt = async (request: Request<Command>): Promise<Outcome<Result>> => {
    const outcome = await batch(request);
    if (outcome === undefined) return alone(request);
    return isRefusal(outcome) ? outcome : { result: outcome, replayed: false };
  };
  return (context, command) => {
    const { idempotency } = context;
    const request = { context, command };
    return idempotency === undefined ? attempt(request) : coalesced(database, idempotency, () => attempt(request));
  };
}

function executeOne<Command, Customer, Loaded, Result extends object>(
  database: Database,
  { customerOf, lock, load, perform }: BatchedCommand<Command, Customer, Loaded, Result>,
  { context, command }: Request<Command>,
): Promise<Outcome<Result>> {
  const id = customerOf(command);
  return executeAlone<Result>(database, context, async (uow) => {
    const [locked, loaded] = await Promise.all([lock(uow, [id], 'wait'), load(uow, [command])]);
    return outcomeAt(await perform(uow, [{ command, customer: locked.get(id), uow }], loaded), 0);
  });
}

/**
 * Performs commands inside a unit of work that is open already, in their order for each customer: all customers are
 * locked first, and a customer's later command finds what the earlier ones wrote.
 */
export async function performWithin<Command, Customer, Loaded, Result extends object>(
  uow: UnitOfWork,
  { customerOf, lock, load, perform }: BatchedCommand<Command, Customer, Loaded, Result>,
  commands: readonly Command[],
): Promise<(Result | Refusal)[]> {
  const outcomes = new Map<Command, Result | Refusal>();
  const locked = await lock(uow, [...new Set(commands.map(customerOf))], 'wait');
  for (let left = commands; left.length > 0; ) {
    const turns = Map.groupBy(left, customerOf);
    const first = [...turns.values()].flatMap((own) => own.slice(0, 1));
    const asked = first.map((command) => ({ command, customer: locked.get(customerOf(command)), uow }));
    const done = await perform(uow, asked, await load(uow, first));
    for (const [index, command] of first.entries()) outcomes.set(command, outcomeAt(done, index));
    left = [...turns.values()].flatMap((own) => own.slice(1));
  }
  return commands.map((command) => outcomes.get(command) ?? missing());
}

function missing(): never {
  throw new Error('A command was not performed');
}

/** What became of the requests, without those that are to be executed alone. */
async function runBatch<Command, Customer, Loaded, Result extends object>(
  database: Database,
  batched: BatchedCommand<Command, Customer, Loaded, Result>,
  requests: readonly Request<Command>[],
): Promise<Outcomes<Command, Result>> {
  const [parent, ...sharing] = requests.map(({ context: { traceparent } }) => traceparent);
  try {
    return await transact(database, { parent, sharing }, (sql) => performTogether(database, batched, requests, sql));
  } catch (error) {
    if (isWorthAnotherTry(error)) return new Map();
    throw error;
  }
}

/** Whether the transaction that ended so has certainly changed nothing, and its commands may well succeed by themselves. */
function isWorthAnotherTry(error: unknown): boolean {
  if (mayBeCommitted(error)) return false;
  return isConflict(error) || isLockTimeout(error) || !isEnvironmentFault(error);
}

async function performTogether<Command, Customer, Loaded, Result extends object>(
  database: Database,
  { customerOf, lock, load, perform }: BatchedCommand<Command, Customer, Loaded, Result>,
  requests: readonly Request<Command>[],
  sql: Transaction,
): Promise<{ result: Outcomes<Command, Result>; effects: Effects[] }> {
  const commands = requests.map(({ command }) => command);
  const keys = requests.flatMap(({ context: { idempotency } }) => idempotency ?? []);
  waitForLocks(sql, LOCK_TIMEOUT);
  // Asked for together and run in this order: whoever held the lock before has stored its key.
  const [locked, known, loaded] = await Promise.all([
    lock(sql, commands.map(customerOf), 'skip'),
    knownKeys(sql, keys),
    load(sql, commands),
  ]);
  const asked = requests.flatMap((request, index) => {
    const { command, context } = request;
    const customer = locked.get(customerOf(command));
    const isKnown = context.idempotency !== undefined && known.has(context.idempotency);
    if (customer === undefined || isKnown) return [];
    return [{ request, command, customer, ...unitOfWork(database, sql, context, index) }];
  });
  const outcomes = await perform(sql, asked, loaded);
  const settled = asked.map((each, index) => ({ ...each, outcome: outcomeAt(outcomes, index) }));
  const done = settled.flatMap(({ outcome, ...each }) => (isRefusal(outcome) ? [] : [{ ...each, result: outcome }]));
  storeKeys(
    sql,
    done.flatMap(({ request: { context }, result }) =>
      context.idempotency === undefined ? [] : [{ ...context.idempotency, result }],
    ),
  );
  return {
    result: new Map(settled.map(({ request, outcome }) => [request, outcome])),
    effects: done.map(({ effects }) => effects),
  };
}

function outcomeAt<T>(outcomes: readonly T[], index: number): T {
  const outcome = outcomes[index];
  if (outcome === undefined) throw new Error('A command has neither a result nor a refusal');
  return outcome;
}
