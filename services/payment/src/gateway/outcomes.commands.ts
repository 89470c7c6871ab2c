import type { Refusal } from '@tenor/contracts';
import { type Caller, childTraceparent, type Database, execute, isRefusal, newId } from '@tenor/service-kit';
import type { ProviderCallKind } from '../payments/provider-calls.store.ts';
import type { CallKinds } from './call-kinds.commands.ts';
import type { ProviderOutcome } from './provider-call.ts';

/** Who acts when a provider's news changes something here. */
export const gatewayCaller = (provider: string): Caller => ({ id: `gateway:${provider}`, roles: ['service'] });

/**
 * Takes in an outcome that was told by an answer of the provider, in a transaction of its own: with the same effect as
 * the webhook of that outcome, whichever of them is first.
 */
export async function takeOutcome(
  { database, kinds }: { readonly database: Database; readonly kinds: CallKinds },
  kind: ProviderCallKind,
  outcome: ProviderOutcome,
): Promise<'changed' | 'unchanged' | Refusal> {
  const context = { caller: gatewayCaller(outcome.provider), requestId: newId(), traceparent: childTraceparent() };
  const done = await execute<{ change: 'changed' | 'unchanged' }>(database, context, async (uow) => {
    const change = await kinds[kind].conclude(uow, outcome);
    return isRefusal(change) ? change : { change };
  });
  return isRefusal(done) ? done : done.result.change;
}
