import { backOffMs, childTraceparent, type Database, execute, isRefusal, type Logger, newId } from '@tenor/service-kit';
import {
  closeProviderCall,
  postponeProviderCall,
  type TakenCall,
  takeProviderCalls,
} from '../payments/provider-calls.store.ts';
import type { CallKinds } from './call-kinds.commands.ts';
import type { Provider, SendToProvider } from './provider.client.ts';
import { gatewayCaller } from './webhooks.commands.ts';

export interface DispatcherOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly provider: Provider;
  readonly send: SendToProvider;
  readonly kinds: CallKinds;
  readonly counters: DispatchCounters;
  /** Resolves after the time, or at once when `signal` aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly leaseMs?: number;
}

export interface DispatchCounters {
  called(provider: string, kind: string, outcome: 'accepted' | 'refused' | 'faulted' | 'given_up'): void;
}

export interface Dispatcher {
  /** Looks for calls now instead of at the next poll. */
  wake(): void;
  /** Finishes the calls under way. */
  stop(): Promise<void>;
}

const BATCH_MAX = 20;
const POLL_INTERVAL_MS = 1_000;
/** Above the time-out of a call, so that the next attempt comes after the end of this one. */
const LEASE_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;
/** A charge that reaches the payer a day late surprises more than it helps, and no provider knows a key for ever. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;

/**
 * Brings the calls that were committed to one provider, at least once each; the provider makes it once by the
 * Idempotency-Key. Any number of replicas share the work by leases. A call without an answer is tried again, later
 * each time; while none is answered the whole dispatcher slows down, and other providers have their own.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const stopping = new AbortController();
  let alarm = new AbortController();
  const tellSilence = silenceTeller(options);
  const run = async (): Promise<void> => {
    let silentRounds = 0;
    while (!stopping.signal.aborted) {
      const { taken, answered } = await dispatchRound(options).catch(tellSilence.failed);
      silentRounds = taken > 0 && answered === 0 ? silentRounds + 1 : 0;
      tellSilence.rounds(silentRounds, answered);
      if (silentRounds > 0)
        await options.pause(backOffMs(silentRounds, FIRST_RETRY_MS, LAST_RETRY_MS), stopping.signal);
      else if (taken < BATCH_MAX) await options.pause(POLL_INTERVAL_MS, alarm.signal);
      if (alarm.signal.aborted) alarm = new AbortController();
    }
  };
  const running = run();
  return {
    wake: () => alarm.abort(),
    async stop() {
      stopping.abort();
      alarm.abort();
      await running;
    },
  };
}

/** One line in the log when the calls of a provider stop being answered, and one when they are again. */
function silenceTeller({ logger, provider: { name: provider } }: DispatcherOptions) {
  let isSilent = false;
  const fallSilent = (fault: object): void => {
    if (!isSilent) logger.warn({ provider, ...fault }, 'calls get no answer; they are kept and tried again');
    isSilent = true;
  };
  return {
    failed(error: unknown) {
      fallSilent({ err: error });
      return { taken: 0, answered: 0 };
    },
    rounds(silentRounds: number, answered: number) {
      if (silentRounds > 0) fallSilent({});
      if (answered === 0 || !isSilent) return;
      isSilent = false;
      logger.info({ provider }, 'calls are answered again');
    },
  };
}

/** Takes what is due and waits for all of its answers. */
async function dispatchRound(options: DispatcherOptions): Promise<{ taken: number; answered: number }> {
  const { database, provider, leaseMs = LEASE_MS } = options;
  const limits = { limit: BATCH_MAX, leaseMs, overdueMs: GIVE_UP_AFTER_MS };
  const calls = await takeProviderCalls(database.background, provider.name, limits);
  const ended = await Promise.allSettled(calls.map((call) => dispatch(options, call)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { taken: calls.length, answered: ended.filter((one) => one.status === 'fulfilled' && one.value).length };
}

/** Whether the provider gave an answer, be it a refusal. */
async function dispatch(options: DispatcherOptions, call: TakenCall): Promise<boolean> {
  const { database, provider, kinds, counters, logger } = options;
  const kind = kinds[call.kind];
  if (!kind) throw new Error(`calls of the kind ${call.kind} cannot be sent`);
  const answer = await options.send({ path: kind.path, id: call.id, amount: call.amount, currency: call.currency });
  switch (answer.kind) {
    case 'accepted':
      await closeProviderCall(database.background, call, answer.reference);
      counters.called(provider.name, call.kind, 'accepted');
      return true;
    case 'refused':
      await conclude(options, call, answer.failureCode);
      counters.called(provider.name, call.kind, 'refused');
      return true;
    case 'faulted': {
      logger.debug({ provider: provider.name, attempts: call.attempts, reason: answer.reason }, 'a call got no answer');
      if (!call.isOverdue)
        await postponeProviderCall(database.background, call, backOffMs(call.attempts, FIRST_RETRY_MS, LAST_RETRY_MS));
      else if (kind.unanswered === 'fails') await conclude(options, call, 'provider_unreachable');
      else await closeProviderCall(database.background, call, null);
      counters.called(provider.name, call.kind, call.isOverdue ? 'given_up' : 'faulted');
      return false;
    }
    default:
      return answer satisfies never;
  }
}

/** Ends a call that will not be sent again, together with what it was for, unless a webhook has told otherwise of that. */
async function conclude(
  { database, kinds, provider, logger }: DispatcherOptions,
  call: TakenCall,
  failureCode: string,
) {
  const context = { caller: gatewayCaller(provider.name), requestId: newId(), traceparent: childTraceparent() };
  const outcome = { provider: provider.name, reference: call.id, result: { succeeded: false, failureCode } as const };
  const done = await execute(database, context, async (uow) => {
    const change = await kinds[call.kind]?.conclude(uow, outcome);
    if (isRefusal(change)) return change;
    await closeProviderCall(uow, call, null);
    return { id: call.id };
  });
  if (!isRefusal(done)) return;
  logger.warn(
    { provider: provider.name, kind: call.kind, id: call.id, why: done.detail },
    'a refused call had an outcome',
  );
  await closeProviderCall(database.background, call, null);
}
