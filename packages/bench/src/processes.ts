import { readdirSync, readFileSync } from 'node:fs';
import { median, rounded } from './samples.ts';

/** What a process used while something was measured. */
export interface Usage {
  /** Of all cores of the machine. */
  readonly cpu_percent: number;
  readonly cpu_ms_per_operation: number;
  /** Resident memory in MB (2^20 bytes). Postgres is left out: its processes share most of theirs. */
  readonly rss_mb_median: number | null;
  readonly rss_mb_max: number | null;
}

/** Pids by name; `postgres` stands for the postmaster and all its children. */
export type Pids = Readonly<Record<string, number>>;

const SAMPLE_INTERVAL_MS = 200;
/** Linux has long counted 100 ticks to the second for programs, whatever the kernel's own. */
const TICKS_PER_SECOND = 100;
const MB = 2 ** 20;
const PAGE_BYTES = 4096;
const CHILDREN_INCLUDED = new Set(['postgres']);

interface Stat {
  readonly parent: number;
  /** Ticks of the process, and of its children that have ended. */
  readonly own: number;
  readonly ofEnded: number;
  readonly rssMb: number;
}

/** What the system says of a process; undefined when there is none. */
export function statOf(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in brackets and may itself hold blanks and brackets.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map((field) => Number.parseInt(field, 10));
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return {
      parent,
      own: user + system,
      ofEnded: endedUser + endedSystem,
      rssMb: ((fields[21] ?? 0) * PAGE_BYTES) / MB,
    };
  } catch {
    return undefined;
  }
}

function cpuSeconds(name: string, pid: number): number {
  const ticks = CHILDREN_INCLUDED.has(name) ? ticksOfFamily(pid) : statOf(pid)?.own;
  if (ticks === undefined) throw new Error(`${name} is not running (process ${pid}), so it cannot be measured`);
  return ticks / TICKS_PER_SECOND;
}

/** A process with its children, the ended ones too; read again while one of them ends in the middle of it. */
function ticksOfFamily(pid: number): number | undefined {
  for (;;) {
    const before = statOf(pid);
    const living = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => statOf(entry) ?? [])
      .filter(({ parent }) => parent === pid)
      .reduce((sum, { own }) => sum + own, 0);
    const after = statOf(pid);
    if (before === undefined || after === undefined) return undefined;
    if (before.ofEnded === after.ofEnded) return after.own + after.ofEnded + living;
  }
}

/** Seconds that all cores were busy, and that they had, since the machine started. */
function machineSeconds(): { busy: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line
    .split(/\s+/)
    .slice(1, 9)
    .map((field) => Number.parseInt(field, 10));
  const all = ticks.reduce((sum, count) => sum + count, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: (all - idle) / TICKS_PER_SECOND, all: all / TICKS_PER_SECOND };
}

/**
 * Starts to measure; the returned function ends it and says what each process used, and what strangers did. Both throw
 * when one of the processes is not running.
 */
export function meter(pids: Pids): (operations: number) => Record<string, Usage> {
  const names = Object.keys(pids);
  const cpuNow = () => new Map(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(name, pid)]));
  const memory = new Map<string, number[]>(names.map((name) => [name, []]));
  const sample = (): void => {
    for (const [name, pid] of Object.entries(pids)) {
      const stat = statOf(pid);
      if (stat !== undefined) memory.get(name)?.push(stat.rssMb);
    }
  };
  const before = { cpu: cpuNow(), machine: machineSeconds() };
  sample();
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  return (operations) => {
    clearInterval(timer);
    const cpu = cpuNow();
    sample();
    const machine = machineSeconds();
    const all = machine.all - before.machine.all;
    const usage = (seconds: number, rss: readonly number[] | undefined): Usage => ({
      cpu_percent: rounded((seconds / all) * 100, 1),
      cpu_ms_per_operation: rounded((seconds * 1000) / operations, 3),
      rss_mb_median: rss === undefined ? null : rounded(median(rss), 1),
      rss_mb_max: rss === undefined ? null : rounded(Math.max(...rss), 1),
    });
    const used = new Map(names.map((name) => [name, (cpu.get(name) ?? 0) - (before.cpu.get(name) ?? 0)]));
    const ours = [...used.values()].reduce((sum, seconds) => sum + seconds, 0);
    const strangers = Math.max(0, machine.busy - before.machine.busy - ours);
    return {
      ...Object.fromEntries(
        names.map((name) => [
          name,
          usage(used.get(name) ?? 0, CHILDREN_INCLUDED.has(name) ? undefined : memory.get(name)),
        ]),
      ),
      others: usage(strangers, undefined),
    };
  };
}
