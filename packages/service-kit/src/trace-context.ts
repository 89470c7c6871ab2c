import { randomBytes } from 'node:crypto';

/** A place in a distributed trace, by W3C Trace Context. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MAX_TRACEPARENT_LENGTH = 200;

/** Reads a traceparent header; undefined for anything malformed, which the standard says to start anew from. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  if (text === undefined || text.length > MAX_TRACEPARENT_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, more] = form.exec(text) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** A new span: of the given trace when the header is well-formed, else of a new, sampled one. */
export function continueTrace(traceparent: string | undefined): TraceContext {
  const parent = parseTraceparent(traceparent);
  const spanId = randomBytes(8).toString('hex');
  if (parent !== undefined) return { ...parent, spanId };
  return { traceId: randomBytes(16).toString('hex'), spanId, isSampled: true };
}

/** `continueTrace` as text, for what has no request: a consumer's delivery or a job. */
export function childTraceparent(traceparent?: string): string {
  return formatTraceparent(continueTrace(traceparent));
}

/** A traceparent as log lines name it; nothing for a malformed one. */
export function traceFields(traceparent: string | undefined): { trace_id?: string; span_id?: string } {
  const context = parseTraceparent(traceparent);
  return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
}
