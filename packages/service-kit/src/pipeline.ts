import pg, { type PoolClient } from 'pg';
import { typeParsers, wireValues } from './pg-types.ts';
import type { Statement } from './statement.ts';

/** The sending half of pg's protocol, as far as its own queries use it. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  execute(portal: { portal: string }): void;
  sync(): void;
}

/** pg's query, with what its client calls on it. */
interface PgQuery {
  readonly name: string;
  readonly text: string;
  readonly portal: string;
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
type Settle = (error: Error | null, result: { rows: unknown[] }) => void;
type QueryConstructor = new (config: object, callback: Settle) => PgQuery;

/** A query that leaves the end of the round trip to its batch. */
class BatchedQuery extends (pg.Query as unknown as QueryConstructor) {
  _getRows(connection: Connection): void {
    connection.execute({ portal: this.portal });
  }
}

/**
 * Statements that travel together: one packet there, one back. The server runs them one after the other, each on its
 * own snapshot, and after a failure none of the rest, which then fail with the same error.
 */
class Batch {
  readonly #queries: BatchedQuery[];
  #next = 0;
  /** Called at its end; pg's client, which counts the time by it, puts its own around it. */
  callback: (error?: Error | null) => void;

  constructor(queries: BatchedQuery[], ended: (error?: Error | null) => void) {
    this.#queries = queries;
    this.callback = ended;
  }

  get #current(): BatchedQuery | undefined {
    return this.#queries[this.#next];
  }

  // By these two the client notes which statement the connection has prepared.
  get name(): string | undefined {
    return this.#current?.name;
  }
  get text(): string | undefined {
    return this.#current?.text;
  }

  submit(connection: Connection): null {
    connection.stream.cork();
    try {
      for (const query of this.#queries) query.prepare(connection);
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.#current?.handleRowDescription(message);
  }
  handleDataRow(message: unknown): void {
    this.#current?.handleDataRow(message);
  }
  handleCommandComplete(message: unknown, connection: Connection): void {
    this.#current?.handleCommandComplete(message, connection);
    this.#completed(connection);
  }
  handleEmptyQuery(connection: Connection): void {
    this.#completed(connection);
  }
  // Every statement is asked for all of its rows.
  handlePortalSuspended(connection: Connection): void {
    this.handleError(new Error('Postgres stopped amid the rows of a statement'), connection);
  }
  handleReadyForQuery(connection: Connection): void {
    this.#settleCurrent(connection);
    this.callback(null);
  }
  handleError(error: Error, connection: Connection): void {
    const rest = this.#queries.slice(this.#next);
    this.#next = this.#queries.length;
    for (const query of rest) {
      // Never parsed: the connection must not take it for prepared.
      delete connection.submittedNamedStatements[query.name];
      query.handleError(error, connection);
    }
    this.callback(error);
  }

  /** The last one's answer waits for the end of the round trip, which without a transaction is the commit. */
  #completed(connection: Connection): void {
    if (this.#next < this.#queries.length - 1) this.#settleCurrent(connection);
  }

  #settleCurrent(connection: Connection): void {
    const query = this.#current;
    this.#next += 1;
    query?.handleReadyForQuery(connection);
  }
}

export interface Pipeline {
  /** Resolves with the statement's rows. Throws, and sends nothing of it, for a value that Postgres cannot be sent. */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Sends what is asked for before the process turns to its next event in one batch, in the order of asking; and what is
 * asked for while a batch is under way in one batch behind it.
 */
export function createPipeline(client: PoolClient): Pipeline {
  let waiting: { readonly query: BatchedQuery; readonly settle: Settle }[] = [];
  let isUnderWay = false;
  const ended = (error?: Error | null): void => {
    isUnderWay = false;
    if (isUnanswered(error)) {
      // Nobody would answer these either.
      for (const { settle } of waiting) settle(error, { rows: [] });
      waiting = [];
    }
    if (waiting.length > 0) send();
  };
  const send = (): void => {
    const queries = waiting.map(({ query }) => query);
    waiting = [];
    isUnderWay = true;
    client.query(new Batch(queries, ended) as unknown as pg.Submittable);
  };
  return {
    query<Row>({ name, text }: Statement, values: readonly unknown[] = []) {
      // Here and not as the batch is sent, where it would break off in the middle of the others.
      const prepared = wireValues(values);
      return new Promise<Row[]>((resolve, reject) => {
        const settle: Settle = (error, result) => (error === null ? resolve(result.rows as Row[]) : reject(error));
        if (waiting.length === 0 && !isUnderWay) process.nextTick(send);
        waiting.push({ query: new BatchedQuery({ name, text, values: prepared, types: typeParsers }, settle), settle });
      }).catch((error: Error) => {
        // Its own stack only tells of the socket; this one tells who asked.
        Error.captureStackTrace(error);
        throw error;
      });
    },
  };
}

/** The connection of an answer that did not come may still be busy with the question. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && /query read timeout/i.test(error.message);
}
