import {
  type CollectedSpan,
  eventually,
  type OtlpCollector,
  startOtlpCollector,
  startTestSystem,
  type TestSystem,
} from '@tenor/testing';
import { connect } from '../src/client.ts';
import { lender, type Payment } from '../src/lender.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const UNSAMPLED_TRACE_ID = '5cf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN_ID = '00f067aa0ba902b7';

const PRINCIPAL = '7313500.00';
const NAME = 'Wulandari';

/** Everything that a span may say: names, ids and counts. */
const ATTRIBUTES = [
  'cloudevents.event_type',
  'db.namespace',
  'db.query.summary',
  'db.system.name',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'messaging.consumer.group.name',
  'messaging.destination.name',
  'messaging.destination.partition.id',
  'messaging.kafka.offset',
  'messaging.message.id',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.system',
];

/** A customer of that system with one loan, and how that customer pays its next instalment. */
async function openLoan(system: TestSystem) {
  const client = connect(system.url, system.token);
  const bank = lender(client, 'tracing');
  const customerId = await bank.customer(NAME);
  const principal = { amount: PRINCIPAL, currency: 'IDR' };
  const loan = await bank.open(customerId, { product: 'weekly-flat-50', principal });
  const amount = { amount: (await bank.schedule(loan.id))[0]?.total ?? '', currency: 'IDR' };
  return {
    amount: amount.amount,
    async pay(traceparent: string, key: string): Promise<string> {
      const headers = { traceparent, 'idempotency-key': key, prefer: 'wait=5' };
      const { body } = await client.post<Payment>('/v1/payments', { customer_id: customerId, amount }, headers);
      return body.status;
    },
  };
}

describe('a payment through the gateway', () => {
  let collector: OtlpCollector;
  let system: TestSystem;
  let amount: string;
  let spans: readonly CollectedSpan[];

  beforeAll(async () => {
    collector = await startOtlpCollector();
    system = await startTestSystem('tracing', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const borrower = await openLoan(system);
    amount = borrower.amount;
    expect(await borrower.pay(`00-${UNSAMPLED_TRACE_ID}-${CLIENT_SPAN_ID}-00`, 'first')).toBe('applied');
    expect(await borrower.pay(`00-${TRACE_ID}-${CLIENT_SPAN_ID}-01`, 'second')).toBe('applied');
    expect(await borrower.pay('no traceparent', 'third')).toBe('applied');
    await system.services.billing.stop();
    await system.services.payment.stop();
    spans = collector.spans().filter(({ traceId }) => traceId === TRACE_ID);
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await collector?.stop();
  });

  /** The one span of that name, in that service and under that parent; not of the consumer that hands events on. */
  function only(service: string, name: string, parentSpanId: string): CollectedSpan {
    const found = spans.filter(
      (span) =>
        span.service === service &&
        span.name === name &&
        span.parentSpanId === parentSpanId &&
        !String(span.attributes['messaging.consumer.group.name'] ?? '').endsWith('billing.outward'),
    );
    expect({ service, name, found: found.length }).toEqual({ service, name, found: 1 });
    return found[0] as CollectedSpan;
  }

  test('is one trace: request, transaction, outbox, broker, the other service, and back', () => {
    const request = only('payment', 'POST /v1/payments', CLIENT_SPAN_ID);
    const payment = only('payment', 'transaction', request.spanId);
    only('payment', 'payments_insert', payment.spanId);
    only('payment', 'outbox_insert', payment.spanId);
    only('payment', 'send payment.settled', payment.spanId);
    const settled = only('billing', 'process payment.settled', payment.spanId);
    const repayment = only('billing', 'transaction', settled.spanId);
    only('billing', 'applied_payments_save', repayment.spanId);
    only('billing', 'outbox_insert', repayment.spanId);
    only('billing', 'send loan.repaid', settled.spanId);
    const repaid = only('payment', 'process loan.repaid', settled.spanId);
    const projection = only('payment', 'transaction', repaid.spanId);
    only('payment', 'loan_accounts_save', projection.spanId);
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/payments',
      'http.response.status_code': 201,
    });
    expect([request, payment, settled].map(({ kind }) => kind)).toEqual([2, 1, 5]);
    expect(spans.filter(({ status }) => status !== 0)).toEqual([]);
  });

  test('has no span whose parent was not sent, but the client’s', () => {
    const known = new Set([CLIENT_SPAN_ID, ...spans.map(({ spanId }) => spanId)]);
    expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toEqual([]);
  });

  test('leaves no span when its caller does not sample, and begins a trace when its caller’s cannot be read', () => {
    expect(collector.bodies.join()).not.toContain(UNSAMPLED_TRACE_ID);
    const requests = collector.spans().filter(({ name }) => name === 'POST /v1/payments');
    expect(requests.map(({ parentSpanId }) => parentSpanId)).toEqual([CLIENT_SPAN_ID, undefined]);
  });

  test('says nothing of a person, an amount, a key or a token in any span', () => {
    const keys = new Set(collector.spans().flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...keys].sort()).toEqual(ATTRIBUTES);
    const dump = collector.bodies.join();
    const digits = (text: string) => text.slice(0, text.indexOf('.'));
    for (const told of [NAME, PRINCIPAL, digits(PRINCIPAL), digits(amount), 'second', system.token]) {
      expect(dump).not.toContain(told);
    }
  });
});

describe('a collector that never answers', () => {
  let collector: OtlpCollector;
  let system: TestSystem;

  beforeAll(async () => {
    collector = await startOtlpCollector('hanging');
    system = await startTestSystem('tracing in vain', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await collector?.stop();
  });

  test('keeps no payment from being applied and no service from stopping by itself', async () => {
    const { pay } = await openLoan(system);
    expect(await pay('', 'first')).toBe('applied');
    await eventually(() => collector.bodies.length > 1, { timeoutMs: 10_000 });
    expect(await pay('', 'second')).toBe('applied');
    // Rejects when the service has to be killed.
    await system.services.payment.stop();
    await system.services.billing.stop();
  }, 40_000);
});
