import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../json-file.ts';
import { choosePort } from '../ports.ts';
import type { Servers, StartContext } from '../stack.ts';
import { startKafka } from './kafka.ts';
import { ensureKafkaJars, findJava } from './kafka-jars.ts';
import { startPostgres } from './postgres.ts';
import { restartable } from './restartable.ts';

interface Ports {
  postgres: number;
  kafka: number;
  controller: number;
}

/** Real Postgres and real Kafka as child processes, on the ports of the last run where these are still free. */
export async function startEmbedded(context: StartContext): Promise<Servers> {
  const logs = join(context.folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const java = findJava(context.env);
  const jars = await ensureKafkaJars(context);
  const ports = await choosePorts(context);
  const program = { java, jars, port: ports.kafka, controllerPort: ports.controller };
  const runPostgres = () => startPostgres(context, ports.postgres, join(logs, 'postgres.log'));
  const runKafka = () => startKafka(context, program, join(logs, 'kafka.log'));
  const [postgres, kafka] = await allOrNone([runPostgres(), runKafka()]);
  const crashable = {
    postgres: restartable(postgres.process, async () => (await runPostgres()).process),
    kafka: restartable(kafka.process, async () => (await runKafka()).process),
  };
  const servers = Object.values(crashable);
  return {
    postgres: { adminUrl: postgres.adminUrl },
    kafka: { brokers: [kafka.broker] },
    crashable,
    onDeath: (listener) => {
      for (const server of servers) server.onDeath(listener);
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function choosePorts({ folder, preferredPorts }: StartContext): Promise<Ports> {
  const file = join(folder, 'ports.json');
  const last: Partial<Ports> = readJson<Partial<Ports>>(file) ?? preferredPorts;
  const postgres = await choosePort(last.postgres);
  const kafka = await choosePort(last.kafka, [postgres]);
  const controller = await choosePort(last.controller, [postgres, kafka]);
  writeJson(file, { postgres, kafka, controller });
  return { postgres, kafka, controller };
}

/** Waits for both even when one fails, so that nobody starts a process after the clean-up of the failure. */
async function allOrNone<A, B>(starting: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}
