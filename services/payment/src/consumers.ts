import { topics } from '@tenor/contracts';
import { type Backbone, type Consumer, startConsumer } from '@tenor/service-kit';
import { billingConsumer } from './loan-accounts/loan-accounts.consumer.ts';
import { followBilling } from './payments/billing-answers.commands.ts';

/** The consumer group by which payment projects billing's events; also the name of its inbox and progress rows. */
export const projectionGroup = 'payment.projection';

/** The topics that the projection is made of. */
export const projectedTopics = [topics.loans, topics.customers] as const;

/** Starts reading billing's topics into loan accounts and payments. */
export function startConsumers(backbone: Backbone): Consumer {
  const handle = billingConsumer(followBilling);
  const snapshots = ['loan.snapshot'] as const;
  return startConsumer({ ...backbone, group: projectionGroup, topics: projectedTopics, snapshots, handle });
}
