/** `npm run bench [-- --quick] [-- --rounds 3] [-- --output <folder>]`: how fast the system is, beside its yardsticks. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, repositoryRoot, StackError } from '@tenor/local-stack';
import { startHello } from './hello.ts';
import { loadNow, machineFacts } from './machine.ts';
import { preparePgbench } from './pgbench.ts';
import { resultsOf, tablesOf } from './report.ts';
import { type Plan, type Round, runRound } from './round.ts';
import { watchStanding } from './standing.ts';
import { startBenchSystem } from './system.ts';

const FULL: Plan = {
  warmUp: 500,
  loans: 2_000,
  payments: 5_000,
  awaited: 1_200,
  importRows: 100_000,
  readsWarmUpSeconds: 1.5,
  readsSeconds: 5,
  yardstick: '--time=5',
  yardstickLoans: 10_000,
};
/** Only to see that everything works. */
const QUICK: Plan = {
  warmUp: 10,
  loans: 40,
  payments: 80,
  awaited: 20,
  importRows: 200,
  readsWarmUpSeconds: 0.1,
  readsSeconds: 0.3,
  yardstick: '--transactions=20',
  yardstickLoans: 100,
};
const MARK = '<!-- generated below by npm run bench -->';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      profile: { type: 'boolean', default: false },
      output: { type: 'string', default: join(repositoryRoot, 'docs', 'bench') },
    },
  });
  const isQuick = values.quick;
  const plan = isQuick ? QUICK : FULL;
  const wanted = Number.parseInt(values.rounds ?? (isQuick ? '1' : '3'), 10);
  if (!(wanted >= 1)) throw new StackError('--rounds is a whole number from 1.');
  mkdirSync(values.output, { recursive: true });
  const loadBefore = loadNow();
  const takenAt = new Date().toISOString();
  await using system = await startBenchSystem((line) => say(`- ${line}`));
  await using hello = await startHello();
  await using standing = await watchStanding(system.adminUrl);
  const machine = await machineFacts(system.adminUrl, loadBefore);
  const pgbench = await preparePgbench(system.adminUrl, plan.yardstickLoans);
  const rounds: Round[] = [];
  for (let number = 1; number <= wanted; number += 1) {
    say(`round ${number} of ${wanted}`);
    rounds.push(
      await runRound({
        system,
        standing,
        pgbench,
        hello,
        plan,
        say,
        ...(values.profile ? { profiles: values.output } : {}),
      }),
    );
  }
  const results = resultsOf(rounds, { takenAt, isQuick, machine, plan });
  const tables = tablesOf(results);
  write(values.output, results, tables);
  say(`\n${tables}`);
  const faults = rounds.flatMap((round) => Object.entries(round.faults));
  for (const [name, counts] of faults) say(`${name} failed: ${JSON.stringify(counts)}`);
  return faults.length === 0;
}

/** The tables go under what people wrote of them. */
function write(folder: string, results: object, tables: string): void {
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const page = join(folder, 'README.md');
  const [introduction = ''] = readIfThere(page).split(MARK);
  writeFileSync(page, `${introduction}${MARK}\n${tables}`);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

try {
  process.exit((await main()) ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`,
  );
  process.exit(1);
}
