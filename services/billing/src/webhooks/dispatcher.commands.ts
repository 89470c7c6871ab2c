import {
  BATCH_MAX,
  backOffMs,
  type Database,
  FIRST_RETRY_MS,
  LAST_RETRY_MS,
  type Logger,
  type Rounds,
  type RoundsOptions,
  startRounds,
} from '@tenor/service-kit';
import type { DeliveryStatus } from './deliveries.store.ts';
import { outcomeOf, type TargetAnswer } from './delivery-outcome.ts';
import { DISABLED_AFTER_FAILING_MS, retryPauseMs } from './retry-schedule.ts';
import {
  type EndedAttempt,
  endTurn,
  type TakenDelivery,
  type Turn,
  type TurnEnd,
  takeDeliveries,
  takeTurns,
} from './turns.store.ts';
import type { DisabledReason } from './webhook.ts';
import type { TargetClient } from './webhook-target.client.ts';

export interface WebhookDispatcherOptions extends Pick<RoundsOptions, 'pause'> {
  readonly database: Database;
  readonly logger: Logger;
  readonly targets: TargetClient;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly counters: WebhookCounters;
}

export interface WebhookCounters {
  attempted(outcome: string): void;
  disabled(reason: DisabledReason): void;
}

/** Subscriptions that one process sends to at a time. */
const TURNS_AT_ONCE = BATCH_MAX;
/** What one subscription is sent in a turn, at once: its target has no more than that in flight. */
const SENDS_PER_TURN = 10;
/** Of a lease, beyond the time-out of the sends that it covers. */
const LEASE_MARGIN_MS = 15_000;

/**
 * Sends what is due, at least once each. Subscriptions take turns, each for one process at a time and independent of the
 * others, so that a target which is slow or gone holds up its own deliveries only; one that does not answer is left alone
 * for longer each time, up to a minute.
 */
export function startWebhookDispatcher(options: WebhookDispatcherOptions): Rounds {
  const { database, logger, pause, timeoutMs } = options;
  const running = new Set<Promise<void>>();
  const lines = { silent: 'webhooks cannot be sent; it is tried again', answered: 'webhooks are sent again' };
  const rounds = startRounds({ logger, pause, peer: 'webhooks', lines }, async () => {
    const limit = TURNS_AT_ONCE - running.size;
    const leaseMs = timeoutMs + LEASE_MARGIN_MS;
    const turns = limit === 0 ? [] : await takeTurns(database.background, { limit, leaseMs });
    for (const turn of turns) {
      const ended = takeTurn(options, turn)
        .catch((error: unknown) =>
          logger.warn({ err: error, webhook_id: turn.webhookId }, 'a turn of a webhook failed'),
        )
        .finally(() => {
          running.delete(ended);
          rounds.wake();
        });
      running.add(ended);
    }
    return { taken: turns.length, answered: turns.length };
  });
  return {
    wake: rounds.wake,
    async stop() {
      await rounds.stop();
      await Promise.all(running);
    },
  };
}

async function takeTurn(options: WebhookDispatcherOptions, turn: Turn): Promise<void> {
  const { database, logger, counters, timeoutMs } = options;
  const leaseMs = timeoutMs + LEASE_MARGIN_MS;
  const deliveries = await takeDeliveries(database.background, turn.webhookId, { limit: SENDS_PER_TURN, leaseMs });
  // Somebody else holds or has removed what was due; the lease runs out by itself.
  if (deliveries.length === 0) return;
  const attempts = await Promise.all(deliveries.map((delivery) => attempt(options, turn, delivery)));
  const end = endOf(turn, attempts);
  await database.transaction(async (sql) => endTurn(sql, end, attempts));
  if (end.disabled === null) return;
  counters.disabled(end.disabled);
  const fault = { code: 'webhook_disabled', webhook_id: turn.webhookId, reason: end.disabled };
  logger.warn(fault, 'a webhook is disabled; what it is to get waits until it is enabled again');
}

async function attempt(
  { targets, counters }: WebhookDispatcherOptions,
  { url, secrets }: Turn,
  delivery: TakenDelivery,
): Promise<EndedAttempt> {
  const startedAt = performance.now();
  const { messageId: id, body } = delivery;
  const answer = await targets.post({ url, id, body, secrets });
  const { status, pauseMs } = next(answer, delivery);
  counters.attempted(answer.fault ?? outcomeOf(answer));
  return { delivery, answer, durationMs: Math.round(performance.now() - startedAt), status, pauseMs };
}

/** What becomes of a delivery after this answer. */
function next(answer: TargetAnswer, { tries }: TakenDelivery): { status: DeliveryStatus; pauseMs: number } {
  const outcome = outcomeOf(answer);
  switch (outcome) {
    case 'delivered':
      return { status: 'delivered', pauseMs: 0 };
    case 'gone':
      return { status: 'given_up', pauseMs: 0 };
    case 'failed': {
      const pauseMs = retryPauseMs(tries, Math.random());
      return pauseMs === undefined ? { status: 'given_up', pauseMs: 0 } : { status: 'waiting', pauseMs };
    }
    default:
      return outcome satisfies never;
  }
}

function endOf({ webhookId, url, failedTurns, failingMs }: Turn, attempts: readonly EndedAttempt[]): TurnEnd {
  const outcomes = attempts.map(({ answer }) => outcomeOf(answer));
  const hasSucceeded = outcomes.includes('delivered');
  const hasFailedForDays = !hasSucceeded && failingMs >= DISABLED_AFTER_FAILING_MS;
  return {
    webhookId,
    url,
    hasSucceeded,
    pauseMs: hasSucceeded ? 0 : Math.round(backOffMs(failedTurns + 1, FIRST_RETRY_MS, LAST_RETRY_MS)),
    disabled: outcomes.includes('gone') ? 'gone' : hasFailedForDays ? 'failing' : null,
  };
}
