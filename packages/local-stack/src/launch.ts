import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import {
  addRecord,
  identityOf,
  killFamily,
  type ProcessRecord,
  removeRecord,
  type StopStep,
  stopProcess,
} from './processes.ts';
import { StackError } from './stack-error.ts';

const LAST_LINES = 15;
const LOG_BYTES_MAX = 20_000_000;

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly logFile: string;
  /** See ProcessRecord. */
  readonly marker: string;
  readonly stop: readonly StopStep[];
}

export interface Launched {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Where in its log this run begins, in bytes. */
  readonly logStart: number;
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  stop(): Promise<void>;
  /** `kill -9` of it and of all that it started; resolves when nothing of them is left. */
  kill(): Promise<void>;
}

/**
 * Starts a program in a session of its own, so that the terminal's Ctrl-C reaches only the starter, which then stops
 * all in order; and records it in the folder, so that the next start can end it should the starter be killed.
 */
export async function launch(folder: string, program: Program): Promise<Launched> {
  const log = openLog(program.logFile);
  const logStart = fstatSync(log).size;
  const { uid, gid } = program;
  const child = spawn(program.command, [...program.args], {
    cwd: program.cwd,
    env: program.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  let hasEnded = false;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  }).then((how) => {
    hasEnded = true;
    if (child.pid !== undefined) removeRecord(folder, child.pid);
    return how;
  });
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity === undefined) {
    throw new StackError(`${program.name} did not start: ${await ended}\n${lastLines(program.logFile)}`);
  }
  const record: ProcessRecord = { ...identity, name: program.name, marker: program.marker, stop: program.stop };
  addRecord(folder, record);
  return {
    name: program.name,
    pid: identity.pid,
    logFile: program.logFile,
    logStart,
    ended,
    hasEnded: () => hasEnded,
    stop: async () => {
      await stopProcess(record);
      await ended;
    },
    kill: async () => {
      await killFamily(record);
      await ended;
    },
  };
}

/** Logs go on from run to run, and begin anew at a start that finds them grown large. */
function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(file, size > LOG_BYTES_MAX ? 'w' : 'a');
}

/** The end of a log, for a message about the program that wrote it. */
export function lastLines(logFile: string, count = LAST_LINES): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
