import type { Handle } from '@tenor/service-kit';
import { projectBilling } from './loan-accounts.commands.ts';

/**
 * Takes billing's events into the projection, and hands the new ones to `follow` in the same transaction.
 *
 * @param follow what the payments make of the events that the projection has just taken in, and of those that it will
 *   never take in since snapshots have replaced them
 */
export function billingConsumer(follow: Handle): Handle {
  return async (uow, deliveries, superseded) => follow(uow, await projectBilling(uow, deliveries), superseded);
}
