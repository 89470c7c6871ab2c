import { entityTag, expectedVersion, IfMatchSchema, PageQuerySchema, UuidSchema } from '@tenor/contracts';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import type { Webhook } from './webhook.ts';
import {
  type ChangeWebhook,
  changeWebhookRecord,
  createWebhook,
  noWebhook,
  removeWebhook,
  rotateSecret,
  type SecretGiven,
} from './webhooks.commands.ts';
import {
  NewWebhookAnswerSchema,
  NewWebhookSchema,
  SecretSchema,
  type WebhookJson,
  WebhookPageSchema,
  WebhookParamsSchema,
  type WebhookPatch,
  WebhookPatchSchema,
  WebhookSchema,
} from './webhooks.schemas.ts';
import { findWebhook, pageOfWebhooks, secretNumbered } from './webhooks.store.ts';

const tags = ['webhooks'];

export interface WebhooksService {
  readonly database: Database;
  /** Hosts that may be internal. */
  readonly allowedHosts: readonly string[];
  /** Tells that something became due. */
  readonly wake: () => void;
}

export function webhooksRoutes(app: App, service: WebhooksService): void {
  creation(app, service);
  changes(app, service);
  removal(app, service);
  reads(app, service);
}

function creation(app: App, { database, allowedHosts }: WebhooksService): void {
  app.post(
    '/v1/webhooks',
    {
      config: { permission: 'webhooks:write', refusals: ['state_conflict'] },
      schema: {
        tags,
        summary: 'Subscribe a URL to events; the answer alone shows the secret',
        body: NewWebhookSchema,
        response: { 201: NewWebhookAnswerSchema },
      },
    },
    async (request, reply) => {
      const { url, description = null, event_types: eventTypes = ['*'] } = request.body;
      const command = { url, description, eventTypes };
      const outcome = await execute(database, commandContext(request), (uow) =>
        createWebhook(uow, allowedHosts, command),
      );
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const { webhook_id: id } = outcome.result;
      const webhook = await findWebhook(database, id);
      if (webhook === undefined) return noWebhook(id);
      reply.code(201).header('ETag', entityTag(webhook.version)).header('Location', `/v1/webhooks/${id}`);
      return { ...present(webhook), ...(await secretOf(database, outcome.result)) };
    },
  );

  app.post(
    '/v1/webhooks/:id/rotate-secret',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found'] },
      schema: {
        tags,
        summary: 'Replace the secret; the former one signs beside it for a day',
        params: WebhookParamsSchema,
        response: { 200: SecretSchema },
      },
    },
    async (request, reply) => {
      const outcome = await execute(database, commandContext(request), (uow) => rotateSecret(uow, request.params.id));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      return secretOf(database, outcome.result);
    },
  );
}

function changes(app: App, { database, allowedHosts, wake }: WebhooksService): void {
  app.patch(
    '/v1/webhooks/:id',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found', 'version_conflict'] },
      schema: {
        tags,
        summary: 'Change, disable or enable a webhook',
        params: WebhookParamsSchema,
        headers: IfMatchSchema,
        body: WebhookPatchSchema,
        response: { 200: WebhookSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const expected = expectedVersion(request.headers['if-match']);
      const command: ChangeWebhook = { id, expected, ...toChanges(request.body) };
      const outcome = await execute(database, commandContext(request), (uow) =>
        changeWebhookRecord(uow, allowedHosts, command),
      );
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      wake();
      const webhook = await findWebhook(database, id);
      if (webhook === undefined) return noWebhook(id);
      reply.header('ETag', entityTag(webhook.version));
      return present(webhook);
    },
  );
}

function removal(app: App, { database }: WebhooksService): void {
  app.delete(
    '/v1/webhooks/:id',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found'] },
      schema: {
        tags,
        summary: 'Remove a webhook with all that waits for it',
        params: WebhookParamsSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const outcome = await execute(database, commandContext(request), (uow) => removeWebhook(uow, request.params.id));
      if (isRefusal(outcome)) return outcome;
      return reply.code(204).send(null);
    },
  );
}

function reads(app: App, { database }: WebhooksService): void {
  app.get(
    '/v1/webhooks',
    {
      config: { permission: 'webhooks:read' },
      schema: {
        tags,
        summary: 'List webhooks, newest first',
        querystring: PageQuerySchema,
        response: { 200: WebhookPageSchema },
      },
    },
    ({ query }) =>
      readPage(query, UuidSchema, (before, limit) => pageOfWebhooks(database, before, limit), {
        item: present,
        position: ({ id }) => id,
      }),
  );

  app.get(
    '/v1/webhooks/:id',
    {
      config: { permission: 'webhooks:read', refusals: ['not_found'] },
      schema: { tags, summary: 'Read a webhook', params: WebhookParamsSchema, response: { 200: WebhookSchema } },
    },
    async ({ params: { id } }, reply) => {
      const webhook = await findWebhook(database, id);
      if (webhook === undefined) return noWebhook(id);
      reply.header('ETag', entityTag(webhook.version));
      return present(webhook);
    },
  );
}

async function secretOf(database: Database, { webhook_id: id, secret_number: number }: SecretGiven) {
  return { secret: await secretNumbered(database, id, number) };
}

function toChanges({ url, description, event_types: eventTypes, status }: WebhookPatch) {
  return { url, description, eventTypes, isEnabled: status && status === 'enabled' };
}

function present(webhook: Webhook): WebhookJson {
  const { disabled } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    description: webhook.description,
    event_types: [...webhook.eventTypes],
    status: disabled === null ? 'enabled' : 'disabled',
    disabled_reason: disabled?.reason ?? null,
    disabled_at: disabled?.at ?? null,
    failing_since: webhook.failingSince,
    version: webhook.version,
    created_at: webhook.createdAt,
  };
}
