import type { Crash } from './crashes.ts';
import type { Acknowledged, OperationKind, OperationLog } from './operation-log.ts';

/** What clients saw from one kill to the next; times in milliseconds. */
export interface Figures {
  readonly target: string;
  /** From the start of the traffic to the kill, and from the kill until it served again. */
  readonly atMs: number;
  readonly downMs: number;
  readonly acknowledged: number;
  /** Of these, how many were sent more than once. */
  readonly retried: number;
  /** Tries that were cut off, and tries answered with a server's fault. */
  readonly cutOff: number;
  readonly serverFaults: number;
  /** Of those acknowledged in this time, how many were not found afterwards, and how many more than once. */
  readonly lost: number;
  readonly doubled: number;
  /** The longest time in which no operation of a kind was acknowledged; `applied`: no payment seen applied by billing. */
  readonly longestGapMs: Gaps;
}

/** Milliseconds by what was not seen for so long. */
export type Gaps = Readonly<Record<OperationKind | 'applied', number>>;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One row per crash, from its kill until the next or `to`, after one for the time from `from` on before the first. */
export function figuresOf(
  log: OperationLog,
  crashes: readonly Crash[],
  { from, to }: Span,
  found: { readonly lost: readonly Acknowledged[]; readonly doubled: readonly Acknowledged[] },
): Figures[] {
  const begins = [{ target: 'nothing yet', killedAt: from, servedAt: from }, ...crashes];
  return begins.map(({ target, killedAt, servedAt }, index) => {
    const span = { from: killedAt, to: begins[index + 1]?.killedAt ?? to };
    const isWithin = (at: number) => at >= span.from && at < span.to;
    const within = (operations: readonly Acknowledged[]) => operations.filter(({ answeredAt }) => isWithin(answeredAt));
    const acknowledged = within(log.acknowledged);
    const faults = log.faults.filter(({ at }) => isWithin(at));
    return {
      target,
      atMs: killedAt - from,
      downMs: servedAt - killedAt,
      acknowledged: acknowledged.length,
      retried: acknowledged.filter(({ attempts }) => attempts > 1).length,
      cutOff: faults.filter(({ what }) => what === 'cut off').length,
      serverFaults: faults.filter(({ what }) => what.startsWith('5')).length,
      lost: within(found.lost).length,
      doubled: within(found.doubled).length,
      longestGapMs: longestGaps(log, span),
    };
  });
}

function timesOf(acknowledged: readonly Acknowledged[], kind: OperationKind): number[] {
  return acknowledged.filter((each) => each.kind === kind).map(({ answeredAt }) => answeredAt);
}

/** The longest gap of each kind of operation, also where it lasts over several crashes. */
export function longestGaps(log: OperationLog, span: Span): Gaps {
  const gapOf = (kind: OperationKind) => longestGap(timesOf(log.acknowledged, kind), span);
  return {
    customer: gapOf('customer'),
    loan: gapOf('loan'),
    payment: gapOf('payment'),
    reversal: gapOf('reversal'),
    credit_use: gapOf('credit_use'),
    refund: gapOf('refund'),
    applied: longestGap(log.appliedAt, span),
  };
}

/** The longest part of the span without any of the times, its two ends counting as times. */
export function longestGap(times: readonly number[], { from, to }: Span): number {
  const within = times.filter((at) => at > from && at < to).sort((a, b) => a - b);
  let last = from;
  let longest = 0;
  for (const at of [...within, to]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}

/** By kind, the acknowledged operation that took longest from its first try to its answer. */
export function longestOperations(log: OperationLog): Acknowledged[] {
  const longest = new Map<OperationKind, Acknowledged>();
  for (const operation of log.acknowledged) {
    const other = longest.get(operation.kind);
    if (other === undefined || tookMs(other) < tookMs(operation)) longest.set(operation.kind, operation);
  }
  return [...longest.values()];
}

/** From the first try to the answer, all tries and pauses between them included. */
export function tookMs({ askedAt, answeredAt }: Acknowledged): number {
  return answeredAt - askedAt;
}
