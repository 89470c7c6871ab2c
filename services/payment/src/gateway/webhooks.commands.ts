import type { ProblemCode, Refusal } from '@tenor/contracts';
import { type CommandContext, execute, isRefusal } from '@tenor/service-kit';
import { type OutcomesOptions, showContradiction } from './outcomes.commands.ts';
import type { ProviderNews } from './webhook.ts';
import { claimProviderEvent } from './webhooks.store.ts';

export type WebhookOutcome = 'changed' | 'unchanged' | 'duplicate' | 'ignored';

export interface WebhookService extends OutcomesOptions {
  readonly counters: { webhook(provider: string, outcome: WebhookOutcome | ProblemCode): void };
}

/**
 * Takes in a webhook once: its id is remembered in the transaction of its effect, so that a repetition changes
 * nothing, and one that could not be taken in is not remembered and can be sent again.
 */
export async function receiveWebhook(
  service: WebhookService,
  context: CommandContext,
  { eventId, kind, outcome }: ProviderNews,
): Promise<WebhookOutcome | Refusal> {
  const { database, kinds } = service;
  const done = await execute<{ outcome: WebhookOutcome }>(database, context, async (uow) => {
    if (!(await claimProviderEvent(uow, outcome.provider, eventId))) return { outcome: 'duplicate' };
    const change = await kinds[kind].conclude(uow, outcome);
    return isRefusal(change) ? change : { outcome: change };
  });
  if (!isRefusal(done)) return done.result.outcome;
  await showContradiction(service, kind, outcome, done);
  return done;
}
