import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import { projectBilling } from './loan-accounts.commands.ts';

/**
 * Takes billing's events into the projection, and hands the new ones to `follow` in the same transaction.
 *
 * @param follow what the payments make of the events that the projection has just taken in
 */
export function billingConsumer(follow: (uow: UnitOfWork, deliveries: readonly Delivery[]) => Promise<void>) {
  return async (uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<void> => {
    await follow(uow, await projectBilling(uow, deliveries));
  };
}
