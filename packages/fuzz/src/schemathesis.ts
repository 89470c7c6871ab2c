import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FuzzCaller } from './callers.ts';
import type { KnownIds } from './known-ids.ts';
import { type PythonPackages, runPython } from './python.ts';
import { settingsOf, TOKEN_VARIABLE } from './settings.ts';

const home = fileURLToPath(new URL('../schemathesis', import.meta.url));
export const requirementsFile = join(home, 'requirements.txt');

const RUN_TIMEOUT_MS = 300_000;
const START = 'from schemathesis.cli import schemathesis; schemathesis()';

export interface FuzzTarget {
  readonly name: string;
  readonly url: string;
}

export interface FuzzRun {
  readonly target: FuzzTarget;
  readonly caller: FuzzCaller;
  readonly ids: KnownIds;
  readonly seed: number;
  /** Generated requests per operation, at most, in each phase that generates. */
  readonly maxExamples: number;
  /** Where settings and reports of the run go. */
  readonly folder: string;
  /** Ends the run before its time. */
  readonly signal: AbortSignal;
}

export interface FuzzResult {
  readonly operations: number;
  readonly cases: number;
  readonly seconds: number;
  /** How many failures of each kind. */
  readonly failures: Readonly<Record<string, number>>;
  /** What Schemathesis says of them, with the request that repeats each. */
  readonly output: string;
}

interface Report {
  readonly operations: { readonly tested: number; readonly errored: number };
  readonly test_cases: { readonly generated: number };
  readonly running_time: number;
  readonly failures: readonly { readonly title: string; readonly count: number }[];
  readonly exit_code: number;
}

/** One run of Schemathesis against one document as one caller. Throws when it did not come to a report. */
export async function runSchemathesis(python: PythonPackages, run: FuzzRun): Promise<FuzzResult> {
  const { target, caller, seed, maxExamples } = run;
  const folder = join(run.folder, `${target.name}-${caller.name.replaceAll(' ', '-')}`);
  mkdirSync(folder, { recursive: true });
  const [settings, report] = [join(folder, 'schemathesis.toml'), join(folder, 'report.json')];
  const base = readFileSync(join(home, 'schemathesis.toml'), 'utf8');
  writeFileSync(settings, settingsOf(base, run.ids, caller.authorization !== undefined));
  const args = [
    ...['-c', START, '--no-color', '--config-file', settings, 'run', `${target.url}/openapi.json`],
    ...['--seed', String(seed), '--max-examples', String(maxExamples)],
    ...['--phases', caller.isThorough ? 'examples,coverage,fuzzing,stateful' : 'examples,fuzzing'],
    ...['--report', 'json', '--report-json-path', report],
  ];
  const env = {
    SCHEMATHESIS_HOOKS: join(home, 'checks.py'),
    PYTHONDONTWRITEBYTECODE: '1',
    FUZZ_HAS_TOKEN: String(caller.role !== undefined),
    FUZZ_PERMISSIONS: caller.held.join(','),
    [TOKEN_VARIABLE]: caller.authorization ?? '',
  };
  const { code, output } = await runPython(python, args, { env, timeoutMs: RUN_TIMEOUT_MS, signal: run.signal });
  writeFileSync(join(folder, 'output.txt'), output);
  if (code === null) throw new Error(`${target.name} as ${caller.name}: not done after ${RUN_TIMEOUT_MS / 1000} s`);
  return resultOf(readReport(report, output), output);
}

function readReport(file: string, output: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    throw new Error(`Schemathesis gave no report:\n${output}`);
  }
}

function resultOf({ operations, test_cases: cases, failures, ...report }: Report, output: string): FuzzResult {
  const counts = failures.map(({ title, count }) => [title, count] as const);
  const isUnexplained = counts.length === 0 && report.exit_code !== 0;
  return {
    operations: operations.tested,
    cases: cases.generated,
    seconds: Math.round(report.running_time),
    failures: Object.fromEntries(isUnexplained ? [['Error of the run', operations.errored || 1]] : counts),
    output,
  };
}
