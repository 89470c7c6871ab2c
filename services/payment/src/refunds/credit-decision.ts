import type { AnyEvent } from '@tenor/contracts';
import type { CreditDecision } from './refund.ts';

/** What billing says of a refund; undefined for an event that says nothing of one. */
export function creditDecisionOf(event: AnyEvent): { refundId: string; decision: CreditDecision } | undefined {
  switch (event.type) {
    case 'customer.refund_authorised':
      return { refundId: event.data.refund_id, decision: { authorised: true } };
    case 'customer.refund_refused':
      return { refundId: event.data.refund_id, decision: { authorised: false, reason: event.data.reason } };
    default:
      return undefined;
  }
}
