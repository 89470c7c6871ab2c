import { join } from 'node:path';
import { businessDate } from '@tenor/calendar';
import {
  drained,
  durableTables,
  openSql,
  type SqlConnection,
  snapshot,
  type TestSystem,
  testIssuer,
} from '@tenor/testing';
import { connect } from '../../demo/src/client.ts';
import { runTraffic } from '../../demo/test/traffic.ts';
import { type FuzzCaller, fuzzCallers, mayWrite } from './callers.ts';
import { asker } from './http.ts';
import { type KnownIds, knownIds, type OpenApi } from './known-ids.ts';
import { plantDeadLetters } from './planted-letters.ts';
import type { PythonPackages } from './python.ts';
import { callersOf, checkSchedules, type ScheduleReport } from './schedules/check.ts';
import { faultsOfBooks } from './schedules/faults.ts';
import type { Provider } from './schedules/provider.ts';
import { type FuzzResult, type FuzzTarget, runSchemathesis } from './schemathesis.ts';
import { tableOf } from './table.ts';

export interface FuzzPlan {
  readonly seed: number;
  readonly examples: number;
  readonly schedules: number;
  /** The name of the only document to be used; one that no document has leaves the schedules alone. */
  readonly only: string | undefined;
  readonly folder: string;
  readonly signal: AbortSignal;
}

type Say = (text: string) => void;

export interface Fuzzed {
  readonly system: TestSystem;
  /** The one that the system knows. */
  readonly provider: Provider;
  readonly python: PythonPackages;
  readonly say: Say;
}

const SEED_OF_TRAFFIC = 20260117;

/** What a refused request must leave alone, beside the books. */
const traces = [
  '(select scope, request_hash, result from billing.idempotency_keys)',
  '(select scope, request_hash, result from payment.idempotency_keys)',
  'billing.dead_letters',
  'payment.dead_letters',
  'billing.outbox',
  'payment.outbox',
] as const;

/** Fills the system, lets everybody at it, and checks the books. True when nothing was found. */
export async function fuzz({ system, provider, python, say }: Fuzzed, plan: FuzzPlan): Promise<boolean> {
  const { tenant, urls } = system;
  const sql = await openSql(tenant.adminUrl);
  try {
    await runTraffic(connect(system.url, system.token), SEED_OF_TRAFFIC, businessDate(new Date(), 'UTC'));
    await drained(sql, tenant);
    const removeLetters = await plantDeadLetters(sql, tenant.topicPrefix);
    const documents = await Promise.all([urls.billing, urls.payment].map(documentAt));
    const ids = await idsOf(system, documents);
    const targets = [
      { name: 'gateway', url: system.url },
      ...Object.entries(urls).map(([name, url]) => ({ name, url })),
    ];
    const chosen = targets.filter(({ name }) => plan.only === undefined || name === plan.only);

    const results = await fuzzAll({ sql, python, plan, ids, targets: chosen, say });
    await drained(sql, tenant);
    await removeLetters();
    const inBooks = await faultsOfBooks(sql);
    say(`books of both services: ${inBooks.length === 0 ? 'every rule holds' : inBooks.join('\n')}`);

    const report = await checkSchedules(
      {
        callers: callersOf(system),
        provider,
        sql,
        tenant,
        documents,
        today: businessDate(new Date(), 'UTC'),
      },
      { seed: plan.seed, count: plan.schedules, name: `fuzz-${plan.seed}` },
    );
    sayReport(report, say);
    return results && inBooks.length === 0 && report.failure === undefined;
  } finally {
    await sql.close();
  }
}

const documentAt = async (url: string): Promise<OpenApi> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;

/** All that the lists of both services show to an administrator. */
async function idsOf(system: TestSystem, documents: readonly OpenApi[]): Promise<KnownIds> {
  const ask = asker(system.url, `Bearer ${await testIssuer().token('admin')}`);
  const found = documents.map((document) =>
    knownIds(document, async (path) => (await ask({ method: 'GET', path })).body),
  );
  return new Map((await Promise.all(found)).flatMap((each) => [...each]));
}

interface AllRuns {
  readonly sql: SqlConnection;
  readonly python: PythonPackages;
  readonly plan: FuzzPlan;
  readonly ids: KnownIds;
  readonly targets: readonly FuzzTarget[];
  readonly say: Say;
}

/** Those who may not write come first, and must leave every row as it was. */
async function fuzzAll(runs: AllRuns): Promise<boolean> {
  const { sql, targets, say } = runs;
  const callers = await fuzzCallers((role) => testIssuer().token(role));
  const tables = [...durableTables, ...traces];
  const before = await snapshot(sql, tables);
  const rows: string[][] = [];
  const outputs: string[] = [];
  let isUntouched = true;
  for (const [index, caller] of callers.entries()) {
    await Promise.all(
      targets.map(async (target) => {
        const result = await fuzzOne(runs, target, caller);
        const row = rowOf(target, caller, result);
        rows.push(row);
        say(`  ${row.join('  ')}`);
        if (Object.keys(result.failures).length > 0) outputs.push(result.output);
      }),
    );
    const next = callers[index + 1];
    const isLastReader = !mayWrite(caller) && (next === undefined || mayWrite(next));
    if (isLastReader) isUntouched = JSON.stringify(await snapshot(sql, tables)) === JSON.stringify(before);
  }
  for (const output of outputs) say(output);
  say(tableOf(['document', 'caller', 'operations', 'cases', 'seconds', 'failures'], rows));
  say(`rows changed by those who may not write: ${isUntouched ? 'none' : 'SOME'}`);
  return outputs.length === 0 && isUntouched;
}

function fuzzOne({ python, plan, ids }: AllRuns, target: FuzzTarget, caller: FuzzCaller): Promise<FuzzResult> {
  return runSchemathesis(python, {
    target,
    caller,
    ids,
    seed: plan.seed,
    signal: plan.signal,
    maxExamples: plan.examples,
    folder: join(plan.folder, String(plan.seed)),
  });
}

function rowOf(
  { name }: FuzzTarget,
  caller: FuzzCaller,
  { operations, cases, seconds, failures }: FuzzResult,
): string[] {
  const found = Object.entries(failures).map(([kind, count]) => `${count} ${kind}`);
  return [name, caller.name, String(operations), String(cases), String(seconds), found.join(', ') || 'none'];
}

function sayReport({ schedules, requests, tally, failure }: ScheduleReport, say: Say): void {
  say(`\n${schedules} schedules of ${requests} requests: ${failure ?? 'every invariant held after each'}`);
  const rows = Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1));
  say(
    tableOf(
      ['answer', 'times'],
      rows.map(([label, times]) => [label, String(times)]),
    ),
  );
}
