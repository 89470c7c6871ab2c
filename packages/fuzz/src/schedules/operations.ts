import { addDays } from '@tenor/calendar';
import { type Exchange, idsTold, type Scene, send } from './scene.ts';

/** Beyond the oldest value date of a payment. */
const DAYS = 30;
const PAGES_MAX = 100;
const LIMIT = 200;

/** All that a schedule does. */
export const datesOf = ({ today }: Scene) => ({ from: addDays(today, -DAYS), to: today, limit: String(LIMIT) });

/** Publishes the customer's loans as they stand. */
export async function republish(scene: Scene): Promise<void> {
  await send(scene, 'POST', '/v1/customers/{id}/republish', {
    by: 'admin',
    params: { id: scene.customerId },
    json: { limit: 100 },
  });
}

/** Heals all that differs. */
export async function heal(scene: Scene): Promise<void> {
  const json = { ...datesOf(scene), limit: LIMIT };
  await send(scene, 'POST', '/v1/reconciliation/heal', { by: 'admin', json });
}

interface PaymentNamed {
  readonly payment_id: string;
}
interface RefundNamed {
  readonly refund_id: string;
}
interface Cures<Item> {
  readonly healed: readonly Item[];
  readonly needs_person: readonly Item[];
}
interface Healed extends Cures<PaymentNamed> {
  readonly refunds: Cures<RefundNamed>;
}
interface Reconciled {
  readonly data: readonly (PaymentNamed & CustomerNamed)[];
  readonly refunds: readonly (RefundNamed & CustomerNamed)[];
  readonly in_flight: { readonly count: number };
  readonly next_cursor: string | null;
}
interface CustomerNamed {
  readonly customer_id: string;
}

const RECONCILIATION = '/v1/reconciliation';
const HEALING = '/v1/reconciliation/heal';

/**
 * What comparing and healing found wrong, while all went on, about customers of whom nothing was lost: nothing, in a
 * sound system. `exchanges` are those of all customers, since either is about all.
 */
export function faultsOfComparing(sound: readonly Scene[], exchanges: readonly Exchange[]): string[] {
  const refunded = ({ template }: Exchange) => template.endsWith('/refunds');
  const ids = new Set(sound.flatMap(({ payments }) => payments));
  const refundIds = new Set(sound.flatMap((scene) => idsTold(scene.exchanges, refunded, 201)));
  const answered = (template: string) =>
    exchanges.filter((each) => each.template === template && each.answer.status === 200);
  const healed = answered(HEALING).flatMap(({ answer }) => {
    const { refunds, ...payments } = answer.body as Healed;
    return [
      ...[...payments.healed, ...payments.needs_person].filter(({ payment_id: id }) => ids.has(id)),
      ...[...refunds.healed, ...refunds.needs_person].filter(({ refund_id: id }) => refundIds.has(id)),
    ];
  });
  const compared = answered(RECONCILIATION).flatMap(({ answer }) => differencesOf(sound, answer.body as Reconciled));
  return [
    ...healed.map((item) => `healing found a difference, though nothing was lost: ${JSON.stringify(item)}`),
    ...compared.map((item) => `reconciliation found a difference, though nothing was lost: ${JSON.stringify(item)}`),
  ];
}

function differencesOf(scenes: readonly Scene[], { data, refunds }: Reconciled): CustomerNamed[] {
  const customerIds = new Set(scenes.map(({ customerId }) => customerId));
  return [...data, ...refunds].filter((each) => customerIds.has(each.customer_id));
}

/** Where reconciliation says that the services differ about the customers, or that anything is under way. */
export async function faultsOfReconciliation(scenes: readonly [Scene, ...Scene[]]): Promise<string[]> {
  const [asking] = scenes;
  const faults: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query: Record<string, string> = { ...datesOf(asking), ...(cursor && { cursor }) };
    const { status, body } = await send(asking, 'GET', RECONCILIATION, { query });
    if (status !== 200) return [`reconciliation answered ${status}: ${JSON.stringify(body)}`];
    const found = body as Reconciled;
    faults.push(...differencesOf(scenes, found).map((each) => `reconciliation found ${JSON.stringify(each)}`));
    if (found.in_flight.count > 0) faults.push(`reconciliation found ${found.in_flight.count} in flight`);
    if (found.next_cursor === null) return faults;
    cursor = found.next_cursor;
  }
  return [...faults, `reconciliation has more than ${PAGES_MAX} pages`];
}
