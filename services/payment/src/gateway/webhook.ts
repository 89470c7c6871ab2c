import { isCurrency, parseAmount } from '@tenor/money';
import type { ProviderCallKind } from '../payments/provider-calls.store.ts';
import { failureCodeOf, type ProviderOutcome } from './provider-call.ts';
import type { WebhookBody } from './webhooks.schemas.ts';

/** What a webhook is about; undefined for a type that says nothing of a charge or a payout. */
export interface ProviderNews {
  eventId: string;
  kind: ProviderCallKind;
  outcome: ProviderOutcome;
}

const typeForm = /^(charge|payout)\.(succeeded|failed)$/;

/** Reads a webhook. An amount that cannot be read counts as none, which no payment matches. */
export function readWebhook(provider: string, { id, type, data }: WebhookBody): ProviderNews | undefined {
  const [, kind, verb] = typeForm.exec(type) ?? [];
  if (kind !== 'charge' && kind !== 'payout') return undefined;
  const result =
    verb === 'succeeded'
      ? ({ succeeded: true, amount: minorUnits(data.amount, data.currency), currency: data.currency } as const)
      : ({ succeeded: false, failureCode: failureCodeOf(data.failure_code) } as const);
  return { eventId: id, kind, outcome: { provider, reference: data.reference.toLowerCase(), result } };
}

function minorUnits(amount: string, currency: string): bigint {
  const minor = isCurrency(currency) ? parseAmount(amount, currency) : 0n;
  return typeof minor === 'bigint' ? minor : 0n;
}
