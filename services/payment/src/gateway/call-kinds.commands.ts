import type { Refusal } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';
import type { ProviderCallKind } from '../payments/provider-calls.store.ts';
import type { ProviderOutcome } from './provider-call.ts';

/**
 * One kind of thing that providers do for us. A new kind joins in three steps:
 * 1. `requestProviderCall(uow, { kind, id, … })` in the transaction that stores what it is for, and after the commit
 *    `dispatchers.wake(provider)`; the dispatcher sends it, `POST {path}` with `Idempotency-Key: {id}`, until the
 *    provider has answered, and the poller asks for its outcome, `GET {path}/{id}`, when no webhook brings it.
 * 2. `conclude` for what became of it: called for the webhooks `{kind}.succeeded` and `{kind}.failed`, for the same
 *    answers to whoever asks, for a refused attempt, and for a call that is given up unanswered. It lets `weigh` say what
 *    that means beside the other attempts, and ends the call with `endProviderCall`.
 * 3. An entry in `app.ts`.
 */
export interface CallKind {
  /** Below the provider's URL, such as `/v1/charges`. */
  readonly path: string;
  /**
   * Takes in an outcome, inside the transaction that remembers its webhook, if it has one: locks the customer, decides, saves,
   * publishes. It may come late, twice and out of order, and says whether it changed anything. A refusal rolls
   * everything back, and the provider sends the webhook again: `not_found` for a reference that is not known (yet).
   * Of a call given up unanswered (`wasMade: 'unknown'`), a charge fails, since money that comes after all still settles;
   * a payout stays as it is, since the money may have gone and its credit must not come back as well.
   */
  conclude(uow: UnitOfWork, outcome: ProviderOutcome): Promise<'changed' | 'unchanged' | Refusal>;
}

export type CallKinds = Readonly<Record<ProviderCallKind, CallKind>>;
