import { addDays } from '@tenor/calendar';
import { type Scene, send } from './scene.ts';

/** Beyond the oldest value date of a payment. */
const DAYS = 30;
const PAGES_MAX = 100;
const LIMIT = 200;

const datesOf = ({ today }: Scene) => ({ from: addDays(today, -DAYS), to: today });

/** Publishes the customer's loans as they stand. */
export async function republish(scene: Scene): Promise<void> {
  await send(scene, 'POST', '/v1/customers/{id}/republish', {
    by: 'admin',
    params: { id: scene.customerId },
    json: { limit: 100 },
  });
}

interface Healed {
  readonly healed: readonly { readonly payment_id: string }[];
  readonly needs_person: readonly { readonly payment_id: string }[];
}

/** Heals all that differs. */
export async function heal(scene: Scene): Promise<void> {
  await send(scene, 'POST', '/v1/reconciliation/heal', { by: 'admin', json: { ...datesOf(scene), limit: LIMIT } });
}

/** What healing found to cure, or to be cured by a person: nothing, where nothing was lost. */
export function faultsOfHealing({ exchanges, payments }: Scene): string[] {
  return exchanges
    .filter(({ template, answer }) => template === '/v1/reconciliation/heal' && answer.status === 200)
    .flatMap(({ answer }) => {
      const { healed, needs_person: needed } = answer.body as Healed;
      return [...healed, ...needed].filter(({ payment_id: id }) => payments.includes(id));
    })
    .map((item) => `healing found a difference, though nothing was lost: ${JSON.stringify(item)}`);
}

interface Reconciled {
  readonly data: readonly { readonly customer_id: string }[];
  readonly in_flight: { readonly count: number };
  readonly next_cursor: string | null;
}

/** Where reconciliation says that the services differ about the customer, or that anything is under way. */
export async function faultsOfReconciliation(scene: Scene): Promise<string[]> {
  const faults: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query: Record<string, string> = { ...datesOf(scene), limit: String(LIMIT), ...(cursor && { cursor }) };
    const { status, body } = await send(scene, 'GET', '/v1/reconciliation', { query });
    if (status !== 200) return [`reconciliation answered ${status}: ${JSON.stringify(body)}`];
    const { data, in_flight: inFlight, next_cursor: next } = body as Reconciled;
    const own = data.filter((each) => each.customer_id === scene.customerId);
    faults.push(...own.map((each) => `reconciliation found ${JSON.stringify(each)}`));
    if (inFlight.count > 0) faults.push(`reconciliation found ${inFlight.count} payments in flight`);
    if (next === null) return faults;
    cursor = next;
  }
  return [...faults, `reconciliation has more than ${PAGES_MAX} pages`];
}
