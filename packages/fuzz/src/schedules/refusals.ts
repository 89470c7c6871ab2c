import { durableTables, type SqlConnection } from '@tenor/testing';
import type { HttpAnswer } from '../http.ts';
import { type Exchange, repeat, type Scene, type Sent } from './scene.ts';

const REQUESTS_MAX = 8;

/** All that the customer's rows hold, and how many rows there are that no customer is named in. */
const trace = `
  select md5(string_agg(row, '|' order by row)) as trace from (
    ${durableTables
      .map((table) => {
        const customer = table.endsWith('.customers') ? 'id' : 'customer_id';
        return `select '${table} ' || t::text as row from ${table} t where ${customer} = $1`;
      })
      .join(' union all ')}
    ${[
      'billing.idempotency_keys',
      'payment.idempotency_keys',
      'payment.provider_events',
      'billing.outbox',
      'payment.outbox',
    ]
      .map((table) => `union all select '${table} ' || count(*) from ${table}`)
      .join(' ')}) rows`;

/**
 * Sends what was refused once more, one after the other, while all is at rest; what is refused again must leave every
 * row as it was. Ends where one is taken now, since its effects begin to spread.
 */
export async function faultsOfRefusals(sql: SqlConnection, scene: Scene): Promise<string[]> {
  const faults: string[] = [];
  for (const sent of refusedOf(scene.exchanges).slice(0, REQUESTS_MAX)) {
    const before = await traceOf(sql, scene);
    const answer = await repeat(scene, sent);
    if (hasEffect(sent, answer)) return faults;
    if ((await traceOf(sql, scene)) === before) continue;
    faults.push(`${sent.method} ${sent.path} ${JSON.stringify(sent.json)} was refused by ${answer.status}, and wrote`);
  }
  return faults;
}

function refusedOf(exchanges: readonly Exchange[]): Sent[] {
  const refused = exchanges.filter((exchange) => exchange.method !== 'GET' && !hasEffect(exchange, exchange.answer));
  return [...Map.groupBy(refused, ({ answer: _, ...sent }) => JSON.stringify(sent)).values()].flatMap(
    ([first]) => first ?? [],
  );
}

/** A payment above what is owed is refused and kept, as rejected. */
function hasEffect({ template }: Sent, { status, body }: HttpAnswer): boolean {
  return status < 400 || (template === '/v1/payments' && (body as { code: string }).code === KEPT);
}

const KEPT = 'amount_exceeds_outstanding';

async function traceOf(sql: SqlConnection, { customerId }: Scene): Promise<string> {
  const [row] = await sql.rows<{ trace: string }>(trace, [customerId]);
  return row?.trace ?? '';
}
