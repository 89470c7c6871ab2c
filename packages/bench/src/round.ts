import { type Book, newBook } from './book.ts';
import type { Hello } from './hello.ts';
import { importCustomers } from './imports.ts';
import { type Line, type LineName, lineOf, lineOfBacklog } from './line.ts';
import { closedLoop, connect, type Extent, type Load, type Operation, openLoop } from './load.ts';
import type { Pgbench, Script } from './pgbench.ts';
import { meter } from './processes.ts';
import { profiled } from './profile.ts';
import { planSchedules } from './schedules.ts';
import type { Standing } from './standing.ts';
import type { BenchSystem } from './system.ts';

/** How much is done; operations, unless it says otherwise. */
export interface Plan {
  readonly warmUp: number;
  readonly loans: number;
  readonly payments: number;
  readonly awaited: number;
  /** Rows of a file of customers; a tenth of them warm up. */
  readonly importRows: number;
  readonly readsWarmUpSeconds: number;
  /** Of each line that reads, of `hello` and of `plan_annuity_of_360`. */
  readonly readsSeconds: number;
  /** How long pgbench runs, in its own words. */
  readonly yardstick: `--time=${number}` | `--transactions=${number}`;
  readonly yardstickLoans: number;
}

export interface Round {
  readonly lines: Readonly<Record<LineName, Line>>;
  /** Transactions per second; null where pgbench is not installed. */
  readonly pgbench: Readonly<Record<Script, number | null>>;
  /** What went wrong, with how often, by line; empty unless something did. */
  readonly faults: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Bench {
  readonly system: BenchSystem;
  readonly standing: Standing;
  readonly pgbench: Pgbench;
  readonly hello: Hello;
  readonly plan: Plan;
  readonly say: (line: string) => void;
  /** Where profiles go; none are taken without it, and the figures of a run that takes some are worth little. */
  readonly profiles?: string;
}

const CONNECTIONS_OF_WAITERS = 256;
/** The part of the backlog after which the drain is timed: billing has only just been started. */
const DRAIN_WARM_UP_SHARE = 0.25;

/**
 * Measures every line once, each yardstick right after its line, on customers and loans of its own. Each begins on a
 * database that is calm, so that none is slowed by the one before.
 */
export async function runRound(bench: Bench): Promise<Round> {
  const { system, standing, pgbench, plan } = bench;
  const book = newBook();
  const faults: Record<string, Record<string, number>> = {};
  const desk: Desk = { ...bench, book, faults };
  const reading = { warmUp: { seconds: plan.readsWarmUpSeconds }, measured: { seconds: plan.readsSeconds } };
  const yardstick = async (script: Script) => {
    await calmed(desk, script);
    return pgbench.run(script, plan.yardstick);
  };

  await pgbench.reset();
  await using billing = connected(system.billing);
  await using payment = connected(system.payment);
  await using gateway = connected(system.gateway);
  await using bare = connected(bench.hello.url);
  await unmeasured(
    desk,
    'customers',
    closedLoop(billing.pool, { operations: plan.loans + plan.warmUp }, book.customer),
  );

  const openLoan = await closed(desk, 'open_loan', billing, book.loan, writing(plan, plan.loans));
  await standing.untilQuiet();
  await standing.analyze();
  const createLoan = await yardstick('c_create_loan');

  const { record, drain, ...recordYardsticks } = await recordThenDrain(desk, payment, yardstick);
  await standing.analyze();
  const both = await bothAtOnce(desk, payment);
  await standing.untilQuiet();
  const applied = await settledToApplied(desk, both.per_second / 2);
  await standing.untilQuiet();

  await standing.analyze();
  const outstanding = await closed(desk, 'read_outstanding', billing, book.outstanding, reading);
  const hello = await closed(desk, 'hello', bare, () => ({ request: { method: 'GET', path: '/' } }), reading);
  const readOutstanding = await yardstick('d_read_outstanding');
  const schedule = await closed(desk, 'read_schedule', billing, book.schedule, reading);
  const readSchedule = await yardstick('e_read_schedule');
  const hop = await closed(desk, 'read_outstanding_through_gateway', gateway, book.outstanding, reading);
  const planned = plannedAnnuity(desk);
  const imported = await importedCustomers(desk);
  note(faults, 'books', { ...(await standing.faults()) });

  return {
    lines: {
      open_loan: openLoan,
      record_payment: record,
      drain,
      both_at_once: both,
      settled_to_applied: applied,
      read_outstanding: outstanding,
      read_schedule: schedule,
      hello,
      read_outstanding_through_gateway: hop,
      plan_annuity_of_360: planned,
      import_customers: imported,
    },
    pgbench: {
      ...recordYardsticks,
      c_create_loan: createLoan,
      d_read_outstanding: readOutstanding,
      e_read_schedule: readSchedule,
    },
    faults,
  };
}

interface Desk extends Bench {
  readonly book: Book;
  readonly faults: Record<string, Record<string, number>>;
}

interface Target extends AsyncDisposable {
  readonly pool: ReturnType<typeof connect>;
}

function connected(url: string, connections?: number): Target {
  const pool = connect(url, connections);
  return { pool, [Symbol.asyncDispose]: () => pool.close() };
}

function note(faults: Desk['faults'], name: string, counts: Record<string, number>): void {
  const wrong = Object.entries(counts).filter(([, count]) => count > 0);
  if (wrong.length > 0) faults[name] = { ...faults[name], ...Object.fromEntries(wrong) };
}

async function unmeasured({ faults }: Desk, name: string, load: Promise<Load>): Promise<void> {
  note(faults, name, Object.fromEntries((await load).errors));
}

/** Before what is measured; the figures stand, and it is told, when an autovacuum runs on. */
async function calmed({ standing, say }: Desk, name: LineName | Script): Promise<void> {
  if (!(await standing.untilCalm())) say(`  ${name}: measured beside an autovacuum`);
}

interface Extents {
  readonly warmUp: Extent;
  readonly measured: Extent;
}

const writing = ({ warmUp }: Plan, operations: number): Extents => ({
  warmUp: { operations: warmUp },
  measured: { operations },
});

/** A closed loop after its warm-up. */
async function closed(
  desk: Desk,
  name: LineName,
  { pool }: Target,
  next: () => Operation,
  { warmUp, measured }: Extents,
): Promise<Line> {
  await calmed(desk, name);
  await unmeasured(desk, name, closedLoop(pool, warmUp, next));
  const stop = measure(desk);
  const load = await watched(desk, name, () => closedLoop(pool, measured, next));
  return told(desk, name, lineOf(load, stop(load.latencies.length)), load);
}

/** The service whose profile a line is worth. */
const PROFILED: Partial<Record<LineName, string>> = {
  open_loan: 'billing',
  record_payment: 'payment',
  drain: 'billing',
  read_outstanding: 'billing',
};

function watched<T>({ profiles, system }: Desk, name: LineName, work: () => Promise<T>): Promise<T> {
  const pid = system.pids()[PROFILED[name] ?? ''];
  return profiles === undefined || pid === undefined ? work() : profiled({ pid, folder: profiles, name }, work);
}

function measure({ system, hello }: Desk): ReturnType<typeof meter> {
  return meter({ ...system.pids(), hello: hello.pid, client: process.pid });
}

function told({ faults, say }: Desk, name: LineName, line: Line, load?: Load): Line {
  note(faults, name, Object.fromEntries(load?.errors ?? []));
  say(`  ${name}: ${line.per_second}/s, p50 ${line.p50_ms} ms, p99 ${line.p99_ms} ms, ${line.errors} errors`);
  return line;
}

/** Billing is stopped while payments are recorded; payment's own relay publishes meanwhile, and is counted in. */
async function recordThenDrain(
  desk: Desk,
  payment: Target,
  yardstick: (script: Script) => Promise<number | null>,
): Promise<{ record: Line; drain: Line } & Record<AppliedScript, number | null>> {
  const { system, standing, plan, book } = desk;
  const before = await standing.taken();
  const startBilling = await system.pauseBilling();
  const record = await closed(desk, 'record_payment', payment, book.payment, writing(plan, plan.payments));
  await standing.untilPublished();
  const recorded = {
    a_record_payment: await yardstick('a_record_payment'),
    a1_record_payment_one_statement: await yardstick('a1_record_payment_one_statement'),
  };
  await calmed(desk, 'drain');
  await startBilling();
  const backlog = plan.payments + plan.warmUp - record.errors;
  const warmUp = Math.floor(backlog * DRAIN_WARM_UP_SHARE);
  await standing.untilTaken(before + warmUp);
  const stop = measure(desk);
  const first = await standing.taken();
  const seconds = await watched(desk, 'drain', () => standing.untilTaken(before + backlog));
  const drained = before + backlog - first;
  const drain = told(desk, 'drain', lineOfBacklog(drained, seconds, stop(drained)));
  await standing.untilQuiet();
  return {
    record,
    drain,
    ...recorded,
    b_apply_payment: await yardstick('b_apply_payment'),
    b1_apply_payment_one_statement: await yardstick('b1_apply_payment_one_statement'),
  };
}

type AppliedScript = Extract<Script, `a${string}` | `b${string}`>;

/** Payments are recorded while billing applies them; the rate is that of the payments applied. */
async function bothAtOnce(desk: Desk, { pool }: Target): Promise<Line> {
  const { standing, plan, book } = desk;
  const { warmUp, measured } = writing(plan, plan.payments);
  await calmed(desk, 'both_at_once');
  await unmeasured(desk, 'both_at_once', closedLoop(pool, warmUp, book.payment));
  await standing.untilQuiet();
  const before = await standing.taken();
  const stop = measure(desk);
  const begun = performance.now();
  const load = await closedLoop(pool, measured, book.payment);
  await standing.untilTaken(before + load.latencies.length);
  const seconds = (performance.now() - begun) / 1000;
  return told(desk, 'both_at_once', lineOf(load, stop(load.latencies.length), seconds), load);
}

/** Each request waits until billing has applied its payment: the latency is that of recording, telling and applying. */
async function settledToApplied(desk: Desk, perSecond: number): Promise<Line> {
  const { system, plan, book } = desk;
  await using waiters = connected(system.payment, CONNECTIONS_OF_WAITERS);
  await calmed(desk, 'settled_to_applied');
  await unmeasured(
    desk,
    'settled_to_applied',
    closedLoop(waiters.pool, { operations: plan.warmUp }, book.awaitedPayment),
  );
  const stop = measure(desk);
  const operations = plan.awaited;
  const load = await openLoop(waiters.pool, { perSecond, operations }, book.awaitedPayment);
  return told(desk, 'settled_to_applied', lineOf(load, stop(load.latencies.length)), load);
}

/** From the upload of a file to the end of its job: rows per second. */
async function importedCustomers(desk: Desk): Promise<Line> {
  const { system, plan } = desk;
  await importCustomers(system.billing, Math.ceil(plan.importRows / 10));
  await calmed(desk, 'import_customers');
  const stop = measure(desk);
  const seconds = await importCustomers(system.billing, plan.importRows);
  return told(desk, 'import_customers', lineOfBacklog(plan.importRows, seconds, stop(plan.importRows)));
}

/** Schedules of 360 instalments, one after the other in the bench's own process: no server takes part. */
function plannedAnnuity(desk: Desk): Line {
  const { readsWarmUpSeconds, readsSeconds } = desk.plan;
  planSchedules(readsWarmUpSeconds);
  const stop = measure(desk);
  const load = planSchedules(readsSeconds);
  return told(desk, 'plan_annuity_of_360', lineOf(load, stop(load.latencies.length)), load);
}
