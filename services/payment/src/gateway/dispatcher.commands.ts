import {
  BATCH_MAX,
  backOffMs,
  type Database,
  FIRST_RETRY_MS,
  isRefusal,
  LAST_RETRY_MS,
  type Logger,
  type Round,
  type Rounds,
  type RoundsOptions,
  roundOf,
  startRounds,
} from '@tenor/service-kit';
import {
  acceptProviderCall,
  awaitProviderOutcome,
  concludeProviderCall,
  keepRefusal,
  postponeProviderCall,
  type TakenCall,
  takeProviderCalls,
} from '../payments/provider-calls.store.ts';
import type { ProviderResult } from '../payments/provider-result.ts';
import type { CallKinds } from './call-kinds.commands.ts';
import { askOutcome, takeOutcome } from './outcomes.commands.ts';
import type { Provider, ProviderClient } from './provider.client.ts';

export interface DispatcherOptions extends Pick<RoundsOptions, 'pause'> {
  readonly database: Database;
  readonly logger: Logger;
  readonly provider: Provider;
  readonly client: ProviderClient;
  readonly kinds: CallKinds;
  readonly counters: DispatchCounters;
}

/** `accepted`: the provider has it, be it by an earlier attempt; `given_up`: too old to be sent again, and not told of. */
type Dispatched = 'accepted' | 'refused' | 'faulted' | 'given_up';

export interface DispatchCounters {
  called(provider: string, kind: string, outcome: Dispatched): void;
}

/** Above the time-out of a call, so that the next attempt comes after the end of this one. */
const LEASE_MS = 30_000;
/** No provider knows a key for ever: a call that it may have made before that long is not sent again. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;

/**
 * Brings the calls that were committed to one provider, at least once each; the provider makes it once by the
 * Idempotency-Key. Any number of replicas share the work by leases. A call without an answer is tried again, later
 * each time, and for a day; then it is asked for instead. While none is answered the whole dispatcher slows down, and other providers have their own.
 */
export function startDispatcher(options: DispatcherOptions): Rounds {
  const { logger, pause, provider } = options;
  const lines = {
    silent: 'calls get no answer; they are kept and tried again',
    answered: 'calls are answered again',
  };
  return startRounds({ logger, pause, peer: provider.name, lines }, () => dispatchRound(options));
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
  const isTooOld = call.isOverdue && call.attempts > 1;
  const outcome = isTooOld ? await giveUp(options, call) : await send(options, call);
  options.counters.called(options.provider.name, call.kind, outcome);
  return outcome === 'accepted' || outcome === 'refused';
}

async function send(options: DispatcherOptions, call: TakenCall): Promise<Dispatched> {
  const { database, provider, client, kinds, logger } = options;
  const { id, amount, currency, attempts } = call;
  const answer = await client.send({ path: kinds[call.kind].path, id, amount, currency });
  switch (answer.kind) {
    case 'accepted':
      return takeAcceptance(options, call, answer.reference);
    case 'refused':
      return takeRefusal(options, call, answer.failureCode);
    case 'faulted':
      logger.debug({ provider: provider.name, attempts, reason: answer.reason }, 'a call got no answer');
      await postponeProviderCall(database.background, call, backOffMs(attempts, FIRST_RETRY_MS, LAST_RETRY_MS));
      return 'faulted';
    default:
      return answer satisfies never;
  }
}

/** Attempts of several processes may end in any order: an acceptance also opens a call that a refusal has ended. */
async function takeAcceptance(options: DispatcherOptions, call: TakenCall, reference: string): Promise<Dispatched> {
  const isOpenedAgain = await acceptProviderCall(options.database.background, call, reference);
  if (isOpenedAgain) {
    const fault = { code: 'refused_call_accepted', provider: call.provider, kind: call.kind, id: call.id };
    options.logger.warn(fault, 'a call that was refused and ended is accepted after all, and asked for again');
  }
  return 'accepted';
}

async function takeRefusal(options: DispatcherOptions, call: TakenCall, failureCode: string): Promise<Dispatched> {
  await keepRefusal(options.database.background, call, failureCode);
  await fail(options, call, { succeeded: false, failureCode, wasMade: 'no' });
  return 'refused';
}

/** Asks for a call instead of sending it; while the provider does not tell of it, its kind says what it comes to. */
async function giveUp(options: DispatcherOptions, call: TakenCall): Promise<Dispatched> {
  const known = await askOutcome(options, call);
  if (known === 'unknown' || known === 'denied' || known === 'faulted') {
    await fail(options, call, { succeeded: false, failureCode: 'provider_unreachable', wasMade: 'unknown' });
    return 'given_up';
  }
  await awaitProviderOutcome(options.database.background, call, 'in time');
  return 'accepted';
}

/** Ends what will not be sent again, unless a webhook has told otherwise of what it was for. */
async function fail(options: DispatcherOptions, call: TakenCall, result: ProviderResult): Promise<void> {
  const provider = options.provider.name;
  const taken = await takeOutcome(options, call.kind, { provider, reference: call.id, result });
  if (!isRefusal(taken)) return;
  options.logger.warn({ provider, kind: call.kind, id: call.id, why: taken.detail }, 'a refused call had an outcome');
  await concludeProviderCall(options.database.background, call);
}
