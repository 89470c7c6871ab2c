import type { LocalDate } from '@tenor/calendar';
import { drained, eventually, type SqlConnection, type TestSystem } from '@tenor/testing';
import fc from 'fast-check';
import { prepareLosses } from '../../../demo/test/planted.ts';
import { asker } from '../http.ts';
import type { OpenApi } from '../known-ids.ts';
import { brokenRules, faultsOfAnswers, faultsOfBooks, faultsOfEffects } from './faults.ts';
import { faultsOfMoney } from './money.ts';
import { tellLast } from './news.ts';
import { faultsOfComparing, faultsOfReconciliation, heal, republish } from './operations.ts';
import { begin, play } from './play.ts';
import { type Program, program } from './program.ts';
import type { Provider } from './provider.ts';
import { faultsOfRefusals } from './refusals.ts';
import { type Callers, type Exchange, type Scene, send } from './scene.ts';

export interface ScheduleSystem {
  readonly callers: Callers;
  readonly provider: Provider;
  readonly sql: SqlConnection;
  readonly tenant: TestSystem['tenant'];
  /** Those of the services that are asked. */
  readonly documents: readonly OpenApi[];
  readonly today: LocalDate;
}

/** Those who speak to the system's gateway. */
export const callersOf = ({ url, token, adminToken }: TestSystem): Callers => ({
  officer: asker(url, `Bearer ${token}`),
  admin: asker(url, `Bearer ${adminToken}`),
});

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
const CALLS_ANSWERED_WITHIN_MS = 20_000;

/**
 * Plays `count` random schedules one after the other, each on customers of its own, and after each checks the answers,
 * the books of both services, what both tell of each customer, and the proofs of its loans. The seed repeats the schedules; how the
 * requests of one overtake each other inside the services stays free.
 */
export async function checkSchedules(
  system: ScheduleSystem,
  { seed, count, name }: { readonly seed: number; readonly count: number; readonly name: string },
): Promise<ScheduleReport> {
  const { callers, provider, sql, today } = system;
  const losses = await prepareLosses(sql);
  let schedules = 0;
  let requests = 0;
  const tally: Record<string, number> = {};
  // What an earlier schedule broke stays broken, and is no fault of the next.
  let known = new Set<string>();
  const property = fc.asyncProperty(program, async (plan) => {
    schedules += 1;
    const [first, ...others] = await begin({ callers, provider, today, name: `${name}-${schedules}` }, plan);
    if (first === undefined) throw new Error('A schedule has at least one customer');
    const scenes: Scenes = [first, ...others];
    const faults = await playOut({ ...system, losses }, scenes, plan);
    const inBooks = await faultsOfBooks(sql);
    faults.push(...inBooks, ...(await faultsOfEnd(system, scenes)));
    const exchanges = exchangesOf(scenes);
    requests += exchanges.length;
    countAnswers(tally, exchanges);
    const found = faults.filter((fault) => !known.has(identityOf(fault)));
    known = new Set(inBooks.map(identityOf));
    if (found.length > 0) throw new Error(found.join('\n'));
  });
  const outcome = await fc.check(property, {
    seed,
    numRuns: count,
    interruptAfterTimeLimit: count * SCHEDULE_MS + SHRINK_MS,
    markInterruptAsFailure: true,
    includeErrorInReport: true,
  });
  const failure = outcome.failed ? await fc.asyncDefaultReportMessage(outcome) : undefined;
  return { schedules, requests, tally, failure };
}

/** What makes two faults the same: of a sum over all customers it is the rule and the currency, since the sum moves on. */
const identityOf = (fault: string): string =>
  fault.includes('"currency"') && !/"\w*id"/.test(fault) ? fault.replaceAll(/"-?\d+"/g, '') : fault;

interface Theatre extends ScheduleSystem {
  readonly losses: Awaited<ReturnType<typeof prepareLosses>>;
}

/** The customers of one schedule; events are lost of the first only. */
type Scenes = readonly [Scene, ...Scene[]];

const exchangesOf = (scenes: Scenes): Exchange[] => scenes.flatMap(({ exchanges }) => exchanges);

async function ofEach(scenes: Scenes, faultsOf: (scene: Scene) => Promise<string[]>): Promise<string[]> {
  const faults: string[] = [];
  for (const scene of scenes) faults.push(...(await faultsOf(scene)));
  return faults;
}

/** Plays the commands, cures what was lost, and lets the provider tell the rest; returns what was wrong on the way. */
async function playOut(theatre: Theatre, scenes: Scenes, plan: Program): Promise<string[]> {
  const { sql, provider, losses } = theatre;
  const { lost, lastNews } = plan;
  const [first, ...others] = scenes;
  const live = async (): Promise<void> => {
    await play(scenes, plan);
    provider.answerAs('proper');
    await atRest(theatre);
  };
  if (lost === null) {
    await live();
  } else {
    await losses.losing(first.customerId, lost, live);
    await cure(theatre, first);
  }
  const faults = [
    ...faultsOfComparing(lost === null ? scenes : others, exchangesOf(scenes)),
    ...(await brokenRules(sql)),
    ...(await ofEach(scenes, faultsOfMoney)),
    ...(await faultsOfRefusals(sql, scenes)),
  ];
  await atRest(theatre);
  await tellLast(first, lastNews);
  await atRest(theatre);
  return faults;
}

/** As docs/operations.md says. Letters that snapshots have discarded stay in the table, and are not what is looked for. */
async function cure(theatre: Theatre, scene: Scene): Promise<void> {
  for (const step of [republish, heal]) {
    await step(scene);
    await atRest(theatre);
  }
  await theatre.sql.rows(
    `delete from payment.dead_letters where status = 'discarded' and settled_by like 'snapshot:%'`,
  );
}

/** Waits until the provider was asked all that it was to be asked, and the topics are drained. */
async function atRest({ sql, tenant }: ScheduleSystem): Promise<void> {
  const isAsked = async (): Promise<boolean> => {
    const [open] = await sql.rows('select from payment.provider_calls where next_attempt_at is not null limit 1');
    return open === undefined;
  };
  await drained(sql, tenant);
  if (await isAsked()) return;
  await eventually(isAsked, { timeoutMs: CALLS_ANSWERED_WITHIN_MS });
  await drained(sql, tenant);
}

async function faultsOfEnd({ sql, documents }: ScheduleSystem, scenes: Scenes): Promise<string[]> {
  return [
    ...(await ofEach(scenes, (scene) => faultsOfEffects(sql, scene))),
    ...(await ofEach(scenes, faultsOfMoney)),
    ...(await faultsOfReconciliation(scenes)),
    ...(await ofEach(scenes, faultsOfProofs)),
    ...faultsOfAnswers(documents, exchangesOf(scenes)),
  ];
}

async function faultsOfProofs(scene: Scene): Promise<string[]> {
  const proofs = await Promise.all(
    scene.loans.map(({ id }) => send(scene, 'GET', '/v1/loans/{id}/proof', { params: { id } })),
  );
  return proofs.flatMap(({ body }) => {
    const proof = body as Record<string, unknown>;
    const rules = ['fold_equals_projection', 'chain_verified', 'ledger_equals_fold'];
    return rules.filter((rule) => proof[rule] !== true).map((rule) => `${rule} fails: ${JSON.stringify(proof)}`);
  });
}

function countAnswers(tally: Record<string, number>, exchanges: readonly Exchange[]): void {
  for (const { method, template, answer } of exchanges) {
    const { code, outcome } = (answer.body ?? {}) as { code?: string; outcome?: string };
    const label = [method, template, answer.status, code ?? outcome].filter((part) => part !== undefined).join(' ');
    tally[label] = (tally[label] ?? 0) + 1;
  }
}
