import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerSettings } from '../kafka-settings.ts';
import { type Launched, lastLines, launch } from '../launch.ts';
import { packageFolder } from '../paths.ts';
import type { StartContext } from '../stack.ts';
import { StackError } from '../stack-error.ts';
import { runKafkaTool } from './kafka-jars.ts';

const START_TIMEOUT_MS = 120_000;
const POLL_MS = 100;
const READY = 'Kafka Server started';
// A broker of a test's stack has nothing worth closing properly; a kept one gets time to flush its logs.
const STOP_KEPT = [{ signal: 'SIGTERM', graceMs: 6_000 }] as const;

export interface KafkaProgram {
  readonly java: string;
  readonly jars: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** Starts an Apache Kafka broker on data under the folder, and returns when it serves. */
export async function startKafka(
  { folder, keep, progress }: StartContext,
  program: KafkaProgram,
  logFile: string,
): Promise<{ process: Launched; broker: string }> {
  const dataFolder = join(folder, 'kafka');
  const broker = `127.0.0.1:${program.port}`;
  const settings = writeSettings(folder, program, dataFolder);
  progress('starting Kafka 4.1');
  if (!existsSync(join(dataFolder, 'meta.properties'))) await format(program, settings, dataFolder);
  // The second-stage compiler pays off only in a broker that lives longer than a test run.
  const tuning = keep ? [] : ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const log4j = `-Dlog4j2.configurationFile=${join(packageFolder, 'kafka', 'log4j2.properties')}`;
  const process = await launch(folder, {
    name: 'Kafka',
    command: program.java,
    args: ['-Xmx384m', ...tuning, log4j, '-cp', join(program.jars, '*'), 'kafka.Kafka', settings],
    cwd: folder,
    logFile,
    marker: settings,
    stop: keep ? STOP_KEPT : [],
  });
  await untilServing(process);
  progress(`Kafka is ready on ${broker}`);
  return { process, broker };
}

function writeSettings(folder: string, { port, controllerPort }: KafkaProgram, dataFolder: string): string {
  mkdirSync(dataFolder, { recursive: true });
  const host = { listen: '127.0.0.1', advertised: `127.0.0.1:${port}`, port };
  const lines = Object.entries(brokerSettings({ host, controllerPort, dataFolder })).map(
    ([key, value]) => `${key}=${value}`,
  );
  const file = join(folder, 'kafka.properties');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function format({ java, jars }: KafkaProgram, settings: string, dataFolder: string): Promise<void> {
  // Made of letters and digits only, for an id that begins with a dash would be read as an option.
  const clusterId = randomBytes(11).toString('hex');
  await runKafkaTool(java, jars, [
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    settings,
    '--ignore-formatted',
  ]);
  if (!existsSync(join(dataFolder, 'meta.properties')))
    throw new Error(`Kafka's storage was not formatted in ${dataFolder}`);
}

async function untilServing(process: Launched): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_MS) {
    if (readFileSync(process.logFile).subarray(process.logStart).includes(READY)) return;
    if (process.hasEnded()) throw new StackError(`Kafka ended while it started:\n${lastLines(process.logFile)}`);
    await sleep(POLL_MS);
  }
  throw new StackError(`Kafka was not ready after ${START_TIMEOUT_MS / 1000} s:\n${lastLines(process.logFile)}`);
}
