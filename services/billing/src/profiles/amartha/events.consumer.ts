import type { Handle, TopicSender } from '@tenor/service-kit';
import { amarthaMessages } from './events.commands.ts';

/** Sends each event on before it counts as taken in: at least once, under the same id each time. */
export function amarthaConsumer({ send }: Pick<TopicSender, 'send'>): Handle {
  return async (_uow, deliveries) => send(deliveries.flatMap(({ event }) => amarthaMessages(event)));
}
