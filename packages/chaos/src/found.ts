import type { SqlConnection } from '@tenor/testing';
import { type Account, accountFor, type Stored } from './accounts.ts';
import { inParallel } from './in-parallel.ts';
import type { Acknowledged, OperationKind, OperationLog } from './operation-log.ts';
import type { PersistentClient } from './persistent-client.ts';
import { rule, type Violation } from './violation.ts';

export interface Found {
  readonly violations: readonly Violation[];
  readonly lost: readonly Acknowledged[];
  readonly doubled: readonly Acknowledged[];
}

interface Sought {
  readonly log: OperationLog;
  readonly client: PersistentClient;
}

/** Where every operation of a kind must be found, and by what. */
interface Place {
  readonly kind: OperationKind;
  readonly where: string;
  readonly by: 'id' | 'external_id';
  readonly rows: () => Promise<Stored[]>;
}

const PAGE_LIMIT = 200;

/** Looks for each acknowledged operation in the tables of both services and in the lists of the API. */
export async function findAll(sql: SqlConnection, sought: Sought): Promise<Found> {
  const { log } = sought;
  const lost = new Set<Acknowledged>();
  const doubled = new Set<Acknowledged>();
  const violations: Violation[] = [];
  for (const { kind, where, by, rows } of [...tables(sql), ...lists(sought)]) {
    const acknowledged = log.acknowledged.filter((operation) => operation.kind === kind);
    const account: Account = accountFor(acknowledged, await rows(), by === 'id' ? ({ id }) => id : externalIdOf);
    for (const operation of account.lost) lost.add(operation);
    for (const operation of account.doubled) doubled.add(operation);
    violations.push(
      ...rule(`every acknowledged ${kind} is in ${where}`, account.lost),
      ...rule(`no ${kind} is twice in ${where}`, account.doubled),
      ...rule(`${where} has no ${kind} that was not acknowledged`, account.unasked),
    );
  }
  return { violations, lost: [...lost], doubled: [...doubled] };
}

const externalIdOf = ({ body }: Acknowledged): string => String(body['external_id']);

/** A place of the tables; the statement gives `id`, and `reference` where it is to be found by another one. */
function tables(sql: SqlConnection): Place[] {
  const table = (kind: OperationKind, where: string, by: Place['by'], text: string): Place => ({
    kind,
    where,
    by,
    rows: async () => (await sql.rows<Stored>(text)).map(({ id, reference = id }) => ({ id, reference })),
  });
  const applied = (kind: 'payment' | 'reversal') =>
    `select distinct payment_id as id from billing.applied_payments where kind = '${kind}'`;
  return [
    table('customer', 'billing.customers', 'id', 'select id from billing.customers'),
    table('customer', 'payment.customers', 'id', 'select id from payment.customers'),
    table('loan', 'billing.loans', 'external_id', 'select id, external_id as reference from billing.loans'),
    table('loan', 'payment.loan_accounts', 'id', 'select loan_id as id from payment.loan_accounts'),
    table(
      'payment',
      'payment.payments',
      'external_id',
      `select id, external_id as reference from payment.payments where status <> 'rejected'`,
    ),
    table('payment', 'billing.applied_payments', 'id', applied('payment')),
    table('credit_use', 'billing.credit_uses', 'id', 'select id from billing.credit_uses'),
    table('refund', 'payment.refunds', 'external_id', 'select id, external_id as reference from payment.refunds'),
    table('refund', 'billing.refunds', 'id', 'select id from billing.refunds'),
    table('reversal', 'payment.payments', 'id', `select id from payment.payments where status = 'reversed'`),
    table('reversal', 'billing.applied_payments', 'id', applied('reversal')),
  ];
}

interface Entry {
  readonly id: string;
  readonly external_id: string;
  readonly status: string;
}

/** The lists of each customer that the API gives. */
function lists({ client, log }: Sought): Place[] {
  const customerIds = log.acknowledged.filter(({ kind }) => kind === 'customer').map(({ id }) => id);
  const entries = async (path: (customerId: string) => string): Promise<Entry[]> =>
    (await inParallel(customerIds, (customerId) => wholeList(client, path(customerId)))).flat();
  const stored = (list: readonly Entry[]): Stored[] =>
    list.map(({ id, external_id: reference }) => ({ id, reference }));
  const payments = () => entries((customerId) => `/v1/customers/${customerId}/payments?`);
  return [
    {
      kind: 'loan',
      where: 'GET /v1/loans',
      by: 'external_id',
      rows: async () => stored(await entries((customerId) => `/v1/loans?customer_id=${customerId}&`)),
    },
    {
      kind: 'payment',
      where: 'GET /v1/customers/{id}/payments',
      by: 'external_id',
      rows: async () => stored((await payments()).filter(({ status }) => status !== 'rejected')),
    },
    {
      kind: 'reversal',
      where: 'GET /v1/customers/{id}/payments',
      by: 'id',
      rows: async () =>
        (await payments()).filter(({ status }) => status === 'reversed').map(({ id }) => ({ id, reference: id })),
    },
    {
      kind: 'credit_use',
      where: 'GET /v1/customers/{id}/credit-uses',
      by: 'id',
      rows: async () =>
        (await entries((customerId) => `/v1/customers/${customerId}/credit-uses?`)).map(({ id }) => ({
          id,
          reference: id,
        })),
    },
    {
      kind: 'refund',
      where: 'GET /v1/customers/{id}/refunds',
      by: 'external_id',
      rows: async () => stored(await entries((customerId) => `/v1/customers/${customerId}/refunds?`)),
    },
  ];
}

async function wholeList(client: PersistentClient, path: string): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: Entry[]; next_cursor: string | null } = await client.get(`${path}limit=${PAGE_LIMIT}${place}`);
    found.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}
