import { type Clock, createWaiter, openBackbone, type RunningService, systemClock } from '@tenor/service-kit';
import type { PaymentConfig } from './config.ts';
import { projectedTopics, projectionGroup, startConsumers } from './consumers.ts';
import { createCounters } from './counters.ts';
import { openPaymentDatabase } from './database.ts';
import { paymentListRoutes } from './payments/payment-lists.routes.ts';
import type { PaymentService } from './payments/payments.commands.ts';
import { paymentRoutes } from './payments/payments.routes.ts';
import { answeredPayments } from './payments/payments.store.ts';
import { createProjection } from './payments/projection.commands.ts';

/**
 * Starts the payment service and resolves once it listens. Rejects when the database cannot be reached or lacks a
 * migration; a broker that is down stops nothing, since payments go on being accepted.
 */
export async function startPayment(config: PaymentConfig, clock: Clock = systemClock): Promise<RunningService> {
  const backbone = await openBackbone('payment', config, openPaymentDatabase);
  const { database, kafka, metrics } = backbone;
  const consumers = [startConsumers(backbone)];

  const endOffsets = (customerId: string) =>
    Promise.all(
      projectedTopics.map(async (topic) => {
        const { partition, endOffset } = await kafka.endOf(`${config.TOPIC_PREFIX}${topic}`, customerId);
        return { topic, partition, offset: endOffset };
      }),
    );
  const projection = createProjection(database, projectionGroup, endOffsets);
  const applied = createWaiter({ poll: (ids) => answeredPayments(database, ids) });
  const service: PaymentService = {
    database,
    counters: createCounters(metrics),
    clock,
    timeZone: config.TIME_ZONE,
    externalRefKey: config.EXTERNAL_REF_KEY,
    projection,
  };

  const app = await backbone.createApp(consumers);
  paymentRoutes(app, service, applied);
  paymentListRoutes(app, database);
  return backbone.listen(app, consumers, () => {
    applied.stop();
    projection.stop();
  });
}
