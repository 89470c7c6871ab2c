import type { LocalDate } from '@tenor/calendar';
import { drained, type SqlConnection, type TestSystem } from '@tenor/testing';
import fc from 'fast-check';
import type { Ask } from '../http.ts';
import type { OpenApi } from '../known-ids.ts';
import { faultsOfAnswers, faultsOfBooks, faultsOfEffects } from './faults.ts';
import { type Played, play } from './play.ts';
import { program } from './program.ts';

export interface ScheduleSystem {
  readonly ask: Ask;
  readonly sql: SqlConnection;
  readonly tenant: TestSystem['tenant'];
  /** Those of the services that are asked. */
  readonly documents: readonly OpenApi[];
  readonly today: LocalDate;
}

export interface ScheduleReport {
  readonly schedules: number;
  readonly requests: number;
  /** How often each operation was answered how: `POST /v1/payments 201`. */
  readonly tally: Readonly<Record<string, number>>;
  /** The smallest schedule found that breaks an invariant, and which; undefined when none did. */
  readonly failure: string | undefined;
}

/** After a failure, how long smaller schedules that fail too are looked for. */
const SHRINK_MS = 60_000;
const SCHEDULE_MS = 5_000;

/**
 * Plays `count` random schedules one after the other, each on a customer of its own, and after each checks the answers,
 * the books of both services and the proofs of its loans. The seed repeats the schedules; how the requests of one
 * overtake each other inside the services stays free.
 */
export async function checkSchedules(
  system: ScheduleSystem,
  { seed, count, name }: { readonly seed: number; readonly count: number; readonly name: string },
): Promise<ScheduleReport> {
  const { ask, sql, tenant, documents, today } = system;
  let schedules = 0;
  let requests = 0;
  const tally: Record<string, number> = {};
  // What an earlier schedule broke stays broken, and is no fault of the next.
  let known = new Set<string>();
  const property = fc.asyncProperty(program, async (plan) => {
    schedules += 1;
    const played = await play({ ask, today, name: `${name}-${schedules}` }, plan);
    requests += played.exchanges.length;
    countAnswers(tally, played);
    await drained(sql, tenant);
    const inBooks = await faultsOfBooks(sql);
    const faults = [
      ...faultsOfAnswers(documents, played.exchanges),
      ...inBooks.filter((fault) => !known.has(fault)),
      ...(await faultsOfEffects(sql, played)),
      ...(await faultsOfProofs(ask, played)),
    ];
    known = new Set(inBooks);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  });
  const outcome = await fc.check(property, {
    seed,
    numRuns: count,
    interruptAfterTimeLimit: count * SCHEDULE_MS + SHRINK_MS,
    markInterruptAsFailure: true,
  });
  const failure = outcome.failed ? await fc.asyncDefaultReportMessage(outcome) : undefined;
  return { schedules, requests, tally, failure };
}

function countAnswers(tally: Record<string, number>, { exchanges }: Played): void {
  for (const { method, template, answer } of exchanges) {
    const { code } = (answer.body ?? {}) as { code?: string };
    const label = [method, template, answer.status, ...(code === undefined ? [] : [code])].join(' ');
    tally[label] = (tally[label] ?? 0) + 1;
  }
}

async function faultsOfProofs(ask: Ask, { loanIds }: Played): Promise<string[]> {
  const proofs = await Promise.all(loanIds.map((id) => ask({ method: 'GET', path: `/v1/loans/${id}/proof` })));
  return proofs.flatMap(({ body }) => {
    const proof = body as Record<string, unknown>;
    const rules = ['fold_equals_projection', 'chain_verified', 'ledger_equals_fold'];
    return rules.filter((rule) => proof[rule] !== true).map((rule) => `${rule} fails: ${JSON.stringify(proof)}`);
  });
}
