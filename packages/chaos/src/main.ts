/** `npm run chaos -- --minutes 5 --seed 7`: kills everything in turn under traffic; exit code 1 when a rule is broken. */
import { parseArgs } from 'node:util';
import { onStarterGone, StackError } from '@tenor/local-stack';
import { longestOperations } from './figures.ts';
import { runChaos } from './run.ts';
import { gapsOf, longestOf, tableOf } from './table.ts';

const MINUTES_DEFAULT = '5';
const MINUTES_MAX = 120;
const SEED_LIMIT = 1_000_000;
const EXIT_INTERRUPTED = 130;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: MINUTES_DEFAULT }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * SEED_LIMIT) : Number(values.seed);
if (!(minutes > 0 && minutes <= MINUTES_MAX) || !Number.isSafeInteger(seed)) {
  process.stderr.write(`--minutes takes a number up to ${MINUTES_MAX}, --seed a whole number.\n`);
  process.exit(2);
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
onStarterGone(process.env, () => interrupted.abort());

try {
  const onProgress = (line: string): void => say(`- ${line}`);
  const report = await runChaos({ seed, seconds: minutes * 60, onProgress, signal: interrupted.signal });
  const { figures, gaps, log, violations } = report;
  const sum = (pick: (row: (typeof figures)[number]) => number) => figures.reduce((all, row) => all + pick(row), 0);
  say(`\n${tableOf(figures)}\n`);
  say(
    `${figures.length - 1} kills, ${sum((row) => row.acknowledged)} operations acknowledged, ` +
      `${log.refused.length} refused, ${sum((row) => row.retried)} retried, ` +
      `${sum((row) => row.lost)} lost, ${sum((row) => row.doubled)} doubled (--seed ${seed})`,
  );
  say(gapsOf(gaps));
  say(longestOf(longestOperations(log)));
  const refusals = Map.groupBy(log.refused, ({ operation, code }) => `${operation.kind} ${code}`);
  say(`refused: ${[...refusals].map(([what, { length }]) => `${what} ${length}`).join(', ')}`);
  const faults = Map.groupBy(log.faults, ({ kind, what }) => `${kind} ${what}`);
  say(`tried again after: ${[...faults].map(([what, { length }]) => `${what} ${length}`).join(', ')}`);
  for (const { rule, found } of violations) say(`BROKEN: ${rule}\n  ${found}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  else {
    process.stderr.write(`${error instanceof StackError ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
