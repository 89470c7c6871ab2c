/** Where a refund stands in billing's books. `failed`: its money never left; `returned`: it left and came back. */
export type RefundStatus = 'authorised' | 'refused' | 'paid_out' | 'failed' | 'returned';

/**
 * What an authorised refund becomes by news of its money; undefined when the news was taken in before. Undefined too for
 * any older news of one that has come to its end, so that a replay changes nothing. Throws for news that nothing can
 * have led to.
 */
export function statusAfter(status: RefundStatus, news: 'paid_out' | 'failed'): RefundStatus | undefined {
  switch (status) {
    case 'authorised':
      return news;
    case 'paid_out':
      return news === 'paid_out' ? undefined : 'returned';
    case 'returned':
      return undefined;
    case 'failed':
      if (news === 'failed') return undefined;
      break;
    case 'refused':
      break;
    default:
      return status satisfies never;
  }
  throw new Error(`A refund that is ${status} here cannot be ${news}`);
}
