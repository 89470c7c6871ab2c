import pg, { type ClientConfig, type PoolClient } from 'pg';
import {
  DataSource,
  type DataSourceOptions,
  type EntitySchema,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { isStalePlan } from './environment-fault.ts';
import type { PoolCounts } from './metrics.ts';
import { typeParsers } from './pg-types.ts';
import { createPipeline, isUnanswered } from './pipeline.ts';
import { type Sql, type Statement, statement } from './statement.ts';
import { atMost } from './time-limit.ts';

export { type Sql, type Statement, statement } from './statement.ts';

/** A migration class as TypeORM takes it; its `name` ends in 13 digits, which are its place in the order. */
export type Migration = new () => MigrationInterface;

export interface DatabaseOptions {
  /** `postgres://role:password@host:port/database`, the service's own role. */
  readonly url: string;
  /** The service's schema; it must exist, and becomes the search path. */
  readonly schema: string;
  /** Most connections held at once by requests and consumers; `background` has BACKGROUND_POOL_SIZE more. */
  readonly poolSize: number;
  readonly entities?: readonly EntitySchema[];
  /** `kitMigration(schema)` first, then the service's own. */
  readonly migrations?: readonly Migration[];
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/** A transaction. Statements asked for together, without waiting for one another, travel together and run in that order. */
export interface Transaction extends Sql {
  /** A statement whose rows nobody needs: not waited for before the commit, and without it there is no commit. */
  write(statement: Statement, values?: readonly unknown[]): void;
  /** Where it is traced, of its span and then of those that share it. */
  readonly traceparents?: readonly string[];
}

/** Why a transaction is made, as traceparents. */
export interface Cause {
  readonly parent: string | undefined;
  readonly links?: readonly string[];
  /** Of the other requests that share it. */
  readonly sharing?: readonly (string | undefined)[];
}

/** A few connections for what keeps the service going, so that it never waits behind requests. */
export interface Background extends Sql {
  readonly dataSource: DataSource;
}

export interface Database extends Sql {
  readonly dataSource: DataSource;
  /** For the relay, its leases, housekeeping and readiness: statements that take no business lock. */
  readonly background: Background;
  readonly schema: string;
  /** How the database was opened, for what needs a connection of its own. */
  readonly options: DatabaseOptions;
  /**
   * Commits when `work` resolves, rolls back when it rejects. Nothing is retried here: `execute` does that. With a
   * cause it is traced, where tracing is on.
   */
  transaction<T>(work: (sql: Transaction) => Promise<T>, cause?: Cause): Promise<T>;
  /** Rejects unless the database answers; does not wait for a request's connection. */
  ping(): Promise<void>;
  /** For `observePool`. */
  poolCounts(): PoolCounts;
  close(): Promise<void>;
}

export const BACKGROUND_POOL_SIZE = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 15_000;
/** Ends the transaction of a process that is gone without a goodbye, and with it its locks; a slow one outlasts who waits for it. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = LOCK_TIMEOUT_MS + 2_000;
const CLOSE_TIMEOUT_MS = 3_000;
/** Beyond the server's own time-out: it fires only when the server is not heard from at all. */
const ANSWER_TIMEOUT_MS = 12_000;
const KEEP_ALIVE_DELAY_MS = 10_000;

const begin = statement('transaction_begin', 'begin');
const commit = statement('transaction_commit', 'commit');
const undo = statement('transaction_rollback', 'rollback');

/**
 * Every statement of a service finds its rows by their keys. The planner, which looks when a table is nearly empty and
 * then keeps its plan, would rather read all of it; and compiling pays for no statement that is this short.
 */
const BY_KEYS = ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

/** What every connection of this service is opened with; `limited` leaves out the time-outs for migrations. */
export function connectionConfig(options: DatabaseOptions, limited = true): ClientConfig {
  const limits = limited
    ? ` -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c transaction_timeout=${TRANSACTION_TIMEOUT_MS}` +
      ` -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`
    : '';
  const byKeys = limited ? BY_KEYS : '';
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    types: typeParsers,
    options: `-c TimeZone=UTC -c search_path=${options.schema} -c lock_timeout=${LOCK_TIMEOUT_MS}${limits}${byKeys}`,
    ...(limited ? { query_timeout: ANSWER_TIMEOUT_MS } : {}),
  };
}

/** TypeORM's options for this database. */
export function dataSourceOptions(options: DatabaseOptions, limited = true): DataSourceOptions {
  return {
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    entities: [...(options.entities ?? [])],
    migrations: [...(options.migrations ?? [])],
    poolSize: limited ? options.poolSize : 1,
    applicationName: options.applicationName,
    installExtensions: false,
    synchronize: false,
    migrationsRun: false,
    logging: false,
    // An idle connection that breaks is replaced by the pool; the next statement tells if there is no other.
    poolErrorHandler: () => {},
    extra: connectionConfig(options, limited),
  };
}

/** Opens the pools. Rejects when the database cannot be reached or the schema's name is not a plain one. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(options.schema)) throw new Error(`Not a plain schema name: ${options.schema}`);
  const dataSource = await new DataSource(dataSourceOptions(options)).initialize();
  const background = await openBackground(options).catch(async (error: unknown) => {
    await dataSource.destroy();
    throw error;
  });
  return {
    dataSource,
    background: { dataSource: background, query: queryOn(background) },
    schema: options.schema,
    options,
    query: queryOn(dataSource),
    transaction: (work) => withRunner(dataSource, (queryRunner) => inTransaction(queryRunner, work)),
    ping: async () => {
      await background.query('select 1');
    },
    poolCounts: () => (dataSource.driver as unknown as { master: PoolCounts }).master,
    async close() {
      // A connection that died in silence would be waited for in vain.
      await atMost(CLOSE_TIMEOUT_MS, Promise.all([dataSource.destroy(), background.destroy()]));
    },
  };
}

function openBackground(options: DatabaseOptions): Promise<DataSource> {
  const applicationName = `${options.applicationName}-background`;
  const own = { ...options, entities: [], poolSize: BACKGROUND_POOL_SIZE, applicationName };
  return new DataSource(dataSourceOptions(own)).initialize();
}

function queryOn(dataSource: DataSource): Sql['query'] {
  return async <Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> =>
    withRunner(dataSource, (queryRunner) => run<Row>(queryRunner, statement, values));
}

/** Runs a prepared statement on the runner's own client, which TypeORM's `query` cannot do. */
async function run<Row>(queryRunner: QueryRunner, asked: Statement, values?: readonly unknown[]): Promise<Row[]> {
  const client: PoolClient = await queryRunner.connect();
  return createPipeline(client).query<Row>(asked, values);
}

async function withRunner<T>(dataSource: DataSource, work: (queryRunner: QueryRunner) => Promise<T>): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    return await work(queryRunner);
  } catch (error) {
    if (isUnanswered(error) || isStalePlan(error)) await discard(queryRunner);
    throw error;
  } finally {
    await queryRunner.release();
  }
}

const undecided = new WeakSet<object>();

/** Whether the transaction that failed so may have been committed all the same: then nobody may try again unasked. */
export function mayBeCommitted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && undecided.has(error);
}

/** Marks what failed after its transaction was committed, or may have been. */
export function committedAllTheSame(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) undecided.add(error);
  return error;
}

/** The server says that the statement failed, and with it the commit behind it; as it shuts down it says nothing of it. */
function isServersWord(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? '');
}

async function inTransaction<T>(queryRunner: QueryRunner, work: (sql: Transaction) => Promise<T>): Promise<T> {
  const pipeline = createPipeline(await queryRunner.connect());
  const sent: Promise<unknown>[] = [];
  let unsent: unknown;
  let isOpen = true;
  let isCommitting = false;
  const send = async <Row>(asked: Statement, values?: readonly unknown[]): Promise<Row[]> => {
    // A statement after the end would run on a connection that by then serves somebody else.
    if (!isOpen) throw new Error(`Statement ${asked.name} came after the end of its transaction`);
    try {
      const rows = pipeline.query<Row>(asked, values);
      sent.push(rows);
      return rows;
    } catch (error) {
      unsent ??= error;
      throw error;
    }
  };
  const ignored = (): void => {};
  send(begin).catch(ignored);
  try {
    const result = await work({ query: send, write: (asked, values) => void send(asked, values).catch(ignored) });
    // Of this the server knows nothing: it would commit the others.
    if (unsent !== undefined) throw unsent;
    isCommitting = true;
    send(commit).catch(ignored);
    isOpen = false;
    // All, since after one that failed, whoever caught its error, the server takes a commit for a rollback.
    await Promise.all(sent);
    return result;
  } catch (error) {
    isOpen = false;
    const outcomes = await Promise.allSettled(sent);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    await (reasons.some(isUnanswered) ? discard(queryRunner) : rollback(queryRunner));
    // What failed first is why the rest did.
    const cause = reasons.includes(error) ? reasons[0] : error;
    throw isCommitting && !isServersWord(cause) ? committedAllTheSame(cause) : cause;
  }
}

/** A connection whose transaction cannot be rolled back is closed: the server then rolls back by itself. */
async function rollback(queryRunner: QueryRunner): Promise<void> {
  try {
    await run(queryRunner, undo);
  } catch {
    await discard(queryRunner);
  }
}

async function discard(queryRunner: QueryRunner): Promise<void> {
  if (queryRunner.isReleased) return;
  const client: PoolClient | undefined = await queryRunner.connect().catch(() => undefined);
  // Once it is ending, the pool does not take it back. A broken socket may never say goodbye: it is not waited for.
  client?.end().catch(() => {});
}
