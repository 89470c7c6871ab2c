import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeJson } from './json-file.ts';

const POLL_MS = 50;
const KILL_GRACE_MS = 2_000;

/** A process, told apart from a later one that got the same pid. */
export interface Identity {
  readonly pid: number;
  /** As the system tells it: clock ticks since boot on Linux, a date elsewhere. */
  readonly startedAt: string;
}

export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

export interface ProcessRecord extends Identity {
  readonly name: string;
  /** A text in its command line that no stranger's has, such as its data folder. */
  readonly marker: string;
  /** What to send, one after the other, until it ends; SIGKILL comes after the last. */
  readonly stop: readonly StopStep[];
}

interface Observed {
  readonly startedAt: string;
  readonly command: string;
}

/** What the system knows of a pid; undefined when no such process lives. */
function observe(pid: number): Observed | undefined {
  try {
    return existsSync('/proc/self/stat') ? observeByProc(pid) : observeByPs(pid);
  } catch {
    return undefined;
  }
}

function observeByProc(pid: number): Observed | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name stands in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  const startedAt = fields[19];
  if (isZombie || startedAt === undefined) return undefined;
  return { startedAt, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
}

function observeByPs(pid: number): Observed | undefined {
  const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } } as const;
  const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
  const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], options).trim();
  return startedAt === '' || command === '(node)' ? undefined : { startedAt, command };
}

export function identityOf(pid: number): Identity | undefined {
  const observed = observe(pid);
  return observed && { pid, startedAt: observed.startedAt };
}

export function commandOf(pid: number): string {
  return observe(pid)?.command ?? '';
}

/** The pid of the process's parent; undefined when no such process lives. */
export function parentOf(pid: number): number | undefined {
  try {
    if (!existsSync('/proc/self/stat')) {
      return Number.parseInt(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }), 10);
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number.parseInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '', 10);
  } catch {
    return undefined;
  }
}

/** Whether that very process still lives, not another one with its pid. */
export function isAlive(identity: Identity): boolean {
  return observe(identity.pid)?.startedAt === identity.startedAt;
}

function isOurs(record: ProcessRecord): boolean {
  const observed = observe(record.pid);
  return observed?.startedAt === record.startedAt && observed.command.includes(record.marker);
}

/** Ends a recorded process by pid, politely first. Does nothing when the pid is somebody else's by now. */
export async function stopProcess(record: ProcessRecord): Promise<void> {
  for (const { signal, graceMs } of [...record.stop, { signal: 'SIGKILL' as const, graceMs: KILL_GRACE_MS }]) {
    if (!isOurs(record)) return;
    signalPid(record.pid, signal);
    for (let waited = 0; waited < graceMs && isAlive(record); waited += POLL_MS) await sleep(POLL_MS);
  }
}

/**
 * `kill -9` of a recorded process and of all that it started, and waits until nothing of them is left: to Postgres,
 * what the loss of its machine is. Does nothing when the pid is somebody else's by now.
 */
export async function killFamily(record: ProcessRecord): Promise<void> {
  if (!isOurs(record)) return;
  // Held still first, so that it starts nothing more while its children are listed.
  signalPid(record.pid, 'SIGSTOP');
  const family = [record, ...childrenOf(record.pid)];
  for (const { pid } of family) signalPid(pid, 'SIGKILL');
  for (let waited = 0; family.some(isAlive); waited += POLL_MS) {
    if (waited >= KILL_GRACE_MS) throw new Error(`${record.name} outlived kill -9 by ${KILL_GRACE_MS} ms`);
    await sleep(POLL_MS);
  }
}

function childrenOf(parent: number): Identity[] {
  return runningPids()
    .filter((pid) => parentOf(pid) === parent)
    .map(identityOf)
    .filter((identity): identity is Identity => identity !== undefined);
}

function runningPids(): number[] {
  const names = existsSync('/proc/self/stat')
    ? readdirSync('/proc')
    : execFileSync('ps', ['-A', '-o', 'pid='], { encoding: 'utf8' }).split('\n');
  return names.map((name) => Number.parseInt(name, 10)).filter((pid) => pid > 0);
}

function signalPid(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

const recordsFile = (folder: string): string => join(folder, 'processes.json');

export function readRecords(folder: string): ProcessRecord[] {
  return readJson<ProcessRecord[]>(recordsFile(folder)) ?? [];
}

export function addRecord(folder: string, record: ProcessRecord): void {
  writeJson(recordsFile(folder), [...readRecords(folder), record]);
}

export function removeRecord(folder: string, pid: number): void {
  if (!existsSync(folder)) return;
  writeJson(
    recordsFile(folder),
    readRecords(folder).filter((record) => record.pid !== pid),
  );
}

/** Ends all that a run in this folder started and did not end itself, the last started first. */
export async function stopRecorded(folder: string): Promise<string[]> {
  const stopped: string[] = [];
  for (const record of readRecords(folder).reverse()) {
    if (isOurs(record)) stopped.push(record.name);
    await stopProcess(record);
    removeRecord(folder, record.pid);
  }
  return stopped;
}
