import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import type { EventPattern } from './event-filter.ts';

/** Why nothing is sent: an admin said so, the target failed for days, or it said that it is gone for good (410). */
export type DisabledReason = 'by_request' | 'failing' | 'gone';

/** A subscription, without its secrets. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly EventPattern[];
  readonly disabled: { readonly reason: DisabledReason; readonly at: string } | null;
  /** Since when every attempt has failed; null when the last one did not. */
  readonly failingSince: string | null;
  readonly version: number;
  readonly createdAt: string;
}

/** What a PATCH asks for; a member left out stays as it is. */
export interface WebhookChanges {
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  readonly eventTypes?: readonly EventPattern[] | undefined;
  readonly isEnabled?: boolean | undefined;
}

/** What is stored of a change: null for a subscription that is enabled. */
export interface ChangedWebhook extends Pick<Webhook, 'url' | 'description' | 'eventTypes' | 'version'> {
  readonly disabledReason: DisabledReason | null;
}

/**
 * The subscription after `changes`, one version later. A reason for being disabled stays until it is enabled. Refuses
 * `version_conflict` when the caller edited another version.
 */
export function changeWebhook(
  webhook: Webhook,
  { url, description, eventTypes, isEnabled }: WebhookChanges,
  expected: ExpectedVersion,
): ChangedWebhook | Refusal {
  if (typeof expected === 'number' && expected !== webhook.version) {
    return {
      refused: 'version_conflict',
      detail: `The webhook is at version ${webhook.version}, not ${expected}; read it again.`,
    };
  }
  const reasonNow = webhook.disabled?.reason ?? null;
  return {
    url: url ?? webhook.url,
    description: description === undefined ? webhook.description : description,
    eventTypes: eventTypes ?? webhook.eventTypes,
    disabledReason: isEnabled === undefined ? reasonNow : isEnabled ? null : (reasonNow ?? 'by_request'),
    version: webhook.version + 1,
  };
}
