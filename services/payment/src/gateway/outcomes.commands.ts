import type { ProblemCode, Refusal } from '@tenor/contracts';
import {
  type Caller,
  childTraceparent,
  type Database,
  execute,
  isRefusal,
  type Logger,
  newId,
} from '@tenor/service-kit';
import type { CallKey, ProviderCallKind } from '../payments/provider-calls.store.ts';
import type { ProviderResult } from '../payments/provider-result.ts';
import type { CallKinds } from './call-kinds.commands.ts';
import type { Provider, ProviderClient } from './provider.client.ts';
import type { ProviderOutcome } from './provider-call.ts';
import { keepContradiction, keepDenial } from './provider-polls.store.ts';

export interface OutcomesOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly kinds: CallKinds;
}

/**
 * What asking for a call came to. `denied`: an attempt was refused, and now the provider tells of no call or of a failed
 * one, which does not conclude it yet. A problem code: its outcome could not be taken in.
 */
export type Asked = 'concluded' | 'pending' | 'unknown' | 'denied' | 'faulted' | ProblemCode;

/** Who acts when a provider's news changes something here. */
export const gatewayCaller = (provider: string): Caller => ({ id: `gateway:${provider}`, roles: ['service'] });

/** Asks the provider what became of a call, and takes that in if it tells. */
export async function askOutcome(
  options: OutcomesOptions & { readonly provider: Provider; readonly client: ProviderClient },
  call: CallKey,
): Promise<Asked> {
  const { database, provider, client, kinds } = options;
  const { kind, id } = call;
  const status = await client.ask({ path: kinds[kind].path, id });
  if (status.kind === 'pending' || status.kind === 'faulted') return status.kind;
  const told = status.kind === 'concluded' ? status.result : undefined;
  const refusalCode = told?.succeeded ? undefined : await keepDenial(database.background, call);
  const result = told ?? refusalOf(refusalCode);
  if (result === undefined) return 'unknown';
  const taken = await takeOutcome(options, kind, { provider: provider.name, reference: id, result });
  if (isRefusal(taken)) return taken.refused;
  return refusalCode !== undefined && taken === 'unchanged' ? 'denied' : 'concluded';
}

/** What it says that a provider has no call: nothing, unless an attempt was refused. */
function refusalOf(failureCode: string | undefined): ProviderResult | undefined {
  return failureCode === undefined ? undefined : { succeeded: false, failureCode, wasMade: 'no' };
}

/**
 * Takes in an outcome that was told by an answer of the provider, in a transaction of its own: with the same effect as
 * the webhook of that outcome, whichever of them is first.
 */
export async function takeOutcome(
  options: OutcomesOptions,
  kind: ProviderCallKind,
  outcome: ProviderOutcome,
): Promise<'changed' | 'unchanged' | Refusal> {
  const { database, kinds } = options;
  const context = { caller: gatewayCaller(outcome.provider), requestId: newId(), traceparent: childTraceparent() };
  const done = await execute<{ change: 'changed' | 'unchanged' }>(database, context, async (uow) => {
    const change = await kinds[kind].conclude(uow, outcome);
    return isRefusal(change) ? change : { change };
  });
  if (!isRefusal(done)) return done.result.change;
  await showContradiction(options, kind, outcome, done);
  return done;
}

/**
 * Keeps in sight what contradicts how a payout ended here, such as one that failed by a refusal and that its provider says
 * it has made: the customer has the money and the credit. A charge contradicts nothing, since money that comes settles it
 * whatever it was.
 */
export async function showContradiction(
  { database, logger }: Pick<OutcomesOptions, 'database' | 'logger'>,
  kind: ProviderCallKind,
  { provider, reference: id }: ProviderOutcome,
  { refused: why }: Refusal,
): Promise<void> {
  if (kind !== 'payout' || !(await keepContradiction(database.background, provider, id))) return;
  logger.warn({ code: 'payout_contradicted', provider, kind, id, why }, 'a provider contradicts how a payout ended');
}
