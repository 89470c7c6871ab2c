import { topics } from '@tenor/contracts';
import { type Backbone, type Consumer, startConsumer } from '@tenor/service-kit';
import { billingConsumer } from './loan-accounts/loan-accounts.consumer.ts';
import { followBilling } from './payments/billing-answers.commands.ts';
import { followRefunds, type WakeProvider } from './refunds/refunds.commands.ts';

/** The consumer group by which payment projects billing's events; also the name of its inbox and progress rows. */
export const projectionGroup = 'payment.projection';

/** The topics that the projection is made of. */
export const projectedTopics = [topics.loans, topics.customers] as const;

/** Starts reading billing's topics into loan accounts, payments and refunds. */
export function startConsumers(backbone: Backbone, wake: WakeProvider): Consumer {
  const handle = billingConsumer(async (uow, deliveries, superseded) => {
    await followBilling(uow, deliveries, superseded);
    await followRefunds(uow, wake, deliveries);
  });
  const snapshots = ['loan.snapshot'] as const;
  return startConsumer({ ...backbone, group: projectionGroup, topics: projectedTopics, snapshots, handle });
}
