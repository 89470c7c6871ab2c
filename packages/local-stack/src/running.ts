import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownerOf } from './folder.ts';
import { readJson, writeJson } from './json-file.ts';
import { localFolder } from './paths.ts';

/** Where the system that `npm start` runs is found. */
export interface RunningSystem {
  readonly gateway: string;
  readonly billing: string;
  readonly payment: string;
  /** The simulated payment provider. */
  readonly paymentProvider: string;
  /** The simulated provider of e-mail and SMS, which shows what was sent. */
  readonly notifications: string;
  readonly brokers: readonly string[];
  readonly pids: Readonly<Record<string, number>>;
}

const runningFile = (folder: string): string => join(folder, 'running.json');

/** The started system's addresses; undefined when none runs, even if one was killed and left its file. */
export function runningSystem(folder: string = localFolder): RunningSystem | undefined {
  return ownerOf(folder) && readJson<RunningSystem>(runningFile(folder));
}

export function writeRunning(folder: string, system: RunningSystem): void {
  writeJson(runningFile(folder), system);
}

export function removeRunning(folder: string): void {
  rmSync(runningFile(folder), { force: true });
}
