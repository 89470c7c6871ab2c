import type { BaseConfig } from './config.ts';
import type { Logger } from './logging.ts';

/** What a span says of itself: names, ids and counts; never a value of a request, a statement or an event. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** The traceparent of the cause; a new trace begins without one, or with one that is malformed. */
  readonly parent: string | undefined;
  /** Traceparents of what else it belongs to. */
  readonly links?: readonly string[];
  readonly attributes: SpanAttributes;
  /** Milliseconds since 1970; now unless given. */
  readonly startedAt?: number;
}

export interface SpanEnd {
  readonly attributes?: SpanAttributes;
  /** The kind of what went wrong, never its message: `40001`, `TypeError`. */
  readonly error?: string;
}

export interface Span {
  /** Names this span as the cause of what follows, in this process or another. */
  readonly traceparent: string;
  /** False when its trace is not sampled: then nothing under it needs a span. */
  readonly isSampled: boolean;
  /** Only the first end counts. */
  end(how?: SpanEnd): void;
}

/** What the kit reports its work to while tracing is on; without one nothing is measured and nothing is loaded. */
export interface Tracer {
  start(span: SpanStart): Span;
  /** Sends what has ended; gives up after a bounded time and never rejects. */
  shutdown(): Promise<void>;
}

export type TracerConfig = Pick<BaseConfig, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_SAMPLER_ARG'>;

/** The tracer that the configuration asks for; undefined, with no SDK loaded, when it names no collector. */
export async function openTracer(service: string, config: TracerConfig, logger: Logger): Promise<Tracer | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = config;
  if (endpoint === undefined) return undefined;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  return createOtlpTracer({ service, endpoint, ratio, logger });
}

/** Runs work inside a span that ends with it. Rejects as the work does. */
export function inSpan<T>(tracer: Tracer, start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  return inSpans([tracer.start(start)], ([span]) => work(span as Span));
}

/** Runs work that several spans share, which end with it. Rejects as the work does. */
export async function inSpans<T>(spans: readonly Span[], work: (spans: readonly Span[]) => Promise<T>): Promise<T> {
  const end = (how?: SpanEnd): void => {
    for (const span of spans) span.end(how);
  };
  try {
    const result = await work(spans);
    end();
    return result;
  } catch (error) {
    end({ error: errorKind(error) });
    throw error;
  }
}

/** The SQLSTATE or system code of an error, else its name: nothing that holds data. */
export function errorKind(error: unknown): string {
  if (!Error.isError(error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
