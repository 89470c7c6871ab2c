import {
  contradictions,
  deadLetterTopics,
  drained,
  endsOf,
  eventTopics,
  eventually,
  ledgerContradictions,
  letRefusalsStand,
  openSql,
  type Replica,
  type SqlConnection,
  subjectsOf,
  type TestTenant,
  unrest,
} from '@tenor/testing';
import { tookMs } from './figures.ts';
import { type Found, findAll } from './found.ts';
import { inParallel } from './in-parallel.ts';
import type { OperationLog } from './operation-log.ts';
import type { PersistentClient } from './persistent-client.ts';
import { rule, type Violation } from './violation.ts';

export interface Evidence {
  readonly log: OperationLog;
  readonly client: PersistentClient;
  readonly tenant: TestTenant;
  readonly replicas: readonly Replica[];
}

/**
 * No client has to go on trying for longer: above what two kills in a row take to be served again on a slow machine,
 * and half of what it takes a client to give up.
 */
const OPERATION_MAX_MS = 60_000;
const DRAIN_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 40_000;

/** Holds everything to account once the traffic has ended. Changes nothing but by repeating what was acknowledged. */
export async function judge(evidence: Evidence): Promise<Found> {
  const { tenant, log } = evidence;
  const sql = await openSql(tenant.adminUrl);
  try {
    const stuck = [...(await notReady(evidence)), ...(await notDrained(sql, tenant)), ...(await callsWithoutEnd(sql))];
    const repeated = await repeatAll(evidence);
    stuck.push(...(await notDrained(sql, tenant)));
    const { violations, lost, doubled } = await findAll(sql, evidence);
    const books = await brokenBooks(sql);
    return {
      violations: [
        ...rule('every operation has a final answer', withoutAnswer(log)),
        ...rule(
          `no operation takes longer than ${OPERATION_MAX_MS / 1000} s from its first try to its answer`,
          log.acknowledged.filter((operation) => tookMs(operation) > OPERATION_MAX_MS),
        ),
        ...stuck,
        ...repeated,
        ...violations,
        ...books,
        ...(await brokenTopics(sql, tenant)),
        ...(await brokenProofs(evidence)),
        ...(await differences(evidence)),
      ],
      lost,
      doubled,
    };
  } finally {
    await sql.close();
  }
}

/** Each with what it was answered instead, and when. */
function withoutAnswer({ unanswered, faults }: OperationLog): unknown[] {
  return unanswered.map((operation) => {
    const own = faults.filter(({ key }) => key === operation.key);
    return { ...operation, answers: own.map(({ at, what }) => `${Math.round(at)} ms: ${what}`) };
  });
}

async function notReady({ replicas }: Evidence): Promise<Violation[]> {
  const urls = replicas.flatMap(({ urls: { billing, payment } }) => [billing, payment]);
  const answers = new Map<string, unknown>();
  const areReady = async (): Promise<boolean> => {
    for (const url of urls) answers.set(url, await (await fetch(`${url}/readyz`)).json());
    return [...answers.values()].every((answer) => (answer as { status: string }).status === 'ok');
  };
  return eventually(areReady, { timeoutMs: READY_TIMEOUT_MS, intervalMs: 200 }).then(
    () => [],
    () => rule('every service is ready, and nothing of it degraded', [...answers.values()]),
  );
}

function notDrained(sql: SqlConnection, tenant: TestTenant): Promise<Violation[]> {
  return drained(sql, tenant, DRAIN_TIMEOUT_MS).then(
    () => [],
    (error: Error) => rule('everything is published and consumed', [error.message]),
  );
}

/**
 * A payout whose sender was killed is sent again when its lease has ended; where that is refused, the provider is asked
 * long enough before it is given up.
 */
function callsWithoutEnd(sql: SqlConnection): Promise<Violation[]> {
  const stand = async (): Promise<boolean> => (await sql.rows(letRefusalsStand)).length === 0;
  return eventually(stand, { timeoutMs: DRAIN_TIMEOUT_MS, intervalMs: 500 }).then(
    () => [],
    () => rule('every call of a provider comes to an end', ['some are open still']),
  );
}

/** A client that has lost its answers asks again: each operation must be known by its key. */
async function repeatAll({ log, client }: Evidence): Promise<Violation[]> {
  const byKey = new Map(log.acknowledged.map((operation) => [operation.key, operation]));
  const outcomes = await inParallel([...byKey.values()], async (operation) => {
    const outcome = await client.repeat({ ...operation, waits: false });
    const isKnown = outcome.is === 'acknowledged' && outcome.isReplay && outcome.id === operation.id;
    return isKnown ? [] : [{ key: operation.key, id: operation.id, outcome }];
  });
  return rule('every acknowledged operation is known by its idempotency key', outcomes.flat());
}

async function brokenBooks(sql: SqlConnection): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [name, text] of Object.entries({ ...contradictions, ...ledgerContradictions })) {
    violations.push(...rule(name, await sql.rows(text)));
  }
  const [left = {}] = await sql.rows<Record<string, string>>(unrest);
  const unsettled = Object.entries(left).filter(([, count]) => count !== '0');
  return [...violations, ...rule('everything has come to rest', unsettled)];
}

const subjectTables: Readonly<Record<(typeof eventTopics)[number], string>> = {
  'billing.loans.v1': 'billing.loans',
  'billing.customers.v1': 'billing.customers',
  'payment.payments.v1': `(select id, event_sequence from payment.payments
                           union all select id, event_sequence from payment.refunds) as subjects`,
};

async function brokenTopics(sql: SqlConnection, tenant: TestTenant): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const topic of eventTopics) {
    const { bySubject, partitionsByKey, misplaced } = await subjectsOf(tenant, topic);
    const isBroken = (sequences: readonly number[]) => sequences.some((sequence, index) => sequence !== index + 1);
    const rows = await sql.rows<{ id: string; events: number }>(
      `select id, event_sequence::int as events from ${subjectTables[topic]} where event_sequence > 0`,
    );
    const expected = new Map(rows.map(({ id, events }) => [id, events]));
    const subjects = [...new Set([...bySubject.keys(), ...expected.keys()])];
    violations.push(
      ...rule(
        `each subject's sequence on ${topic} is gapless`,
        [...bySubject].filter(([, { sequences }]) => isBroken(sequences)),
      ),
      ...rule(
        `${topic} has of each subject as many events as its row counts`,
        subjects.filter((id) => bySubject.get(id)?.sequences.length !== expected.get(id)),
      ),
      ...rule(
        `each key of ${topic} lies in one partition`,
        [...partitionsByKey].filter(([, { size }]) => size !== 1),
      ),
      ...rule(`each message of ${topic} has its customer's key`, misplaced === 0 ? [] : [misplaced]),
    );
  }
  return [...violations, ...rule('nothing is a dead letter', [...(await endsOf(tenant, deadLetterTopics))])];
}

async function brokenProofs({ log, client }: Evidence): Promise<Violation[]> {
  const loanIds = log.acknowledged.filter(({ kind }) => kind === 'loan').map(({ id }) => id);
  const broken = await inParallel([...new Set(loanIds)], async (id) => {
    const proof = await client.get<Record<string, unknown>>(`/v1/loans/${id}/proof`);
    const { fold_equals_projection: fold, chain_verified: chain, ledger_equals_fold: ledger } = proof;
    return fold === true && chain === true && ledger === true ? [] : [{ id, proof }];
  });
  return rule('every loan proves its projection, its chain and its ledger', broken.flat());
}

interface Report {
  readonly data: readonly unknown[];
  readonly refunds: readonly unknown[];
  readonly in_flight: { readonly count: number };
  readonly next_cursor: string | null;
}

const ALL_DATES = 'from=1900-01-01&to=2199-12-31';

/** What the system itself says of the agreement of its two services, page by page. */
async function differences({ client }: Evidence): Promise<Violation[]> {
  const found: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const place: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: Report = await client.get(`/v1/reconciliation?${ALL_DATES}&limit=200${place}`);
    found.push(...page.data, ...page.refunds, ...(page.in_flight.count === 0 ? [] : [page.in_flight]));
    cursor = page.next_cursor;
  }
  return rule('reconciliation finds no difference, and nothing under way', found);
}
