import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeEvent, paymentSettled } from '@tenor/contracts';
import { type CollectorManner, eventually, startOtlpCollector } from '@tenor/testing';
import { Type } from 'typebox';
import { contextOf } from '../src/consumer-transaction.ts';
import { type Item, itemOf } from '../src/delivery.ts';
import { newId } from '../src/ids.ts';
import { createOtlpTracer } from '../src/otlp-tracer.ts';
import { parseTraceparent } from '../src/trace-context.ts';
import { tracedDatabase } from '../src/traced-database.ts';
import { traceShares } from '../src/traced-messages.ts';
import type { Span, SpanEnd, SpanStart, Tracer } from '../src/tracer.ts';
import { runUnitOfWork } from '../src/unit-of-work.ts';
import { logLines, testApp } from './app-fixture.ts';
import { context, type Fixture, newCustomer, openFixture, publishPayment, settled } from './data-fixture.ts';

const traceparentOf = (digit: string, flags = '01') => `00-${digit.repeat(32)}-${digit.repeat(16)}-${flags}`;

/** A tracer that only remembers: each span with how it ended. */
function rememberingTracer() {
  const spans: (SpanStart & { readonly span: Span; ended?: SpanEnd })[] = [];
  const tracer: Tracer = {
    start(start) {
      const spanId = String(spans.length + 1).padStart(16, '0');
      const { traceId, isSampled } = parseTraceparent(start.parent) ?? { traceId: 'f'.repeat(32), isSampled: true };
      const remembered: (typeof spans)[number] = {
        ...start,
        span: {
          traceparent: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`,
          isSampled,
          end: (how = {}) => {
            remembered.ended ??= how;
          },
        },
      };
      spans.push(remembered);
      return remembered.span;
    },
    shutdown: async () => {},
  };
  return { tracer, spans };
}

function eventItem(traceparent: string | undefined): Item {
  const customerId = newId();
  const value = encodeEvent(paymentSettled, {
    id: newId(),
    source: '/tenor/payment',
    time: new Date().toISOString(),
    subject: newId(),
    sequence: 1,
    customerId,
    data: settled(customerId),
    traceparent,
  });
  const message = {
    topic: 'payment.payments.v1',
    partition: 0,
    offset: 7n,
    key: customerId,
    value: Buffer.from(value),
  };
  return itemOf(message, undefined) as Item;
}

describe('a traced request', () => {
  const routes: Parameters<typeof testApp>[1] = (app) => {
    const response = { 200: Type.Object({ id: Type.String() }) };
    app.get('/v1/loans/:id', { schema: { response }, config: { permission: 'public' } }, async (request) => {
      if (request.url.endsWith('bug')) throw new TypeError('not for others');
      if (request.url.endsWith('none')) return { refused: 'not_found', detail: 'No such loan.' } as const;
      return { id: request.traceparent };
    });
  };

  test.each([
    { path: '/v1/loans/1?email=ana', name: 'GET /v1/loans/:id', status: 200, ended: {} },
    { path: '/v1/loans/none', name: 'GET /v1/loans/:id', status: 404, ended: { 'tenor.problem.code': 'not_found' } },
    { path: '/nothing', name: 'GET', status: 404, ended: { 'tenor.problem.code': 'not_found' } },
  ])('to $path is a span $name with its status and problem', async ({ path, name, status, ended }) => {
    const { tracer, spans } = rememberingTracer();
    const { app } = await testApp({ tracer }, routes);
    await app.inject({ url: path, headers: { traceparent: traceparentOf('a') } });
    await app.close();
    expect(spans).toMatchObject([{ name, kind: 'server', parent: traceparentOf('a') }]);
    expect(spans[0]?.ended).toEqual({ attributes: { 'http.response.status_code': status, ...ended } });
  });

  test('is an error when the fault is ours, known by its code alone', async () => {
    const { tracer, spans } = rememberingTracer();
    const { app } = await testApp({ tracer }, routes);
    await app.inject('/v1/loans/bug');
    await app.close();
    expect(spans[0]?.ended).toMatchObject({ error: 'internal_error' });
    expect(JSON.stringify(spans)).not.toContain('not for others');
  });

  test('gives its span to commands and log lines; a probe has none', async () => {
    const { tracer, spans } = rememberingTracer();
    const { app, lines } = await testApp({ tracer }, routes);
    const { id } = (await app.inject({ url: '/v1/loans/1', headers: { traceparent: traceparentOf('a') } })).json();
    await app.inject('/livez');
    await app.close();
    expect(spans.map(({ span }) => span.traceparent)).toEqual([id]);
    expect(lines.at(-1)).toMatchObject({ trace_id: 'a'.repeat(32), span_id: parseTraceparent(id)?.spanId });
  });
});

describe('a traced transaction', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openFixture('tracing');
  });
  afterAll(() => fixture?.close());

  test('has its statements below it by name, and is the cause of its events', async () => {
    const { tracer, spans } = rememberingTracer();
    const customerId = newId();
    const database = tracedDatabase(fixture.database, tracer);
    const own = await runUnitOfWork(database, context(), async (uow) => {
      await uow.query(newCustomer, [customerId]);
      await publishPayment(uow, { subject: newId(), customerId, from: 0n, count: 1 });
      return uow.traceparent;
    });
    expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
      ['transaction', context().traceparent],
      ['test_new_customer', own],
      ['test_lock_customer', own],
      ['outbox_insert', own],
    ]);
    expect(JSON.stringify(spans)).not.toContain(customerId);
    const [row] = await fixture.database.dataSource.query('select payload from outbox where customer_id = $1', [
      customerId,
    ]);
    expect(JSON.parse(row.payload).traceparent).toBe(own);
  });

  test('that fails says the SQLSTATE, of the statement and of the whole', async () => {
    const { tracer, spans } = rememberingTracer();
    const failing = runUnitOfWork(tracedDatabase(fixture.database, tracer), context(), (uow) =>
      uow.query(newCustomer, [null]),
    );
    await expect(failing).rejects.toThrow(/null value/);
    expect(spans.map(({ ended }) => ended)).toEqual([{ error: '23502' }, { error: '23502' }]);
  });

  test('does not commit after a statement that nobody waited for has failed', async () => {
    const { tracer, spans } = rememberingTracer();
    const customerId = newId();
    const failing = runUnitOfWork(tracedDatabase(fixture.database, tracer), context(), async (uow) => {
      uow.write(newCustomer, [customerId]);
      uow.write(newCustomer, [null]);
    });
    await expect(failing).rejects.toThrow(/null value/);
    expect(spans.map(({ ended }) => ended)).toEqual([{ error: '23502' }, {}, { error: '23502' }]);
    expect(await fixture.database.dataSource.query('select from customers where id = $1', [customerId])).toEqual([]);
  });

  test('of an unsampled trace has no spans below it', async () => {
    const { tracer, spans } = rememberingTracer();
    const unsampled = { ...context(), traceparent: traceparentOf('a', '00') };
    await runUnitOfWork(tracedDatabase(fixture.database, tracer), unsampled, (uow) =>
      uow.query(newCustomer, [newId()]),
    );
    expect(spans.map(({ name }) => name)).toEqual(['transaction']);
  });
});

describe('a transaction that requests share', () => {
  test('is a span in the trace of each; the statements are below a sampled one, to which the others are linked', async () => {
    const { tracer, spans } = rememberingTracer();
    const [parent, ...sharing] = [traceparentOf('a', '00'), traceparentOf('b'), traceparentOf('c')];
    const fixture = await openFixture('shared-tracing');
    const database = tracedDatabase(fixture.database, tracer);
    const own = await database
      .transaction(
        async (sql) => {
          await sql.query(newCustomer, [newId()]);
          return sql.traceparents ?? [];
        },
        { parent, sharing },
      )
      .finally(() => fixture.close());
    const spanOf = (index: number) => spans.find(({ span }) => span.traceparent === own[index]);
    expect(own.map((traceparent) => traceparent.slice(3, 4))).toEqual(['a', 'b', 'c']);
    expect(spanOf(1)).toMatchObject({ name: 'transaction', parent: traceparentOf('b'), links: [] });
    for (const index of [0, 2]) expect(spanOf(index)).toMatchObject({ name: 'transaction', links: [own[1]] });
    expect(spans.filter(({ name }) => name !== 'transaction').map(({ name, parent: above }) => [name, above])).toEqual([
      ['test_new_customer', own[1]],
    ]);
    expect(spans.every(({ ended }) => ended !== undefined)).toBe(true);
  });
});

describe('traced events', () => {
  test('each have a span below their own cause; their transaction continues the first and links the others', () => {
    const { tracer, spans } = rememberingTracer();
    const causes = ['a', 'b', 'c'].map((digit) => traceparentOf(digit));
    const shares = [causes.slice(0, 2), causes.slice(2)].map((some, partition) => ({
      items: some.map(eventItem),
      advance: { topic: 'payment.payments.v1', partition, nextOffset: 9n },
    }));
    const traced = traceShares(tracer, 'kit.test', shares);
    expect(spans.map(({ name, kind, parent }) => [name, kind, parent])).toEqual(
      causes.map((cause) => ['process payment.settled', 'consumer', cause]),
    );
    const [first, ...others] = spans.map(({ span }) => span.traceparent);
    expect(contextOf('kit.test', traced.shares)).toMatchObject({
      traceparent: first,
      links: others,
    });
    traced.end(new RangeError('for nobody'));
    expect(spans.map(({ ended }) => ended)).toEqual(spans.map(() => ({ error: 'RangeError' })));
  });

  test('stay as they came while tracing is off', () => {
    const shares = [{ items: [eventItem(traceparentOf('a'))] }];
    expect(traceShares(undefined, 'kit.test', shares).shares).toBe(shares);
  });
});

describe('spans on their way to a collector', () => {
  const start = { name: 'work', kind: 'internal', parent: undefined, attributes: {} } as const;
  const tracerOf = (endpoint: string, ratio = 1) => {
    const { lines, logger: telling } = logLines();
    return {
      lines,
      tracer: createOtlpTracer({ service: 'kit', endpoint, ratio, exportTimeoutMs: 400, logger: telling }),
    };
  };

  test('are all sent before the end, with what they say', async () => {
    const collector = await startOtlpCollector();
    const { tracer } = tracerOf(`${collector.url}/`);
    const links = [traceparentOf('b')];
    tracer.start({ ...start, parent: traceparentOf('a'), links, attributes: { rows: 3 } }).end({ error: '40001' });
    await tracer.shutdown();
    expect(collector.spans()).toMatchObject([
      { service: 'kit', name: 'work', traceId: 'a'.repeat(32), parentSpanId: 'a'.repeat(16), status: 2 },
    ]);
    expect(collector.spans()[0]).toMatchObject({
      links: [{ traceId: 'b'.repeat(32), spanId: 'b'.repeat(16) }],
      attributes: { rows: 3, 'error.type': '40001' },
    });
    await collector.stop();
  });

  test.each([
    { parent: undefined, ratio: 0, sampled: false },
    { parent: undefined, ratio: 1, sampled: true },
    { parent: 'nonsense', ratio: 1, sampled: true },
    { parent: traceparentOf('a'), ratio: 0, sampled: true },
    { parent: traceparentOf('a', '00'), ratio: 1, sampled: false },
  ])('at a ratio of $ratio are sampled: $sampled, with the parent $parent', async ({ parent, ratio, sampled }) => {
    const { tracer } = tracerOf('http://127.0.0.1:1', ratio);
    const span = tracer.start({ ...start, parent });
    expect([span.isSampled, parseTraceparent(span.traceparent)?.isSampled]).toEqual([sampled, sampled]);
    expect(parseTraceparent(span.traceparent)?.traceId === 'a'.repeat(32)).toBe(parent?.includes('aaa') ?? false);
    await tracer.shutdown();
  });

  test.each<CollectorManner | 'absent'>(['absent', 'refusing', 'garbling', 'hanging'])(
    'are dropped with one line in the log by a collector that is %s',
    async (manner) => {
      const collector = await startOtlpCollector(manner === 'absent' ? 'accepting' : manner);
      if (manner === 'absent') await collector.stop();
      const { tracer, lines } = tracerOf(collector.url);
      for (let count = 0; count < 20_000; count += 1) tracer.start(start).end();
      await eventually(() => lines.length > 0, { timeoutMs: 10_000 });
      for (let count = 0; count < 1_000; count += 1) tracer.start(start).end();
      await tracer.shutdown();
      expect(lines.map(({ level, msg }) => [level, msg])).toEqual([['warn', 'spans cannot be sent; they are dropped']]);
      if (manner !== 'absent') await collector.stop();
    },
  );
});

test('while it is off, no part of the SDK or the exporter is loaded', async () => {
  const kit = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, at, next) { if (/opentelemetry.(sdk|exporter|resources)/.test(name)) seen.push(name); return next(name, at); } });
    const { openTracer, createLogger } = await import(${JSON.stringify(kit)});
    const logger = createLogger({ service: 'kit', level: 'silent' });
    const off = await openTracer('kit', { OTEL_TRACES_SAMPLER_ARG: 1 }, logger);
    const whileOff = seen.length;
    const on = await openTracer('kit', { OTEL_TRACES_SAMPLER_ARG: 1, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, logger);
    process.stdout.write(JSON.stringify({ off: off === undefined, whileOff, on: on !== undefined, whileOn: seen.length > 0 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout)).toEqual({ off: true, whileOff: 0, on: true, whileOn: true });
});
