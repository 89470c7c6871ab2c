import { setTimeout as sleep } from 'node:timers/promises';
import { registerProfiles } from '@tenor/profile-kit';
import { rowJobPurges, rowLimits, startRowWorker } from '@tenor/row-jobs';
import {
  type Clock,
  clientToken,
  createWaiter,
  fileToken,
  type KafkaConnection,
  openBackbone,
  type RunningService,
  registerAuditRoute,
  systemClock,
  type TokenSource,
  valueReader,
} from '@tenor/service-kit';
import { auditSources } from './audit-sources.ts';
import type { PaymentConfig } from './config.ts';
import { projectedTopics, projectionGroup, startConsumers } from './consumers.ts';
import { createCallGauges, createCounters, createGatewayCounters, createReconciliationCounters } from './counters.ts';
import { openPaymentDatabase } from './database.ts';
import { startCallWatch } from './gateway/call-watch.commands.ts';
import { charges } from './gateway/charges.commands.ts';
import { startDispatchers } from './gateway/dispatchers.commands.ts';
import { payouts } from './gateway/payouts.commands.ts';
import type { Provider } from './gateway/provider.client.ts';
import { webhookRoutes } from './gateway/webhooks.routes.ts';
import { providerEventPurge } from './gateway/webhooks.store.ts';
import { paymentOwners } from './owners.ts';
import { paymentListRoutes } from './payments/payment-lists.routes.ts';
import type { PaymentService } from './payments/payments.commands.ts';
import { paymentRoutes } from './payments/payments.routes.ts';
import { answeredPayments } from './payments/payments.store.ts';
import { createProjection, type ReadEndOffsets } from './payments/projection.commands.ts';
import { referencesClient } from './profiles/references.client.ts';
import { profileParts } from './profiles.ts';
import { askBilling, createBillingClient } from './reconciliation/billing.client.ts';
import { reconciliationRoutes } from './reconciliation/reconciliation.routes.ts';
import { refundRoutes } from './refunds/refunds.routes.ts';
import { decidedRefunds } from './refunds/refunds.store.ts';
import { settlementFileRoutes } from './settlement-files/settlement-files.routes.ts';
import { BulkPaymentSchema } from './settlement-files/settlement-files.schemas.ts';
import { paymentsBulk } from './settlement-files/settlements.commands.ts';

const SETTLEMENT_ROWS_MAX = 1_000_000;

/**
 * Starts the payment service and resolves once it listens. Rejects when the database cannot be reached or lacks a
 * migration; a broker that is down stops nothing, since payments go on being accepted.
 */
export async function startPayment(config: PaymentConfig, clock: Clock = systemClock): Promise<RunningService> {
  const tokens = serviceTokens(config);
  const backbone = await openBackbone('payment', config, openPaymentDatabase, [providerEventPurge, ...rowJobPurges]);
  const { database, kafka, metrics } = backbone;

  const endOf = (topic: string, customerId: string) => kafka.endOf(`${config.TOPIC_PREFIX}${topic}`, customerId);
  const projection = createProjection(database, projectionGroup, endOffsetsOf(kafka, config.TOPIC_PREFIX));
  const applied = createWaiter({ poll: (ids) => answeredPayments(database, ids) });
  const providers = providersOf(config);
  const kinds = { charge: charges, payout: payouts };
  const gatewayCounters = createGatewayCounters(metrics);
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});
  const dispatchers = startDispatchers(providers, { ...backbone, kinds, counters: gatewayCounters, pause });
  const names = providers.map(({ name }) => name);
  const watch = startCallWatch({ ...backbone, providers: names, gauges: createCallGauges(metrics), pause });
  const consumers = [startConsumers(backbone, dispatchers.wake)];
  const decided = createWaiter({ poll: (ids) => decidedRefunds(database, ids) });
  const service: PaymentService = {
    database,
    counters: createCounters(metrics),
    clock,
    timeZone: config.TIME_ZONE,
    externalRefKey: config.EXTERNAL_REF_KEY,
    projection,
    gateway: {
      providers: names,
      holdMinutes: config.GATEWAY_HOLD_MINUTES,
      wake: dispatchers.wake,
    },
  };

  const worker = startRowWorker({
    ...backbone,
    kinds: [paymentsBulk(service, valueReader(BulkPaymentSchema))],
    limits: rowLimits(SETTLEMENT_ROWS_MAX),
    secret: config.EXTERNAL_REF_KEY,
  });

  const app = await backbone.createApp(consumers, { owners: paymentOwners(database) });
  const billing = { url: config.BILLING_URL, tokens };
  registerAuditRoute(app, { path: '/v1/payment/audit', database, sources: auditSources });
  paymentRoutes(app, service, applied);
  paymentListRoutes(app, database);
  settlementFileRoutes(app, database, worker);
  refundRoutes(app, service, decided);
  webhookRoutes(app, { ...backbone, kinds, counters: gatewayCounters }, providers, clock);
  reconciliationRoutes(app, {
    database,
    books: createBillingClient(billing),
    projection: { consumer: projectionGroup, topics: projectedTopics },
    endOf,
    pause: sleep,
    wake: dispatchers.wake,
    counters: createReconciliationCounters(metrics),
  });
  const askReferences = referencesClient((question) => askBilling(billing, '/internal/v1/references', question));
  await registerProfiles(app, config, profileParts({ ...service, applied, askReferences }));
  return backbone.listen(app, consumers, async () => {
    applied.stop();
    decided.stop();
    projection.stop();
    await Promise.all([dispatchers.stop(), watch.stop(), worker.stop()]);
  });
}

/** Payment's own identity for billing; undefined where there is none. Throws for half of one, and for two. */
function serviceTokens(config: PaymentConfig): TokenSource | undefined {
  const { BILLING_URL, BILLING_TOKEN_FILE: file, BILLING_CLIENT_ID: clientId, BILLING_CLIENT_SECRET } = config;
  const hasClient = clientId !== undefined && BILLING_CLIENT_SECRET !== undefined;
  if (!hasClient && (clientId !== undefined || BILLING_CLIENT_SECRET !== undefined)) {
    throw new Error('BILLING_CLIENT_ID and BILLING_CLIENT_SECRET go together');
  }
  if (!hasClient) return file === undefined ? undefined : fileToken(file);
  if (file !== undefined) throw new Error('Give either BILLING_TOKEN_FILE or BILLING_CLIENT_ID, not both');
  const url = config.BILLING_TOKEN_URL ?? `${BILLING_URL.replace(/\/$/, '')}/v1/auth/token`;
  return clientToken({ url, clientId, clientSecret: BILLING_CLIENT_SECRET });
}

function providersOf({ GATEWAY_PROVIDERS }: PaymentConfig): Provider[] {
  return Object.entries(GATEWAY_PROVIDERS).map(([name, { url, api_key: apiKey, webhook_secrets: webhookSecrets }]) => ({
    name,
    url,
    apiKey,
    webhookSecrets,
  }));
}

/** Where the projected topics end, in the partitions of one customer. */
function endOffsetsOf({ endOf }: Pick<KafkaConnection, 'endOf'>, prefix: string): ReadEndOffsets {
  return (customerId) =>
    Promise.all(
      projectedTopics.map(async (topic) => {
        const { partition, endOffset } = await endOf(`${prefix}${topic}`, customerId);
        return { topic, partition, offset: endOffset };
      }),
    );
}
