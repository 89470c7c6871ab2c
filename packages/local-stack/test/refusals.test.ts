import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureKafkaJars, findJava } from '../src/embedded/kafka-jars.ts';
import { startStack } from '../src/stack.ts';
import { StackError } from '../src/stack-error.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

afterAll(removeScratch);

/** A folder for PATH that holds one program, which prints the text and exits with the code. */
function pathWith(program: string, prints: string, code = 0): string {
  const bin = join(scratchFolder(), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, program), `#!/bin/sh\necho '${prints}' >&2\nexit ${code}\n`);
  chmodSync(join(bin, program), 0o755);
  return bin;
}

describe('a start on a machine where something is missing', () => {
  test('says in one sentence that Java is to be installed, and how', async () => {
    const folder = join(scratchFolder(), 'stack');
    const started = startStack({ folder, keep: true, only: 'embedded', env: { PATH: '' } });
    await expect(started).rejects.toThrow(
      /^Kafka needs Java 17 or newer, which is missing: install it \(.*apt-get install openjdk-17-jre-headless.*\.$/,
    );
    await expect(started).rejects.toBeInstanceOf(StackError);
    expect(existsSync(join(folder, 'owner.json'))).toBe(false);
  });

  test('removes a folder that was not to be kept', async () => {
    const folder = join(scratchFolder(), 'stack');
    await expect(startStack({ folder, keep: false, only: 'embedded', env: { PATH: '' } })).rejects.toThrow('Java');
    expect(existsSync(folder)).toBe(false);
  });

  test.each([
    { prints: 'openjdk version "11.0.2" 2019-01-15', says: 'java is 11: install it' },
    { prints: 'java version "1.8.0_202"', says: 'java is 1: install it' },
    { prints: 'cannot load', says: 'java is not working: install it' },
  ])('refuses a Java that prints $prints', ({ prints, says }) => {
    expect(() => findJava({ PATH: pathWith('java', prints) })).toThrow(says);
  });

  test('takes a Java that is new enough, and JAVA_HOME before PATH', () => {
    const old = pathWith('java', 'openjdk version "11.0.2"');
    const recent = pathWith('java', 'openjdk version "21.0.1" 2023-10-17');
    expect(findJava({ PATH: [recent, old].join(delimiter) })).toBe(join(recent, 'java'));
    expect(findJava({ PATH: old, JAVA_HOME: join(recent, '..') })).toBe(join(recent, 'java'));
  });

  const context = (path: string) => ({
    folder: '',
    keep: false,
    durable: false,
    preferredPorts: {},
    progress: () => undefined,
    env: { PATH: path },
  });

  test('says in one sentence that Maven is to be installed, when it is needed', async () => {
    await expect(ensureKafkaJars(context(''), scratchFolder())).rejects.toThrow(
      /^Fetching Kafka the first time needs Maven \(mvn\), which is missing: install it \(.*apt-get install maven.*\.$/,
    );
  });

  test('passes on what Maven complains of, and keeps nothing half fetched', async () => {
    const cache = scratchFolder();
    const broken = pathWith('mvn', '[ERROR] Could not transfer artifact', 1);
    await expect(ensureKafkaJars(context(broken), cache)).rejects.toThrow('Could not transfer artifact');
    await expect(ensureKafkaJars(context(''), cache)).rejects.toThrow('needs Maven');
  });
});

describe('servers given by their addresses', () => {
  test.each([
    { env: { DATABASE_URL: 'postgres://localhost/x' }, says: 'DATABASE_URL is set but KAFKA_BROKERS is not' },
    { env: { KAFKA_BROKERS: 'localhost:9092' }, says: 'KAFKA_BROKERS is set but DATABASE_URL is not' },
    {
      env: { DATABASE_URL: 'postgres://127.0.0.1:1/x', KAFKA_BROKERS: '127.0.0.1:1' },
      says: 'The server named by DATABASE_URL does not answer',
    },
  ])('are refused: $says', async ({ env, says }) => {
    const started = startStack({ folder: join(scratchFolder(), 'stack'), keep: true, env });
    await expect(started).rejects.toThrow(says);
    await expect(started).rejects.toBeInstanceOf(StackError);
  });
});
