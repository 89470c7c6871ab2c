import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../json-file.ts';
import type { Launched } from '../launch.ts';
import { choosePort } from '../ports.ts';
import type { Servers, StartContext } from '../stack.ts';
import { startKafka } from './kafka.ts';
import { ensureKafkaJars, findJava } from './kafka-jars.ts';
import { startPostgres } from './postgres.ts';

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
  const [postgres, kafka] = await allOrNone([
    startPostgres(context, ports.postgres, join(logs, 'postgres.log')),
    startKafka(context, { java, jars, port: ports.kafka, controllerPort: ports.controller }, join(logs, 'kafka.log')),
  ]);
  const servers: Launched[] = [kafka.process, postgres.process];
  let isStopping = false;
  return {
    postgres: { adminUrl: postgres.adminUrl },
    kafka: { brokers: [kafka.broker] },
    onDeath: (listener) => {
      for (const { name, logFile, ended } of servers) {
        ended.then((how) => isStopping || listener({ name, how, logFile }));
      }
    },
    stop: async () => {
      isStopping = true;
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
