import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import { instructionOf } from './payment-instruction.ts';
import { applyPayments, type RepaymentService } from './repayments.commands.ts';

/** Applies what the payment service published; types that move no money are passed over. */
export function repaymentsConsumer(service: RepaymentService) {
  return async (uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<void> => {
    const instructions = deliveries.flatMap(({ event }) => instructionOf(event) ?? []);
    await applyPayments(uow, service, instructions);
  };
}
