import { topics } from '@tenor/contracts';
import {
  type Backbone,
  type Clock,
  type Consumer,
  type Delivery,
  startConsumer,
  type UnitOfWork,
} from '@tenor/service-kit';
import { refundsConsumer } from './credit-balances/refunds.consumer.ts';
import { lockCustomers } from './customers/customers.store.ts';
import { recordNotifications } from './notifications/recording.commands.ts';
import type { RepaymentService } from './repayments/repayments.commands.ts';
import { repaymentsConsumer } from './repayments/repayments.consumer.ts';
import { recordDeliveries } from './webhooks/recording.commands.ts';

/** The consumer group that applies payments; also the name of its inbox and progress rows. */
export const repaymentsGroup = 'billing.repayments';
/** The consumer group by which events leave the house, as webhooks and as messages to customers. */
export const outwardGroup = 'billing.outward';

/** Starts what listens to the payment service. */
export function startConsumers(backbone: Backbone, service: RepaymentService): Consumer {
  return startConsumer({
    ...backbone,
    group: repaymentsGroup,
    topics: [topics.payments],
    types: [
      'payment.settled',
      'payment.reversed',
      'payment.refund_requested',
      'payment.refund_paid_out',
      'payment.refund_failed',
    ],
    handle: paymentsConsumer(service),
  });
}

export interface OutwardService {
  readonly clock: Clock;
  /** Whether there is a provider by whom customers are told. */
  readonly isNotifying: boolean;
  /** Tells that something is to be sent. */
  readonly wake: () => void;
}

/** Starts what listens to all topics for those outside; what is to be sent commits with the inbox. */
export function startOutwardConsumer(backbone: Backbone, { clock, isNotifying, wake }: OutwardService): Consumer {
  return startConsumer({
    ...backbone,
    group: outwardGroup,
    topics: [topics.loans, topics.customers, topics.payments],
    // It has no dead letter here, since the consumer that keeps books of it has one.
    passesOverUnreadable: true,
    handle: async (uow, deliveries) => {
      const events = deliveries.map(({ event }) => event);
      await recordDeliveries(uow, events);
      if (isNotifying) recordNotifications(uow, events, clock.now());
      uow.afterCommit(wake);
    },
  });
}

/**
 * Payments and refunds in the order in which they came: a refund sees the credit that the payment before it left.
 * Payments that no refund separates are applied as one set.
 */
export function paymentsConsumer(service: RepaymentService) {
  const repayments = repaymentsConsumer(service);
  const refunds = refundsConsumer(service);
  return async (uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<void> => {
    if (!deliveries.some(isOfRefund)) return repayments(uow, deliveries);
    await lockCustomers(uow, [...new Set(deliveries.map(({ customerId }) => customerId))]);
    for (const run of runsOf(deliveries)) await (run.some(isOfRefund) ? refunds : repayments)(uow, run);
  };
}

const isOfRefund = ({ event }: Delivery): boolean => event.type.startsWith('payment.refund_');

/** The deliveries in their order, cut wherever payments and refunds meet. */
function runsOf(deliveries: readonly Delivery[]): Delivery[][] {
  const runs: Delivery[][] = [];
  for (const delivery of deliveries) {
    const last = runs.at(-1);
    if (last?.[0] !== undefined && isOfRefund(last[0]) === isOfRefund(delivery)) last.push(delivery);
    else runs.push([delivery]);
  }
  return runs;
}
