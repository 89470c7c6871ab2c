import { contradictions, ledgerContradictions, type SqlConnection, unrest } from '@tenor/testing';
import { whyUndocumented } from '../documented.ts';
import type { OpenApi } from '../known-ids.ts';
import { type Exchange, idsTold, type Scene } from './scene.ts';

const WEBHOOKS = '/v1/gateway/{provider}/webhooks';

/** What is wrong with the answers alone: none, in a sound system. */
export function faultsOfAnswers(documents: readonly OpenApi[], exchanges: readonly Exchange[]): string[] {
  const undocumented = exchanges.flatMap(({ answer, ...request }) => {
    const document = documents.find(({ paths }) => request.template in paths) ?? { paths: {} };
    const why = whyUndocumented(document, request, answer);
    return why === undefined ? [] : [why];
  });
  const broken = exchanges
    .filter(({ answer }) => answer.status >= 500)
    .map(
      ({ method, path, json, answer }) => `${method} ${path} ${JSON.stringify(json)}: ${JSON.stringify(answer.body)}`,
    );
  return [
    ...broken,
    ...undocumented,
    ...faultsOfKeys(exchanges),
    ...faultsOfExternalIds(exchanges),
    ...faultsOfNews(exchanges),
  ];
}

/** News is taken in once by its id, and none that is not to be believed. */
function faultsOfNews(exchanges: readonly Exchange[]): string[] {
  const wrong = exchanges
    .filter(({ onlyStatus, answer }) => onlyStatus !== undefined && onlyStatus !== answer.status)
    .map(({ path, json, onlyStatus, answer }) => {
      return `${path} ${JSON.stringify(json)} answered ${answer.status}, but only ${onlyStatus} is right`;
    });
  const news = exchanges.filter(({ template, answer }) => template === WEBHOOKS && answer.status === 200);
  const doubled = [...Map.groupBy(news, ({ json }) => (json as { id: string }).id)].filter(([, copies]) => {
    return copies.filter(({ answer }) => (answer.body as { outcome: string }).outcome !== 'duplicate').length !== 1;
  });
  return [...wrong, ...doubled.map(([id]) => `the news ${id} was not taken in exactly once`)];
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

const NAMING = [/^\/v1\/(loans|payments)$/, /^\/v1\/customers\/{id}\/refunds$/];

/** Of those that claim one external id, whoever's they are, one gets it. */
function faultsOfExternalIds(exchanges: readonly Exchange[]): string[] {
  const named = exchanges.flatMap(({ method, template, json, answer }) => {
    const { external_id: externalId } = (json ?? {}) as { external_id?: string };
    const isTaken = method === 'POST' && answer.status === 201 && NAMING.some((naming) => naming.test(template));
    if (!isTaken || externalId === undefined) return [];
    return [{ name: `${template} ${externalId}`, id: (answer.body as { id: string }).id }];
  });
  return [...Map.groupBy(named, ({ name }) => name)].flatMap(([name, claims]) => {
    const ids = new Set(claims.map(({ id }) => id));
    return ids.size === 1 ? [] : [`${name} was given to ${ids.size}`];
  });
}

/** Where a replay from a key would find nothing, by what the key's result names and where that should be. */
const rulesOfKeys: Readonly<Record<string, string>> = Object.fromEntries([
  ...['billing', 'payment'].map((schema) => [
    `no key of ${schema} keeps a refusal`,
    `select result from ${schema}.idempotency_keys where result is null or result ? 'refused'`,
  ]),
  ...[
    ['payment_id', 'payment.payments', 'payment'],
    ['refund_id', 'payment.refunds', 'payment'],
    ['loan_id', 'billing.loans', 'billing'],
    ['credit_use_id', 'billing.credit_uses', 'billing'],
  ].map(([name, table, schema]) => [
    `every key that names one of ${table} has its effect`,
    `select k.result from ${schema}.idempotency_keys k
      where k.result ? '${name}' and not exists (
        select from ${table} t where t.id = (k.result ->> '${name}')::uuid
           and t.customer_id = (k.result ->> 'customer_id')::uuid)`,
  ]),
]);

/** What is wrong in the books of both services together, one line per row that breaks a rule. */
export async function brokenRules(sql: SqlConnection): Promise<string[]> {
  const faults: string[] = [];
  const rules = { ...contradictions, ...ledgerContradictions, ...rulesOfKeys };
  for (const [rule, text] of Object.entries(rules)) {
    for (const row of await sql.rows(text)) faults.push(`${rule}: ${JSON.stringify(row)}`);
  }
  return faults;
}

/** The same, and what has not come to rest. */
export async function faultsOfBooks(sql: SqlConnection): Promise<string[]> {
  const [left = {}] = await sql.rows<Record<string, string>>(unrest);
  const open = Object.entries(left).filter(([, count]) => count !== '0');
  return [...(await brokenRules(sql)), ...open.map(([what, count]) => `left over: ${count} ${what}`)];
}

interface Effect {
  readonly what: string;
  /** The ids of what the customer has. */
  readonly rows: string;
  readonly is: (exchange: Exchange) => boolean;
  readonly status: number;
}

const by =
  (template: RegExp) =>
  ({ method, template: sent }: Exchange): boolean =>
    method === 'POST' && template.test(sent);

const effects: readonly Effect[] = [
  {
    what: 'loans',
    rows: 'select id from billing.loans where customer_id = $1',
    is: by(/^\/v1\/loans$/),
    status: 201,
  },
  {
    what: 'payments',
    rows: `select id from payment.payments where customer_id = $1 and status <> 'rejected'`,
    is: by(/^\/v1\/payments$/),
    status: 201,
  },
  {
    what: 'payments taken back',
    rows: `select id from payment.payments where customer_id = $1 and status = 'reversed'`,
    is: by(/(reverse|chargeback)$/),
    status: 200,
  },
  {
    what: 'uses of credit',
    rows: 'select id from billing.credit_uses where customer_id = $1',
    is: by(/credit-uses$/),
    status: 201,
  },
  {
    what: 'refunds',
    rows: 'select id from payment.refunds where customer_id = $1',
    is: by(/refunds$/),
    status: 201,
  },
];

/** What the customer has, against what was answered as taken: no answer is without effect, no refusal has one. */
export async function faultsOfEffects(sql: SqlConnection, { customerId, exchanges }: Scene): Promise<string[]> {
  const faults: string[] = [];
  for (const { what, rows, is, status } of effects) {
    const stored = (await sql.rows<{ id: string }>(rows, [customerId])).map(({ id }) => id).sort();
    const told = idsTold(exchanges, is, status);
    if (JSON.stringify(stored) !== JSON.stringify(told)) {
      faults.push(`${what} stored ${JSON.stringify(stored)}, but answered as taken ${JSON.stringify(told)}`);
    }
  }
  return faults;
}
