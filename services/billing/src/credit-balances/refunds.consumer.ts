import type { Delivery, UnitOfWork } from '@tenor/service-kit';
import type { RepaymentService } from '../repayments/repayments.commands.ts';
import { refundInstructionOf } from './refund-instruction.ts';
import { followRefund } from './refunds.commands.ts';

/** Follows what the payment service published of refunds, one after the other, each in the trace of its event. */
export function refundsConsumer(service: Pick<RepaymentService, 'today'>) {
  return async (uow: UnitOfWork, deliveries: readonly Delivery[]): Promise<void> => {
    for (const { event } of deliveries) {
      const instruction = refundInstructionOf(event);
      if (instruction === undefined) continue;
      const { traceparent } = event;
      const publish: UnitOfWork['publish'] = (caused) => uow.publish({ traceparent, ...caused });
      await followRefund({ ...uow, publish }, service, instruction);
    }
  };
}
