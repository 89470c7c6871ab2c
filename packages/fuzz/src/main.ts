/**
 * `npm run fuzz [-- --seed <number>] [--examples <number>] [--schedules <number>] [--only <part>]`: Schemathesis
 * against every OpenAPI document as every kind of caller, then random concurrent schedules of requests. Exit code 1 on
 * any failure, 2 when it could not run.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localFolder, onStarterGone } from '@tenor/local-stack';
import { startTestStack, startTestSystem, stopTestStack } from '@tenor/testing';
import { type FuzzPlan, fuzz } from './fuzz.ts';
import { MissingTool, pythonPackages } from './python.ts';
import { startProvider } from './schedules/provider.ts';
import { requirementsFile } from './schemathesis.ts';

const SEED_MAX = 1_000_000_000;
const EXAMPLES = 10;
const SCHEDULES = 100;
/** The documents; the schedules are played in any case. */
const PARTS = ['gateway', 'billing', 'payment', 'schedules'];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
onStarterGone(process.env, () => interrupted.abort());

function planOf(): FuzzPlan {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * SEED_MAX)) },
      examples: { type: 'string', default: String(EXAMPLES) },
      schedules: { type: 'string', default: String(SCHEDULES) },
      only: { type: 'string' },
    },
  });
  const { only } = values;
  if (only !== undefined && !PARTS.includes(only)) throw new MissingTool(`--only takes one of ${PARTS.join(', ')}.`);
  const [seed = 0, examples = 0, schedules = 0] = [values.seed, values.examples, values.schedules].map((text) => {
    if (!/^\d{1,9}$/.test(text))
      throw new MissingTool(`${text} is no number that --seed, --examples and --schedules take.`);
    return Number.parseInt(text, 10);
  });
  return {
    seed,
    examples,
    schedules,
    only,
    folder: join(localFolder, 'fuzz'),
    signal: interrupted.signal,
  };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const plan = planOf();
  say(`seed ${plan.seed} (repeat with: npm run fuzz -- --seed ${plan.seed})`);
  const python = await pythonPackages(requirementsFile, join(localFolder, 'cache'));
  await startTestStack();
  const provider = await startProvider();
  try {
    const system = await startTestSystem('fuzz', provider.environment);
    try {
      return (await fuzz({ system, provider, python, say }, plan)) ? 0 : 1;
    } finally {
      await system.stop();
    }
  } finally {
    await provider.stop();
    await stopTestStack();
  }
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof MissingTool ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exit(2);
}
