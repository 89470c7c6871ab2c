import { type Logger, type Rounds, type RoundsOptions, startRounds } from '@tenor/service-kit';
import type { CustomersStore } from '../customers/customers.store.ts';
import { afterInitiation, afterQuery, QUERY_RETRIES } from './attempts.ts';
import { type Decision, type DecisionService, decideApplication } from './decisions.commands.ts';
import type { Score } from './score.ts';
import {
  countAttempt,
  keepQueryToken,
  postponeQuery,
  type TakenQuery,
  takeScoreQueries,
} from './score-queries.store.ts';
import type { ScoringEngine } from './scoring.client.ts';
import type { EngineClient, ScoringAnswer } from './scoring-answer.ts';
import {
  findEngineClient,
  forgetEngineClient,
  leaseRegistration,
  releaseRegistration,
  saveEngineClient,
} from './scoring-clients.store.ts';

export interface ScoringWorker extends DecisionService, Pick<RoundsOptions, 'pause'> {
  readonly logger: Logger;
  readonly engine: ScoringEngine;
  readonly customers: Pick<CustomersStore, 'find'>;
  /** Of one request to the engine. */
  readonly timeoutMs: number;
  /** Before the first retry, of queries and of initiations. */
  readonly firstRetryMs: number;
  readonly countDecided: (decision: Decision) => void;
}

/** A query is worked on by three requests at most, each within its time-out. */
const REQUESTS_MAX = 3;
const LEASE_MARGIN_MS = 1_000;
/** Of one process; the engine has no more of its requests in flight. */
const QUERIES_AT_ONCE = 20;

/**
 * Brings each application to its decision: initiates its query until the engine gives a token, asks for the score by it,
 * once and five times more, and decides. All that it knows stands in the database, so that any number of replicas share
 * the work by leases, and whoever starts goes on where another ended.
 */
export function startScoringWorker(worker: ScoringWorker): Rounds {
  const { logger, pause } = worker;
  const lines = {
    silent: 'scores cannot be asked for; it will be tried again',
    answered: 'scores are asked for again',
  };
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const leaseMs = REQUESTS_MAX * worker.timeoutMs + LEASE_MARGIN_MS;
  // A round only takes: each query has its own pace, so that the engine's silence about one slows no other.
  const rounds = startRounds({ logger, pause, peer: 'scoring', lines }, async () => {
    const limit = QUERIES_AT_ONCE - running.size;
    const queries = limit === 0 ? [] : await takeScoreQueries(worker.database.background, { limit, leaseMs });
    for (const query of queries) start(query);
    return { taken: queries.length, answered: queries.length };
  });
  function start(query: TakenQuery): void {
    const step = advance(worker, query)
      .then((waitMs) => waitMs !== undefined && wakeIn(waitMs))
      .catch((error: unknown) => logger.warn({ err: error, loan_id: query.loanId }, 'a score query failed'))
      .then(() => {
        running.delete(step);
        if (running.size === QUERIES_AT_ONCE - 1) rounds.wake();
      });
    running.add(step);
  }
  // The next attempt of this process need not wait for the next look.
  function wakeIn(ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      rounds.wake();
    }, ms);
    timers.add(timer);
  }
  return {
    wake: rounds.wake,
    async stop() {
      await rounds.stop();
      await Promise.all(running);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** One step of one query; how long until its next, or undefined once it has ended. */
async function advance(worker: ScoringWorker, query: TakenQuery): Promise<number | undefined> {
  if (query.isSuperseded) return decided(worker, query, null);
  return query.token === null ? initiate(worker, query) : ask(worker, query, query.token);
}

async function initiate(worker: ScoringWorker, query: TakenQuery): Promise<number> {
  const { database, engine, logger } = worker;
  const answer = await asClient(worker, query, (client, number) => engine.initiate(client, number));
  if (answer.kind === 'told') {
    await keepQueryToken(database.background, query, answer.told);
    return 0;
  }
  logger.debug(
    { loan_id: query.loanId, initiations: query.initiations, outcome: answer.kind },
    'no score is initiated',
  );
  const waitMs = afterInitiation(query.initiations, worker.firstRetryMs);
  await postponeQuery(database.background, query, waitMs);
  return waitMs;
}

async function ask(worker: ScoringWorker, query: TakenQuery, token: string): Promise<number | undefined> {
  const { database, engine, logger, firstRetryMs } = worker;
  // The process that made the last attempt ended before it could say so.
  if (query.attempts > QUERY_RETRIES) return decided(worker, query, null);
  let { attempts } = query;
  const answer = await asClient(worker, query, async (client, number) => {
    attempts = await countAttempt(database.background, query);
    return engine.query(client, token, number);
  });
  if (answer.kind === 'told') return decided(worker, query, answer.told);
  logger.debug({ loan_id: query.loanId, attempts, outcome: answer.kind }, 'no score was told');
  // Where we are not registered nothing was asked: the same attempt is still to be made.
  const next = afterQuery(Math.max(attempts, 1), firstRetryMs);
  if (next.kind === 'exhausted') return decided(worker, query, null);
  await postponeQuery(database.background, query, next.inMs);
  return next.inMs;
}

async function decided(worker: ScoringWorker, query: TakenQuery, score: Score | null): Promise<undefined> {
  const decision = await decideApplication(worker, query, score);
  worker.countDecided(decision);
  worker.logger.info({ loan_id: query.loanId, decision, attempts: query.attempts }, 'an application was decided');
}

/** Asks as the client that the engine knows, which is registered first where there is none. */
async function asClient<Told>(
  worker: ScoringWorker,
  { customerId }: TakenQuery,
  request: (client: EngineClient, customerNumber: string) => Promise<ScoringAnswer<Told>>,
): Promise<ScoringAnswer<Told>> {
  const sql = worker.database.background;
  const customer = await worker.customers.find(sql, customerId);
  if (customer === undefined) throw new Error(`Customer ${customerId} has applied, but is not there`);
  const client = (await findEngineClient(sql)) ?? (await register(worker));
  if (client === undefined) return { kind: 'faulted', reason: 'not registered' };
  const answer = await request(client, customer.personal.externalId);
  if (answer.kind === 'forgotten') await forgetEngineClient(sql, client);
  return answer;
}

/** One process at a time registers this installation; undefined while another does, or when the engine does not answer. */
async function register({ database, engine, timeoutMs }: ScoringWorker): Promise<EngineClient | undefined> {
  const sql = database.background;
  if (!(await leaseRegistration(sql, timeoutMs + LEASE_MARGIN_MS))) return undefined;
  const answer = await engine.createClient();
  if (answer.kind !== 'told') {
    await releaseRegistration(sql);
    return undefined;
  }
  await saveEngineClient(sql, answer.told);
  return answer.told;
}
