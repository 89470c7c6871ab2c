import { BATCH_MAX, backOffMs, type Round, type Rounds, roundOf, startRounds } from '@tenor/service-kit';
import type { DispatcherOptions } from './dispatcher.commands.ts';
import { type Asked, askOutcome } from './outcomes.commands.ts';
import { type AskedCall, postponePoll, takeAskedCalls } from './provider-polls.store.ts';

export interface PollerOptions extends Omit<DispatcherOptions, 'counters'> {
  readonly counters: PollCounters;
}

export interface PollCounters {
  polled(provider: string, kind: string, outcome: Asked | 'given_up'): void;
}

/** Above the time-out of a question, so that the next one comes after the end of this one. */
const LEASE_MS = 30_000;
const FIRST_PAUSE_MS = 60_000;
const LAST_PAUSE_MS = 60 * 60 * 1_000;
/** Longer than any settlement takes; a person has to ask about what is open after that. */
const ASK_FOR_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Asks a provider what became of the calls that it has, and whose webhook has not come: each less and less often, for
 * 30 days. Any number of replicas share the work by leases. A webhook that comes meanwhile, or at the same time, has its
 * effect or finds it done.
 */
export function startPoller(options: PollerOptions): Rounds {
  const { logger, pause, provider } = options;
  const lines = {
    silent: 'the outcome of calls cannot be asked for; it will be tried again',
    answered: 'the outcome of calls is told again',
  };
  return startRounds({ logger, pause, peer: provider.name, lines }, () => pollRound(options));
}

async function pollRound(options: PollerOptions): Promise<Round> {
  const { database, provider } = options;
  const limits = { limit: BATCH_MAX, leaseMs: LEASE_MS, overdueMs: ASK_FOR_MS };
  const calls = await takeAskedCalls(database.background, provider.name, limits);
  return roundOf(calls.map((call) => poll(options, call)));
}

/** Whether the provider gave an answer, be it that it does not know yet. */
async function poll(options: PollerOptions, call: AskedCall): Promise<boolean> {
  const outcome = await askOutcome(options, call);
  if (outcome !== 'concluded') await askLater(options, call);
  const isGivenUp = outcome !== 'concluded' && call.isOverdue;
  options.counters.polled(options.provider.name, call.kind, isGivenUp ? 'given_up' : outcome);
  return outcome !== 'faulted';
}

async function askLater({ database, logger, provider }: PollerOptions, call: AskedCall): Promise<void> {
  const { kind, id, polls, isOverdue } = call;
  await postponePoll(database.background, call, isOverdue ? null : backOffMs(polls, FIRST_PAUSE_MS, LAST_PAUSE_MS));
  if (!isOverdue) return;
  const fault = { code: 'provider_outcome_unknown', provider: provider.name, kind, id };
  logger.warn(fault, 'a call is not asked for any more');
}
