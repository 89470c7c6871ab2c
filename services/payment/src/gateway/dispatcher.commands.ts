import { backOffMs, type Database, isRefusal, type Logger } from '@tenor/service-kit';
import {
  awaitProviderOutcome,
  concludeProviderCall,
  postponeProviderCall,
  type TakenCall,
  takeProviderCalls,
} from '../payments/provider-calls.store.ts';
import type { CallKinds } from './call-kinds.commands.ts';
import { takeOutcome } from './outcomes.commands.ts';
import type { Provider, ProviderClient } from './provider.client.ts';
import {
  BATCH_MAX,
  FIRST_RETRY_MS,
  LAST_RETRY_MS,
  type Round,
  type Rounds,
  type RoundsOptions,
  roundOf,
  startRounds,
} from './rounds.commands.ts';

export interface DispatcherOptions extends Pick<RoundsOptions, 'pause'> {
  readonly database: Database;
  readonly logger: Logger;
  readonly provider: Provider;
  readonly client: ProviderClient;
  readonly kinds: CallKinds;
  readonly counters: DispatchCounters;
}

export interface DispatchCounters {
  called(provider: string, kind: string, outcome: 'accepted' | 'refused' | 'faulted' | 'given_up'): void;
}

/** Above the time-out of a call, so that the next attempt comes after the end of this one. */
const LEASE_MS = 30_000;
/** A charge that reaches the payer a day late surprises more than it helps, and no provider knows a key for ever. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;
/** How long a webhook may take before the provider is asked instead. */
const WEBHOOK_EXPECTED_WITHIN_MS = 60_000;

/**
 * Brings the calls that were committed to one provider, at least once each; the provider makes it once by the
 * Idempotency-Key. Any number of replicas share the work by leases. A call without an answer is tried again, later
 * each time; while none is answered the whole dispatcher slows down, and other providers have their own.
 */
export function startDispatcher(options: DispatcherOptions): Rounds {
  const { logger, pause, provider } = options;
  const lines = {
    silent: 'calls get no answer; they are kept and tried again',
    answered: 'calls are answered again',
  };
  return startRounds({ logger, pause, provider: provider.name, lines }, () => dispatchRound(options));
}

/** Takes what is due and waits for all of its answers. */
async function dispatchRound(options: DispatcherOptions): Promise<Round> {
  const { database, provider } = options;
  const limits = { limit: BATCH_MAX, leaseMs: LEASE_MS, overdueMs: GIVE_UP_AFTER_MS };
  const calls = await takeProviderCalls(database.background, provider.name, limits);
  return roundOf(calls.map((call) => dispatch(options, call)));
}

/** Whether the provider gave an answer, be it a refusal. */
async function dispatch(options: DispatcherOptions, call: TakenCall): Promise<boolean> {
  const { database, provider, client, kinds, counters, logger } = options;
  const { path, unanswered } = kinds[call.kind];
  const answer = await client.send({ path, id: call.id, amount: call.amount, currency: call.currency });
  const hasIt = (reference: string | null) =>
    awaitProviderOutcome(database.background, call, { reference, pollAfterMs: WEBHOOK_EXPECTED_WITHIN_MS });
  switch (answer.kind) {
    case 'accepted':
      await hasIt(answer.reference);
      counters.called(provider.name, call.kind, 'accepted');
      return true;
    case 'refused':
      await fail(options, call, answer.failureCode);
      counters.called(provider.name, call.kind, 'refused');
      return true;
    case 'faulted': {
      logger.debug({ provider: provider.name, attempts: call.attempts, reason: answer.reason }, 'a call got no answer');
      if (!call.isOverdue)
        await postponeProviderCall(database.background, call, backOffMs(call.attempts, FIRST_RETRY_MS, LAST_RETRY_MS));
      else if (unanswered === 'fails') await fail(options, call, 'provider_unreachable');
      else await hasIt(null);
      counters.called(provider.name, call.kind, call.isOverdue ? 'given_up' : 'faulted');
      return false;
    }
    default:
      return answer satisfies never;
  }
}

/** Ends a call that will not be sent again, together with what it was for, unless a webhook has told otherwise of that. */
async function fail(options: DispatcherOptions, call: TakenCall, failureCode: string): Promise<void> {
  const provider = options.provider.name;
  const result = { succeeded: false, failureCode, wasMade: false } as const;
  const taken = await takeOutcome(options, call.kind, { provider, reference: call.id, result });
  if (!isRefusal(taken)) return;
  options.logger.warn({ provider, kind: call.kind, id: call.id, why: taken.detail }, 'a refused call had an outcome');
  await concludeProviderCall(options.database.background, call);
}
