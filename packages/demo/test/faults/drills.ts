import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, openSql, type Passage } from '@tenor/testing';
import { type Acknowledged, type Aftermath, aftermathOf } from './aftermath.ts';
import { type FaultySystem, type LinkName, links, type Passages, startFaultySystem } from './faulty-system.ts';
import { type LoadReport, type Reach, startLoad } from './load.ts';

export interface Drill {
  /** Of the fault, for the table at the end. */
  readonly fault: string;
  readonly inject: (system: FaultySystem) => Promise<void> | void;
  /** How long the fault lasts at least. */
  readonly lastsMs: number;
  /** How many act at once; four unless given. */
  readonly customers?: number;
  /** How long a client waits for an answer; longer than any service should take, unless given. */
  readonly patienceMs?: number;
  /** How far the load goes; as far as in all drills of the system, unless given. */
  readonly reach?: Reach;
  /** What is looked at before it is over. */
  readonly during?: (system: FaultySystem) => Promise<void>;
  readonly heal: (system: FaultySystem) => Promise<void>;
}

export interface Outcome {
  readonly load: LoadReport;
  readonly acknowledgedDuring: number;
  /** From the end of the fault until both services say that all is well. */
  readonly recoveryMs: number;
  readonly aftermath: Aftermath;
  /** What the proxies did while the fault lasted. */
  readonly passages: Passages;
  /** Lines written while the fault lasted, but for one per request: by service. */
  readonly linesDuring: Readonly<Record<'billing' | 'payment', readonly string[]>>;
}

export type Drills = Awaited<ReturnType<typeof startDrills>>;

const CUSTOMERS = 4;
const PATIENCE_MS = 45_000;
const RECOVERY_TIMEOUT_MS = 40_000;
const SERVICES = ['billing', 'payment'] as const;

/** A system on which one fault after the other is tried under load, and its books after each. */
export async function startDrills(
  name: string,
  more: Readonly<Record<string, string>> = {},
  usualReach: Reach = 'services',
) {
  const system = await startFaultySystem(name, more);
  const sql = await openSql(system.tenant.adminUrl);
  const loads: LoadReport[] = [];
  const table: string[] = [];

  async function suffer(drill: Drill): Promise<Outcome> {
    const { fault, inject, lastsMs, customers = CUSTOMERS, patienceMs = PATIENCE_MS, reach = usualReach } = drill;
    const { during, heal } = drill;
    const load = await startLoad(system.url, system.token, {
      customers,
      run: `${loads.length}`,
      patienceMs,
      reach,
    });
    const logged = linesOf(system);
    const before = load.acknowledged();
    const passed = system.passages();
    try {
      await inject(system);
      await sleep(lastsMs);
      await during?.(system);
    } finally {
      await heal(system);
    }
    const acknowledgedDuring = load.acknowledged() - before;
    const passages = passagesSince(system, passed);
    const linesDuring = linesSince(system, logged);
    const healed = performance.now();
    await eventually(() => allIsWell(system), { timeoutMs: RECOVERY_TIMEOUT_MS });
    const recoveryMs = Math.round(performance.now() - healed);
    const report = await load.stop();
    loads.push(report);
    const aftermath = await aftermathOf(system, sql, together(loads), () =>
      system.provider.operations().map(({ reference }) => reference),
    );
    const { lost, doubled } = aftermath;
    table.push(
      `${fault}: ${load.acknowledged()} acknowledged (${acknowledgedDuring} meanwhile), ${lost.length} lost, ${doubled} doubled, ` +
        `longest unavailability ${report.longestUnavailableMs} ms, all well ${recoveryMs} ms after its end`,
    );
    return { load: report, acknowledgedDuring, recoveryMs, aftermath, passages, linesDuring };
  }

  return {
    system,
    sql,
    suffer,
    async stop(): Promise<void> {
      process.stdout.write(`${table.join('\n')}\n`);
      await sql.close();
      await system.stop();
    },
  };
}

async function allIsWell(system: FaultySystem): Promise<boolean> {
  const states = await Promise.all(SERVICES.map((service) => system.ready(service)));
  return states.every(({ body }) => body.status === 'ok');
}

const isRequest = (line: string): boolean => line.includes('"msg":"request"');

function linesOf({ services }: FaultySystem): Record<'billing' | 'payment', number> {
  return { billing: services.billing.lines().length, payment: services.payment.lines().length };
}

function linesSince({ services }: FaultySystem, from: Record<'billing' | 'payment', number>) {
  const since = (name: 'billing' | 'payment') =>
    services[name]
      .lines()
      .slice(from[name])
      .filter((line) => !isRequest(line));
  return { billing: since('billing'), payment: since('payment') };
}

function passagesSince(system: FaultySystem, before: Passages): Passages {
  const now = system.passages();
  const since = (link: LinkName): Passage => ({
    bytes: now[link].bytes - before[link].bytes,
    delayed: now[link].delayed - before[link].delayed,
    swallowed: now[link].swallowed - before[link].swallowed,
    resets: now[link].resets - before[link].resets,
    cutAnswers: now[link].cutAnswers - before[link].cutAnswers,
  });
  return Object.fromEntries(links.map((link) => [link, since(link)])) as Passages;
}

/** What all loads on one system have done to its books. */
function together(loads: readonly LoadReport[]): Acknowledged {
  return {
    payments: loads.flatMap(({ payments }) => payments),
    reversals: loads.flatMap(({ reversals }) => reversals),
    loans: loads.flatMap(({ loans }) => loans),
    charges: loads.flatMap(({ charges }) => charges),
  };
}
