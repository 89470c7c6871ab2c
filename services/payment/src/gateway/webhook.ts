import type { ProviderCallKind } from '../payments/provider-calls.store.ts';
import { type ProviderOutcome, resultOf } from './provider-call.ts';
import type { WebhookBody } from './webhooks.schemas.ts';

/** What a webhook is about; undefined for a type that says nothing of a charge or a payout. */
export interface ProviderNews {
  eventId: string;
  kind: ProviderCallKind;
  outcome: ProviderOutcome;
}

const typeForm = /^(charge|payout)\.(succeeded|failed)$/;

/** Reads a webhook. */
export function readWebhook(provider: string, { id, type, data }: WebhookBody): ProviderNews | undefined {
  const [, kind, status] = typeForm.exec(type) ?? [];
  if (kind !== 'charge' && kind !== 'payout') return undefined;
  const result = resultOf(status === 'succeeded' ? 'succeeded' : 'failed', data);
  return { eventId: id, kind, outcome: { provider, reference: data.reference.toLowerCase(), result } };
}
