import { UuidSchema } from '@tenor/contracts';
import { type App, commandContext, type Database, execute, isRefusal, readPage } from '@tenor/service-kit';
import { attemptsOf, bodyOfMessage, type Delivery, findDelivery, pageOfDeliveries } from './deliveries.store.ts';
import { noDelivery, noWebhook, pingWebhook, replay, replaySince } from './webhooks.commands.ts';
import type { WebhooksService } from './webhooks.routes.ts';
import {
  DeliveryDetailSchema,
  type DeliveryJson,
  DeliveryListQuerySchema,
  DeliveryPageSchema,
  DeliveryParamsSchema,
  DeliverySchema,
  ReplayAnswerSchema,
  ReplayRequestSchema,
  WebhookParamsSchema,
} from './webhooks.schemas.ts';
import { findWebhook } from './webhooks.store.ts';

const tags = ['webhooks'];
const ATTEMPTS_SHOWN_MAX = 50;

export function deliveriesRoutes(app: App, service: WebhooksService): void {
  reads(app, service);
  testing(app, service);
  replays(app, service);
}

function reads(app: App, { database }: WebhooksService): void {
  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { permission: 'webhooks:read', refusals: ['not_found'] },
      schema: {
        tags,
        summary: 'What was sent or waits to be, newest first, for 30 days',
        params: WebhookParamsSchema,
        querystring: DeliveryListQuerySchema,
        response: { 200: DeliveryPageSchema },
      },
    },
    async ({ params: { id: webhookId }, query: { status, ...page } }) => {
      if ((await findWebhook(database, webhookId)) === undefined) return noWebhook(webhookId);
      return readPage(
        page,
        UuidSchema,
        (before, limit) => pageOfDeliveries(database, { webhookId, status, before, limit }),
        { item: present, position: ({ id }) => id },
      );
    },
  );

  app.get(
    '/v1/webhooks/:id/deliveries/:delivery_id',
    {
      config: { permission: 'webhooks:read', refusals: ['not_found'] },
      schema: {
        tags,
        summary: 'Read a delivery with its body and the log of its attempts',
        params: DeliveryParamsSchema,
        response: { 200: DeliveryDetailSchema },
      },
    },
    async ({ params: { id, delivery_id: deliveryId } }) => {
      const delivery = await findDelivery(database, id, deliveryId);
      const body = delivery && (await bodyOfMessage(database, delivery.message.id));
      if (delivery === undefined || body === undefined) return noDelivery(deliveryId);
      return { ...present(delivery), body, log: await attemptsOf(database, deliveryId, ATTEMPTS_SHOWN_MAX) };
    },
  );
}

function testing(app: App, { database, wake }: WebhooksService): void {
  app.post(
    '/v1/webhooks/:id/test',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found', 'state_conflict'] },
      schema: {
        tags,
        summary: 'Send a webhook.ping; what became of it is read as of any delivery',
        params: WebhookParamsSchema,
        response: { 202: DeliverySchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const outcome = await execute(database, commandContext(request), (uow) => pingWebhook(uow, id));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      wake();
      reply.code(202);
      return show(database, id, outcome.result.delivery_id);
    },
  );
}

function replays(app: App, { database, wake }: WebhooksService): void {
  app.post(
    '/v1/webhooks/:id/deliveries/:delivery_id/replay',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found', 'state_conflict'] },
      schema: {
        tags,
        summary: 'Send a delivery again, under the same webhook-id',
        params: DeliveryParamsSchema,
        response: { 202: DeliverySchema },
      },
    },
    async (request, reply) => {
      const { id, delivery_id: deliveryId } = request.params;
      const outcome = await execute(database, commandContext(request), (uow) => replay(uow, id, deliveryId));
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      wake();
      reply.code(202);
      return show(database, id, deliveryId);
    },
  );

  app.post(
    '/v1/webhooks/:id/replay',
    {
      config: { permission: 'webhooks:write', refusals: ['not_found', 'state_conflict'] },
      schema: {
        tags,
        summary: 'Send again what was given up since a time',
        params: WebhookParamsSchema,
        body: ReplayRequestSchema,
        response: { 202: ReplayAnswerSchema },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const outcome = await execute(database, commandContext(request), (uow) =>
        replaySince(uow, params.id, body.since),
      );
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      wake();
      return reply.code(202).send(outcome.result);
    },
  );
}

async function show(database: Database, webhookId: string, deliveryId: string) {
  const delivery = await findDelivery(database, webhookId, deliveryId);
  return delivery === undefined ? noDelivery(deliveryId) : present(delivery);
}

function present({ message, ...delivery }: Delivery): DeliveryJson {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    event_id: message.id,
    event_type: message.type,
    subject: message.subject,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextAttemptAt,
    created_at: delivery.createdAt,
    ended_at: delivery.endedAt,
  };
}
