import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { readJson, writeJson } from './json-file.ts';
import { brokerSettings } from './kafka-settings.ts';
import { choosePort } from './ports.ts';
import { localSecrets } from './secrets.ts';
import type { Servers, StartContext } from './stack.ts';

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
  const started = await Promise.allSettled([startPostgres(context, names.postgres), startKafka(context, names.kafka)]);
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
    onDeath: () => undefined,
    stop,
  };
}

async function startPostgres(
  { folder, keep }: StartContext,
  name: string,
): Promise<{ container: StartedTestContainer; adminUrl: string }> {
  const password = localSecrets(folder).postgres_password;
  const durability = keep ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  let container = new GenericContainer(POSTGRES_IMAGE)
    .withName(name)
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'max_connections=300', ...durability])
    .withExposedPorts(5432)
    // The image starts a first server to initialise, and stops it again.
    .withWaitStrategy(Wait.forAll([Wait.forListeningPorts(), Wait.forLogMessage(/ready to accept connections/, 1)]))
    .withStartupTimeout(STARTUP_TIMEOUT_MS);
  if (keep) container = container.withBindMounts([{ source: name, target: '/var/lib/postgresql' }]);
  const running = await container.start();
  const adminUrl = `postgres://postgres:${password}@${running.getHost()}:${running.getMappedPort(5432)}/postgres`;
  return { container: running, adminUrl };
}

async function startKafka(
  { folder, keep }: StartContext,
  name: string,
): Promise<{ container: StartedTestContainer; broker: string }> {
  // A broker tells its clients where to find it, so its port outside must be known before it starts.
  const portFile = join(folder, 'ports.json');
  const port = await choosePort(readJson<{ kafka?: number }>(portFile)?.kafka);
  writeJson(portFile, { kafka: port });
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
