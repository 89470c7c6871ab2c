import type { UnitOfWork } from '@tenor/service-kit';
import type { CreditDecision, Refund, RefundNews } from '../refunds/refund.ts';
import { type Decided, takeDecisions, tellAgain, type WakeProvider } from '../refunds/refunds.commands.ts';
import { loadRefunds, refundNews } from '../refunds/refunds.store.ts';
import type { Healable } from './books.commands.ts';
import type { RefundRemedy } from './difference.ts';
import { seeRequested } from './known-refunds.store.ts';
import type { DecidedRefund, KnownRefund } from './refund-comparison.ts';

type Ill = Healable<KnownRefund, DecidedRefund, RefundRemedy>;

/** Cures refunds, whose customers are locked; returns those that were. What has changed since is no longer proven. */
export async function cureRefunds(uow: UnitOfWork, wake: WakeProvider, items: readonly Ill[]): Promise<Ill[]> {
  const keys = items.map(({ id, ours: { customerId } }) => ({ customerId, id }));
  const seen = await seeRequested(
    uow,
    keys.map(({ id }) => id),
  );
  const versions = new Map(seen.map(({ entry, version }) => [entry.id, version]));
  const refunds = await loadRefunds(uow, keys);
  const news = await refundNews(uow, keys);
  const proven = items.filter(({ id, version }) => versions.get(id) === version);
  for (const item of proven) await cure(uow, wake, item, refunds.get(item.id), news.get(item.id) ?? []);
  return proven;
}

async function cure(
  uow: UnitOfWork,
  wake: WakeProvider,
  item: Ill,
  refund: Refund | undefined,
  news: readonly RefundNews[],
): Promise<void> {
  switch (item.remedy) {
    case 'republish_refund':
      if (refund !== undefined) tellAgain(uow, refund, news);
      break;
    case 'take_decision':
      await takeDecisions(uow, wake, decisionsOn(item));
      break;
    default:
      item.remedy satisfies never;
  }
}

function decisionsOn({ id, ours: { customerId }, theirs }: Ill): Decided[] {
  return (theirs?.decisions ?? []).map(({ reason }) => {
    const decision: CreditDecision = reason === null ? { authorised: true } : { authorised: false, reason };
    return { customerId, id, decision };
  });
}
