import { TOPIC_PARTITIONS, topics } from '@tenor/contracts';
import { type Backbone, type Consumer, createTopicSender, startConsumer, type TopicRequest } from '@tenor/service-kit';
import type { BillingConfig } from './config.ts';
import { LOAN_TOPIC, PAYMENT_TOPIC } from './profiles/amartha/events.commands.ts';
import { amarthaConsumer } from './profiles/amartha/events.consumer.ts';

/** The consumer group that passes events on in the shape of the `amartha` profile, from the first there is. */
const amarthaGroup = 'billing.amartha-events';

interface Parts {
  readonly groups: readonly string[];
  readonly topics: readonly TopicRequest[];
}

/** What the migration step makes for it; nothing where it is switched off. */
export function amarthaParts({ AMARTHA_EVENTS }: Pick<BillingConfig, 'AMARTHA_EVENTS'>): Parts {
  if (!AMARTHA_EVENTS) return { groups: [], topics: [] };
  const kept = { partitions: TOPIC_PARTITIONS, retentionMs: -1 };
  return { groups: [amarthaGroup], topics: [LOAN_TOPIC, PAYMENT_TOPIC].map((name) => ({ name, ...kept })) };
}

/** Starts passing events on; nothing where it is switched off. */
export function startAmarthaEvents(
  backbone: Backbone,
  { AMARTHA_EVENTS }: Pick<BillingConfig, 'AMARTHA_EVENTS'>,
): Consumer[] {
  if (!AMARTHA_EVENTS) return [];
  const sender = createTopicSender(backbone.kafka, backbone.topicPrefix);
  const consumer = startConsumer({
    ...backbone,
    group: amarthaGroup,
    topics: [topics.loans],
    types: ['loan.opened', 'loan.repaid'],
    handle: amarthaConsumer(sender),
  });
  const stop = async (): Promise<void> => {
    await consumer.stop();
    await sender.close();
  };
  return [{ ...consumer, stop }];
}
