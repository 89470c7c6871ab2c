import { contradictions, ledgerContradictions, type SqlConnection, unrest } from '@tenor/testing';
import { whyUndocumented } from '../documented.ts';
import type { OpenApi } from '../known-ids.ts';
import type { Exchange, Played } from './play.ts';

/** What is wrong with the answers alone: none, in a sound system. */
export function faultsOfAnswers(documents: readonly OpenApi[], exchanges: readonly Exchange[]): string[] {
  const undocumented = exchanges.flatMap(({ answer, ...request }) => {
    const document = documents.find(({ paths }) => request.template in paths) ?? { paths: {} };
    const why = whyUndocumented(document, request, answer);
    return why === undefined ? [] : [why];
  });
  const broken = exchanges
    .filter(({ answer }) => answer.status === 500)
    .map(
      ({ method, path, json, answer }) => `${method} ${path} ${JSON.stringify(json)}: ${JSON.stringify(answer.body)}`,
    );
  return [...broken, ...undocumented, ...faultsOfKeys(exchanges)];
}

/** Of the requests with one key, one at most has an effect; every other that is taken replays its answer. */
function faultsOfKeys(exchanges: readonly Exchange[]): string[] {
  const keyed = Map.groupBy(
    exchanges.filter(({ key, answer }) => key !== undefined && answer.status < 300),
    ({ method, path, key }) => `${method} ${path} with ${key}`,
  );
  return [...keyed].flatMap(([request, taken]) => {
    const ids = new Set(taken.map(({ answer }) => (answer.body as { id: string }).id));
    const first = taken.filter(({ answer }) => answer.headers.get('idempotency-replayed') !== 'true');
    const bodies = new Set(taken.map(({ json }) => JSON.stringify(json)));
    return ids.size === 1 && first.length === 1 && bodies.size === 1
      ? []
      : [`${request} was taken ${first.length} times anew, for ${ids.size} ids and ${bodies.size} bodies`];
  });
}

/** What is wrong in the books of both services together, one line per row that breaks a rule. */
export async function faultsOfBooks(sql: SqlConnection): Promise<string[]> {
  const faults: string[] = [];
  for (const [rule, text] of Object.entries({ ...contradictions, ...ledgerContradictions })) {
    for (const row of await sql.rows(text)) faults.push(`${rule}: ${JSON.stringify(row)}`);
  }
  const [left = {}] = await sql.rows<Record<string, string>>(unrest);
  for (const [what, count] of Object.entries(left)) {
    if (count !== '0') faults.push(`left over: ${count} ${what}`);
  }
  return faults;
}

/** The payments that the customer has, against those that were answered as taken. */
export async function faultsOfEffects(sql: SqlConnection, { customerId, exchanges }: Played): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select id from payment.payments where customer_id = $1 and status <> 'rejected' order by id`,
    [customerId],
  );
  const taken = exchanges
    .filter(({ template, answer }) => template === '/v1/payments' && answer.status === 201)
    .map(({ answer }) => (answer.body as { id: string }).id);
  const [stored, told] = [rows.map(({ id }) => id), [...new Set(taken)].sort()];
  return JSON.stringify(stored) === JSON.stringify(told)
    ? []
    : [`payments stored ${JSON.stringify(stored)}, but answered as taken ${JSON.stringify(told)}`];
}
