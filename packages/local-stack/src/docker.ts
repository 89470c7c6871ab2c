import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { readJson, writeJson } from './json-file.ts';
import { brokerSettings } from './kafka-settings.ts';
import { choosePort } from './ports.ts';
import { localSecrets } from './secrets.ts';
import type { CrashableServer, Servers, StartContext } from './stack.ts';

const POSTGRES_IMAGE = 'postgres:18';
const KAFKA_IMAGE = 'apache/kafka:4.1.0';
const STARTUP_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 8_000;
const CLUSTER_ID = 'dGVub3ItbG9jYWwtc3Rhag';

/** Names for the containers and volumes of a folder, the same at each start. */
function namesFor(folder: string): { postgres: string; kafka: string } {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 10);
  return { postgres: `tenor-postgres-${id}`, kafka: `tenor-kafka-${id}` };
}

/** Postgres 18 and Kafka 4.1 as containers; a kept folder's data lives in two named volumes. */
export async function startInDocker(context: StartContext): Promise<Servers> {
  const names = namesFor(context.folder);
  await removeContainers(Object.values(names));
  context.progress('starting PostgreSQL 18 and Kafka 4.1 in Docker (the first time pulls the images)');
  const ports = await choosePorts(context.folder);
  const started = await Promise.allSettled([
    startPostgres(context, names.postgres, ports.postgres),
    startKafka(context, names.kafka, ports.kafka),
  ]);
  const [postgres, kafka] = started;
  const stop = async (): Promise<void> => {
    const containers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.container] : []));
    await Promise.all(containers.map((container) => container.stop({ timeout: STOP_TIMEOUT_MS })));
  };
  if (postgres.status === 'rejected' || kafka.status === 'rejected') {
    await stop();
    throw postgres.status === 'rejected' ? postgres.reason : (kafka as PromiseRejectedResult).reason;
  }
  return {
    postgres: { adminUrl: postgres.value.adminUrl },
    kafka: { brokers: [kafka.value.broker] },
    crashable: { postgres: crashable(postgres.value.container), kafka: crashable(kafka.value.container) },
    onDeath: () => undefined,
    stop,
  };
}

/**
 * Chosen here and not by the engine: a broker tells its clients where to find it, so its port must be known before it
 * starts, and a server started again must be where its clients look for it.
 */
async function choosePorts(folder: string): Promise<{ postgres: number; kafka: number }> {
  const file = join(folder, 'ports.json');
  const last = readJson<{ postgres?: number; kafka?: number }>(file);
  const postgres = await choosePort(last?.postgres);
  const kafka = await choosePort(last?.kafka, [postgres]);
  writeJson(file, { postgres, kafka });
  return { postgres, kafka };
}

function crashable(container: StartedTestContainer): CrashableServer {
  return {
    async kill() {
      const { dockerode } = (await getContainerRuntimeClient()).container;
      await dockerode.getContainer(container.getId()).kill({ signal: 'SIGKILL' });
    },
    // For a container that has ended a restart is a start, and it waits as the first start did.
    start: () => container.restart(),
  };
}

async function startPostgres(
  { folder, keep, durable }: StartContext,
  name: string,
  port: number,
): Promise<{ container: StartedTestContainer; adminUrl: string }> {
  const password = localSecrets(folder).postgres_password;
  const durability = durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  let container = new GenericContainer(POSTGRES_IMAGE)
    .withName(name)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'max_connections=300', ...durability])
    .withExposedPorts({ container: 5432, host: port })
    // The image starts a first server to initialise, and stops it again.
    .withWaitStrategy(Wait.forAll([Wait.forListeningPorts(), Wait.forLogMessage(/ready to accept connections/, 1)]))
    .withStartupTimeout(STARTUP_TIMEOUT_MS);
  if (keep) container = container.withBindMounts([{ source: name, target: '/var/lib/postgresql' }]);
  const running = await container.start();
  const adminUrl = `postgres://postgres:${password}@${running.getHost()}:${port}/postgres`;
  return { container: running, adminUrl };
}

async function startKafka(
  { keep }: StartContext,
  name: string,
  port: number,
): Promise<{ container: StartedTestContainer; broker: string }> {
  const client = await getContainerRuntimeClient();
  const broker = `${client.info.containerRuntime.host}:${port}`;
  const settings = brokerSettings({
    host: { listen: '0.0.0.0', advertised: broker, port: 9092 },
    controllerPort: 9093,
    dataFolder: '/var/lib/kafka/data',
  });
  const environment = Object.entries(settings).map(([key, value]) => [
    `KAFKA_${key.toUpperCase().replaceAll('.', '_')}`,
    value,
  ]);
  let container = new GenericContainer(KAFKA_IMAGE)
    .withName(name)
    .withEnvironment({ ...Object.fromEntries(environment), CLUSTER_ID, KAFKA_HEAP_OPTS: '-Xmx384m' })
    .withExposedPorts({ container: 9092, host: port })
    // A broker in KRaft mode opens its listeners to clients last. Its log says more, but not in every image.
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(STARTUP_TIMEOUT_MS);
  if (keep) container = container.withBindMounts([{ source: name, target: '/var/lib/kafka/data' }]);
  return { container: await container.start(), broker };
}

async function removeContainers(names: readonly string[]): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for (const name of names) await ignoreMissing(dockerode.getContainer(name).remove({ force: true }));
}

/** Removes what a folder's stack has in the Docker engine, its data too. */
export async function resetDocker(folder: string): Promise<void> {
  const names = Object.values(namesFor(folder));
  await removeContainers(names);
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for (const name of names) await ignoreMissing(dockerode.getVolume(name).remove({ force: true }));
}

async function ignoreMissing(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 404) throw error;
  });
}
