import type { Database, Transaction } from './database.ts';
import { inSpan, type Span, type SpanAttributes, type Tracer } from './tracer.ts';

/** The database with a span for every transaction that has a cause, and below it one for each of its statements. */
export function tracedDatabase(database: Database, tracer: Tracer): Database {
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': database.schema };
  return {
    ...database,
    transaction: (work, cause) => {
      if (cause === undefined) return database.transaction(work);
      const start = { name: 'transaction', kind: 'internal', attributes, ...cause } as const;
      return inSpan(tracer, start, (span) =>
        database.transaction((sql) => work(tracedTransaction(sql, { tracer, span, attributes }))),
      );
    },
  };
}

interface Tracing {
  readonly tracer: Tracer;
  readonly span: Span;
  readonly attributes: SpanAttributes;
}

/** A statement is known by its name: neither its text nor its values leave the process. */
function tracedTransaction(sql: Transaction, { tracer, span, attributes }: Tracing): Transaction {
  const { traceparent } = span;
  if (!span.isSampled) return { ...sql, traceparent };
  const query: Transaction['query'] = (statement, values) => {
    const { name } = statement;
    const own = { ...attributes, 'db.query.summary': name };
    return inSpan(tracer, { name, kind: 'client', parent: traceparent, attributes: own }, () =>
      sql.query(statement, values),
    );
  };
  return {
    traceparent,
    query,
    // The transaction itself knows of a statement that failed, and does not commit.
    write: (statement, values) => void query(statement, values).catch(() => {}),
  };
}
