import { topics } from '@tenor/contracts';
import { type Backbone, type Consumer, startConsumer } from '@tenor/service-kit';
import type { RepaymentService } from './repayments/repayments.commands.ts';
import { repaymentsConsumer } from './repayments/repayments.consumer.ts';

/** The consumer group that applies payments; also the name of its inbox and progress rows. */
export const repaymentsGroup = 'billing.repayments';

/** Starts what listens to the payment service. */
export function startConsumers(backbone: Backbone, service: RepaymentService): Consumer {
  return startConsumer({
    ...backbone,
    group: repaymentsGroup,
    topics: [topics.payments],
    types: ['payment.settled', 'payment.reversed'],
    handle: repaymentsConsumer(service),
  });
}
