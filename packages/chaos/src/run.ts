import { eventually, randomFrom, startRefusingProvider, startTestSystem, type TestSystem } from '@tenor/testing';
import { runTraffic } from './borrowers.ts';
import { type Crash, crashInTurn, type Target } from './crashes.ts';
import { type Figures, figuresOf, type Gaps, longestGaps } from './figures.ts';
import { newLog, type OperationLog } from './operation-log.ts';
import { persistentClient } from './persistent-client.ts';
import { type PrivateStack, startPrivateStack } from './private-stack.ts';
import { judge } from './verdict.ts';
import { rule, type Violation } from './violation.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long the traffic lasts at least; it goes on until each target was killed once. */
  readonly seconds: number;
  readonly onProgress: (line: string) => void;
  /** Ends the run early, without a verdict. */
  readonly signal: AbortSignal;
}

export interface ChaosReport {
  readonly seed: number;
  readonly figures: readonly Figures[];
  /** Of the whole run. */
  readonly gaps: Gaps;
  readonly log: OperationLog;
  /** Empty in a sound system. */
  readonly violations: readonly Violation[];
}

const SEATS = 6;
const RECOVERY_TIMEOUT_MS = 60_000;
const WATCHED_KINDS = ['loan', 'payment', 'reversal', 'credit_use', 'refund'] as const;

/**
 * Starts a stack and a system of its own, kills services, Kafka and Postgres in turn under traffic, lets all come to
 * rest and judges it. Leaves nothing behind, however it ends. Rejects when the signal ended it.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const stack = await startPrivateStack(options.onProgress);
  const provider = await startRefusingProvider();
  try {
    options.signal.throwIfAborted();
    const system = await startTestSystem('chaos', { GATEWAY_PROVIDERS: provider.settings }, stack.coordinates);
    options.onProgress(`the system is up on ${stack.kind} servers; seed ${options.seed}`);
    return await onSystem(options, stack, system);
  } finally {
    await provider.stop();
    await stack.stop();
  }
}

async function onSystem(options: ChaosOptions, stack: PrivateStack, system: TestSystem): Promise<ChaosReport> {
  const { seed, signal, onProgress } = options;
  const log = newLog();
  const violations: Violation[] = [];
  const client = persistentClient({ urls: [system.url], token: system.token, log, signal });
  try {
    const from = performance.now();
    const traffic = (enough: AbortSignal) => runTraffic({ client, seed, seats: SEATS, enough });
    const crashes = await crashUnderTraffic(options, { log, targets: targetsOf(stack, system), traffic, violations });
    const to = performance.now();
    signal.throwIfAborted();
    onProgress(`${log.acknowledged.length} operations are acknowledged; all comes to rest and is judged`);
    violations.push(...rule('no service ends by itself', diedOf(system)));
    const found = await judge({ log, client, tenant: system.tenant, replicas: [system] });
    violations.push(...found.violations);
    const span = { from, to };
    return { seed, figures: figuresOf(log, crashes, span, found), gaps: longestGaps(log, span), log, violations };
  } finally {
    for (const death of diedOf(system)) onProgress(`ended by itself: ${JSON.stringify(death)}`);
    // Who interrupts does not want to wait for a polite end, nor needs one: all is thrown away.
    if (signal.aborted) await Promise.all(Object.values(system.services).map(({ kill }) => kill()));
    await system.stop().catch((error: Error) => violations.push(...rule('every service stops', [error.message])));
  }
}

interface Scene {
  readonly log: OperationLog;
  readonly targets: readonly Target[];
  readonly traffic: (enough: AbortSignal) => Promise<void>;
  readonly violations: Violation[];
}

async function crashUnderTraffic(
  options: ChaosOptions,
  { log, targets, traffic, violations }: Scene,
): Promise<Crash[]> {
  const { seed, seconds, signal, onProgress } = options;
  const crashes: Crash[] = [];
  const isOver = new AbortController();
  const trafficEnds = AbortSignal.any([isOver.signal, signal]);
  const running = traffic(trafficEnds);
  try {
    await crashInTurn({
      targets,
      random: randomFrom(seed),
      recovered: async () => {
        const since = performance.now();
        const isBack = () => signal.aborted || isWholeSince(log, since);
        await eventually(isBack, { timeoutMs: RECOVERY_TIMEOUT_MS }).catch(() => {
          violations.push(...rule('operations of every kind go on after a crash', [crashes.at(-1)]));
        });
      },
      crashed: (crash) => {
        crashes.push(crash);
        onProgress(`${crash.target} was killed and serves again`);
      },
      enough: AbortSignal.any([AbortSignal.timeout(seconds * 1_000), signal]),
      signal,
    });
  } finally {
    isOver.abort();
    await running;
  }
  return crashes;
}

/** Whether operations of every kind were acknowledged since then, and a payment was seen applied by billing. */
function isWholeSince({ acknowledged, appliedAt }: OperationLog, since: number): boolean {
  const kinds = new Set(acknowledged.filter(({ answeredAt }) => answeredAt > since).map(({ kind }) => kind));
  return WATCHED_KINDS.every((kind) => kinds.has(kind)) && appliedAt.some((at) => at > since);
}

function targetsOf({ crashable }: PrivateStack, { services }: TestSystem): Target[] {
  const { billing, payment, gateway } = services;
  const { kafka, postgres } = crashable;
  return Object.entries({ billing, payment, kafka, postgres, gateway }).map(([name, { kill, start }]) => ({
    name,
    kill,
    start,
  }));
}

function diedOf({ services }: TestSystem): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const output = service.diedOf();
    return output === undefined ? [] : [`${name}: ${output}`];
  });
}
