import {
  type Link,
  type Context as OtelContext,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { newId } from './ids.ts';
import type { Logger } from './logging.ts';
import { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.ts';
import type { Span, SpanStart, Tracer } from './tracer.ts';

export interface OtlpTracerOptions {
  readonly service: string;
  /** Base address of a collector that takes OTLP over HTTP; `/v1/traces` is put behind it. */
  readonly endpoint: string;
  /** Share of the traces begun here that are recorded, 0 to 1; for others the caller has decided. */
  readonly ratio: number;
  /** Of one export with its repetitions, in milliseconds. */
  readonly exportTimeoutMs?: number;
  readonly logger: Logger;
}

/** What waits to be sent; a collector that does not keep up costs spans, not memory. */
const QUEUED_SPANS_MAX = 8_192;
const SPANS_PER_EXPORT_MAX = 512;
const EXPORT_INTERVAL_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;
const SHUTDOWN_TIMEOUT_MS = 2_000;

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** Sends spans in batches to a collector. Nothing that the collector does delays or fails what is measured. */
export function createOtlpTracer(options: OtlpTracerOptions): Tracer {
  const { service, endpoint, ratio, exportTimeoutMs = EXPORT_TIMEOUT_MS, logger } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'tenor',
      'service.name': service,
      'service.instance.id': newId(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: telling(exporter, logger.child({ component: 'tracer' })),
        maxQueueSize: QUEUED_SPANS_MAX,
        maxExportBatchSize: SPANS_PER_EXPORT_MAX,
        scheduledDelayMillis: EXPORT_INTERVAL_MS,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer('@tenor/service-kit');
  return {
    start({ name, kind, parent, links = [], attributes, startedAt }) {
      const more = {
        kind: kinds[kind],
        attributes,
        links: links.flatMap(linkTo),
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
      };
      return spanOf(tracer.startSpan(name, more, contextOf(parent, kind)));
    },
    async shutdown() {
      await Promise.race([provider.shutdown(), elapsed(SHUTDOWN_TIMEOUT_MS)]).catch(() => {});
    },
  };
}

function spanOf(span: ReturnType<ReturnType<TracerProvider['getTracer']>['startSpan']>): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return {
    traceparent: formatTraceparent({ traceId, spanId, isSampled }),
    isSampled,
    end({ attributes, error } = {}) {
      if (attributes !== undefined) span.setAttributes(attributes);
      if (error !== undefined) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function contextOf(parent: string | undefined, kind: SpanStart['kind']): OtelContext {
  const context = parseTraceparent(parent);
  if (context === undefined) return ROOT_CONTEXT;
  const isRemote = kind === 'server' || kind === 'consumer';
  return trace.setSpanContext(ROOT_CONTEXT, { ...spanContextOf(context), isRemote });
}

function linkTo(traceparent: string): Link[] {
  const context = parseTraceparent(traceparent);
  return context === undefined ? [] : [{ context: spanContextOf(context) }];
}

function spanContextOf({ traceId, spanId, isSampled }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

/** One line in the log when spans can no longer be sent, one when they can again. */
function telling(exporter: OTLPTraceExporter, logger: Logger): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { error } = result;
        if (error !== undefined && !isFailing) logger.warn({ err: error }, 'spans cannot be sent; they are dropped');
        if (error === undefined && isFailing) logger.info('spans are sent again');
        isFailing = error !== undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
