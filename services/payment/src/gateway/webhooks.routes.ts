import { type App, type Clock, isRefusal, refuse, signatureFault } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { gatewayCaller } from './outcomes.commands.ts';
import type { Provider } from './provider.client.ts';
import { readWebhook } from './webhook.ts';
import { receiveWebhook, type WebhookService } from './webhooks.commands.ts';
import { ProviderSchema, WebhookAnswerSchema, WebhookSchema } from './webhooks.schemas.ts';

/** The header in which a provider signs, in the form `t=1700000000,v1=hex`. */
const SIGNATURE_HEADER = 'tenor-signature';

export function webhookRoutes(app: App, service: WebhookService, providers: readonly Provider[], clock: Clock) {
  app.post(
    '/v1/gateway/:provider/webhooks',
    {
      config: {
        permission: 'signed',
        tolerant: true,
        refusals: ['not_found', 'state_conflict', 'settlement_mismatch'],
        signature: (request: FastifyRequest, body: Buffer) => {
          const { provider: name } = request.params as { provider: string };
          const provider = providers.find((each) => each.name === name);
          if (!provider) return refuse('not_found', 'No provider of this name is configured.');
          const fault = signatureFault({
            header: request.headers[SIGNATURE_HEADER],
            body,
            secrets: provider.webhookSecrets,
            now: clock.now(),
          });
          if (fault) service.counters.webhook(name, fault.refused);
          return fault ?? gatewayCaller(name);
        },
      },
      schema: {
        tags: ['gateway'],
        summary: "A payment provider's signed news of a charge or a payout",
        params: ProviderSchema,
        body: WebhookSchema,
        response: { 200: WebhookAnswerSchema },
      },
    },
    async (request) => {
      const { provider } = request.params;
      const news = readWebhook(provider, request.body);
      const { caller, id: requestId, ip: address, traceparent } = request;
      const outcome = news
        ? await receiveWebhook(service, { caller, requestId, address, traceparent }, news)
        : 'ignored';
      service.counters.webhook(provider, isRefusal(outcome) ? outcome.refused : outcome);
      return isRefusal(outcome) ? outcome : { outcome };
    },
  );
}
