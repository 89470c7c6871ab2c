import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, packageFolder } from '../paths.ts';
import type { StartContext } from '../stack.ts';
import { StackError } from '../stack-error.ts';

const JAVA_MAJOR_MIN = 17;
const INSTEAD = 'or start Docker, or set DATABASE_URL and KAFKA_BROKERS';
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** The `java` of JAVA_HOME or PATH. Throws a StackError that says what to install when none is new enough. */
export function findJava(env: NodeJS.ProcessEnv): string {
  const home = env['JAVA_HOME'];
  const ofHome = home ? join(home, 'bin', 'java') : undefined;
  const java = ofHome && existsSync(ofHome) ? ofHome : findProgram('java', env);
  const remedy = `install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk), ${INSTEAD}.`;
  if (java === undefined)
    throw new StackError(`Kafka needs Java ${JAVA_MAJOR_MIN} or newer, which is missing: ${remedy}`);
  const told = spawnSync(java, ['-version'], { encoding: 'utf8', env });
  const major = Number.parseInt(/version "(\d+)/.exec(`${told.stderr}${told.stdout}`)?.[1] ?? '0', 10);
  if (major >= JAVA_MAJOR_MIN) return java;
  throw new StackError(
    `Kafka needs Java ${JAVA_MAJOR_MIN} or newer, and ${java} is ${major || 'not working'}: ${remedy}`,
  );
}

/**
 * The folder with the jars of Apache Kafka as `kafka/pom.xml` names them, fetched by Maven once per clone.
 * Throws a StackError that says what to install when Maven is needed and missing.
 */
export async function ensureKafkaJars({ env, progress }: StartContext, cache: string = cacheFolder): Promise<string> {
  const pom = join(packageFolder, 'kafka', 'pom.xml');
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8);
  const jars = join(cache, `kafka-4.1.0-${version}`);
  if (existsSync(jars)) return jars;
  const maven = findProgram('mvn', env);
  if (maven === undefined) {
    const remedy = `install it (Debian, Ubuntu: apt-get install maven; macOS: brew install maven), ${INSTEAD}.`;
    throw new StackError(`Fetching Kafka the first time needs Maven (mvn), which is missing: ${remedy}`);
  }
  progress('fetching Apache Kafka 4.1.0 with Maven (43 MB, once)');
  mkdirSync(cache, { recursive: true });
  const draft = `${jars}.${process.pid}.new`;
  try {
    await runMaven(
      maven,
      ['-B', '-f', pom, COPY_JARS, `-DoutputDirectory=${draft}`, '-DincludeScope=runtime'],
      env,
      progress,
    );
    moveInto(draft, jars);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return jars;
}

/** Another run may have been faster: then its folder, which holds the same, is the one to use. */
function moveInto(draft: string, jars: string): void {
  try {
    renameSync(draft, jars);
  } catch (error) {
    if (!existsSync(jars)) throw error;
  }
}

const FILES_PER_LINE = 25;

function runMaven(
  maven: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  progress: (line: string) => void,
): Promise<void> {
  const child = spawn(maven, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let files = 0;
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    const now = output.match(/^\[INFO\] Downloaded from /gm)?.length ?? 0;
    if (Math.floor(now / FILES_PER_LINE) > Math.floor(files / FILES_PER_LINE)) progress(`  ${now} files fetched`);
    files = now;
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const errors = output.split('\n').filter((line) => line.startsWith('[ERROR]'));
      reject(new StackError(`Maven could not fetch Kafka:\n${errors.slice(0, 3).join('\n') || output.slice(-500)}`));
    });
  });
}

/** Runs a class of Kafka's jars to its end. */
export async function runKafkaTool(java: string, jars: string, args: readonly string[]): Promise<void> {
  const tuning = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  await promisify(execFile)(java, [...tuning, '-cp', join(jars, '*'), ...args]);
}
