import { durableTables, type SqlConnection } from '@tenor/testing';
import type { HttpAnswer } from '../http.ts';
import { type Exchange, repeat, type Scene, type Sent } from './scene.ts';

const ROUNDS_MAX = 4;

/** All that the customers' rows hold, and how many rows there are that no customer is named in. */
const trace = `
  select md5(string_agg(row, '|' order by row)) as trace from (
    ${durableTables
      .map((table) => {
        const customer = table.endsWith('.customers') ? 'id' : 'customer_id';
        return `select '${table} ' || t::text as row from ${table} t where ${customer} = any($1)`;
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
 * Sends what was refused once more while all is at rest: one request of each customer at the same moment, so that they
 * may share a transaction. What is refused again must leave every row as it was. Ends where one is taken now, since its
 * effects begin to spread.
 */
export async function faultsOfRefusals(sql: SqlConnection, scenes: readonly Scene[]): Promise<string[]> {
  const faults: string[] = [];
  const refused = scenes.map((scene) => ({ scene, requests: refusedOf(scene.exchanges) }));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const requests = refused.flatMap(({ scene, requests: all }) =>
      all.slice(round, round + 1).map((sent) => ({ scene, sent })),
    );
    if (requests.length === 0) return faults;
    const before = await traceOf(sql, scenes);
    const answers = await Promise.all(
      requests.map(async ({ scene, sent }) => ({ sent, answer: await repeat(scene, sent) })),
    );
    if (answers.some(({ sent, answer }) => hasEffect(sent, answer))) return faults;
    if ((await traceOf(sql, scenes)) === before) continue;
    const told = answers.map(
      ({ sent: { method, path, json }, answer }) => `${method} ${path} ${JSON.stringify(json)} by ${answer.status}`,
    );
    faults.push(`what was refused wrote: ${told.join(', ')}`);
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

async function traceOf(sql: SqlConnection, scenes: readonly Scene[]): Promise<string> {
  const [row] = await sql.rows<{ trace: string }>(trace, [scenes.map(({ customerId }) => customerId)]);
  return row?.trace ?? '';
}
