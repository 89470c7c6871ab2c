import { type ExpectedVersion, events, type Refusal } from '@tenor/contracts';
import {
  isRefusal,
  newId,
  newWebhookSecret,
  refuse,
  timeOfId,
  type UnitOfWork,
  validationFailed,
} from '@tenor/service-kit';
import { replayDelivery, replayGivenUp, storeDeliveries } from './deliveries.store.ts';
import { patternsOfNothing } from './event-filter.ts';
import { targetFault } from './target-url.ts';
import { type ChangedWebhook, changeWebhook, type Webhook, type WebhookChanges } from './webhook.ts';
import { isPublicLiteral } from './webhook-target.client.ts';
import {
  countWebhooks,
  deleteWebhook,
  insertWebhook,
  lockWebhook,
  replaceSecret,
  updateWebhook,
} from './webhooks.store.ts';

export interface CreateWebhook {
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly string[];
}

/** Which secret was given out, by which it can be shown again to a repetition of the request. */
export type SecretGiven = { webhook_id: string; secret_number: number };

/** Every event reads all subscriptions. */
const WEBHOOKS_MAX = 100;
export const REPLAYED_MAX = 10_000;
/** Of a message that only tells whether a target is reached; no topic has it. */
const PING_TYPE = 'webhook.ping';

/** In the log of data changes. */
const entity = 'webhook';

const eventTypes = events.map(({ type }) => type);

export async function createWebhook(
  uow: UnitOfWork,
  allowedHosts: readonly string[],
  { url, description, eventTypes: wanted }: CreateWebhook,
): Promise<SecretGiven | Refusal> {
  const target = checkTarget(url, allowedHosts);
  if (isRefusal(target)) return target;
  const fault = patternFault(wanted);
  if (fault !== undefined) return fault;
  if ((await countWebhooks(uow)) >= WEBHOOKS_MAX) {
    return refuse('state_conflict', `There are ${WEBHOOKS_MAX} webhooks already; remove one first.`);
  }
  const id = newId();
  insertWebhook(uow, { id, url: target, description, eventTypes: wanted, secret: newWebhookSecret() });
  const after = loggedFields({ url: target, description, eventTypes: wanted, disabledReason: null });
  uow.recordChange({ entity, id, action: 'created', before: null, after });
  return { webhook_id: id, secret_number: 1 };
}

export interface ChangeWebhook extends WebhookChanges {
  readonly id: string;
  readonly expected: ExpectedVersion;
}

export async function changeWebhookRecord(
  uow: UnitOfWork,
  allowedHosts: readonly string[],
  { id, expected, ...changes }: ChangeWebhook,
): Promise<{ webhook_id: string } | Refusal> {
  const webhook = await lockWebhook(uow, id);
  if (webhook === undefined) return noWebhook(id);
  const url = changes.url === undefined ? undefined : checkTarget(changes.url, allowedHosts);
  if (isRefusal(url)) return url;
  const fault = changes.eventTypes && patternFault(changes.eventTypes);
  if (fault !== undefined) return fault;
  const changed = changeWebhook(webhook, { ...changes, url }, expected);
  if (isRefusal(changed)) return changed;
  updateWebhook(uow, id, changed);
  const before = loggedFields({ ...webhook, disabledReason: webhook.disabled?.reason ?? null });
  uow.recordChange({ entity, id, action: 'changed', before, after: loggedFields(changed) });
  return { webhook_id: id };
}

/** A new secret; the former one goes on signing beside it for a day. */
export async function rotateSecret(uow: UnitOfWork, id: string): Promise<SecretGiven | Refusal> {
  const number = await replaceSecret(uow, id, newWebhookSecret());
  if (number === undefined) return noWebhook(id);
  const numbered = (secret_number: number) => ({ secret_number });
  const [before, after] = [numbered(number - 1), numbered(number)];
  uow.recordChange({ entity, id, action: 'secret_rotated', before, after });
  return { webhook_id: id, secret_number: number };
}

export async function removeWebhook(uow: UnitOfWork, id: string): Promise<{ webhook_id: string } | Refusal> {
  const webhook = await lockWebhook(uow, id);
  if (webhook === undefined) return noWebhook(id);
  await deleteWebhook(uow, id);
  const before = loggedFields({ ...webhook, disabledReason: webhook.disabled?.reason ?? null });
  uow.recordChange({ entity, id, action: 'removed', before, after: null });
  return { webhook_id: id };
}

/** Has a message sent that says nothing, to this subscription alone, whatever events it wants. */
export async function pingWebhook(uow: UnitOfWork, id: string): Promise<{ delivery_id: string } | Refusal> {
  const webhook = await lockEnabled(uow, id);
  if (isRefusal(webhook)) return webhook;
  const [messageId, deliveryId] = [newId(), newId()];
  const ping = {
    specversion: '1.0',
    id: messageId,
    source: '/tenor/billing',
    type: PING_TYPE,
    subject: id,
    time: timeOfId(messageId)?.toISOString(),
    datacontenttype: 'application/json',
    data: { webhook_id: id },
  };
  const message = { id: messageId, type: PING_TYPE, subject: id, body: JSON.stringify(ping) };
  storeDeliveries(uow, [message], [{ id: deliveryId, webhookId: id, messageId }]);
  return { delivery_id: deliveryId };
}

/** Has one delivery sent again, also one that was delivered. */
export async function replay(
  uow: UnitOfWork,
  webhookId: string,
  deliveryId: string,
): Promise<{ delivery_id: string } | Refusal> {
  const webhook = await lockEnabled(uow, webhookId);
  if (isRefusal(webhook)) return webhook;
  if (!(await replayDelivery(uow, webhookId, deliveryId))) return noDelivery(deliveryId);
  const after = { delivery_id: deliveryId };
  uow.recordChange({ entity, id: webhookId, action: 'replayed', before: null, after });
  return { delivery_id: deliveryId };
}

/** Has those sent again that were given up and are no older than `since`: at most REPLAYED_MAX, the oldest first. */
export async function replaySince(
  uow: UnitOfWork,
  webhookId: string,
  since: string,
): Promise<{ replayed: number } | Refusal> {
  const webhook = await lockEnabled(uow, webhookId);
  if (isRefusal(webhook)) return webhook;
  const replayed = await replayGivenUp(uow, webhookId, since, REPLAYED_MAX);
  uow.recordChange({ entity, id: webhookId, action: 'replayed', before: null, after: { since, replayed } });
  return { replayed };
}

function loggedFields({ url, description, eventTypes, disabledReason }: Omit<ChangedWebhook, 'version'>) {
  return { url, description, event_types: eventTypes, disabled_reason: disabledReason };
}

export const noWebhook = (id: string): Refusal => refuse('not_found', `There is no webhook ${id}.`);
export const noDelivery = (id: string): Refusal => refuse('not_found', `There is no delivery ${id} of this webhook.`);

async function lockEnabled(uow: UnitOfWork, id: string): Promise<Webhook | Refusal> {
  const webhook = await lockWebhook(uow, id);
  if (webhook === undefined) return noWebhook(id);
  if (webhook.disabled === null) return webhook;
  return refuse('state_conflict', 'The webhook is disabled; enable it first.');
}

/** The URL as its parser writes it. */
function checkTarget(url: string, allowedHosts: readonly string[]): string | Refusal {
  const parsed = URL.parse(url) ?? undefined;
  const message = targetFault(parsed, allowedHosts, isPublicLiteral);
  if (message !== undefined) return validationFailed([{ pointer: '/url', code: 'target', message }]);
  return parsed?.href ?? url;
}

function patternFault(patterns: readonly string[]): Refusal | undefined {
  const [none] = patternsOfNothing(patterns, eventTypes);
  if (none === undefined) return undefined;
  return validationFailed([{ pointer: '/event_types', code: 'unknown', message: `has ${none}, which no event is of` }]);
}
