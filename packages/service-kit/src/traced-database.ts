import type { Database, Transaction } from './database.ts';
import { parseTraceparent } from './trace-context.ts';
import { inSpan, inSpans, type Span, type SpanAttributes, type Tracer } from './tracer.ts';

/**
 * The database with a span for every transaction that has a cause, and below it one for each of its statements. Where
 * requests share a transaction each has a span of its own; the statements are below one, to which the others are linked.
 */
export function tracedDatabase(database: Database, tracer: Tracer): Database {
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': database.schema };
  return {
    ...database,
    transaction: (work, cause) => {
      if (cause === undefined) return database.transaction(work);
      const { parent, links = [], sharing = [] } = cause;
      const parents = [parent, ...sharing];
      const shown = Math.max(
        0,
        parents.findIndex((each) => parseTraceparent(each)?.isSampled === true),
      );
      const start = { name: 'transaction', kind: 'internal', attributes } as const;
      const span = tracer.start({ ...start, parent: parents[shown], links });
      const spans = parents.map((each, index) =>
        index === shown ? span : tracer.start({ ...start, parent: each, links: [span.traceparent] }),
      );
      const traceparents = spans.map(({ traceparent }) => traceparent);
      return inSpans(spans, () =>
        database.transaction((sql) => work({ ...tracedTransaction(sql, { tracer, span, attributes }), traceparents })),
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
  if (!span.isSampled) return sql;
  const query: Transaction['query'] = (statement, values) => {
    const { name } = statement;
    const own = { ...attributes, 'db.query.summary': name };
    return inSpan(tracer, { name, kind: 'client', parent: traceparent, attributes: own }, () =>
      sql.query(statement, values),
    );
  };
  return {
    query,
    // The transaction itself knows of a statement that failed, and does not commit.
    write: (statement, values) => void query(statement, values).catch(() => {}),
  };
}
