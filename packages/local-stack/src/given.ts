import { connect } from 'node:net';
import pg from 'pg';
import type { Servers } from './stack.ts';
import { messageOf, StackError } from './stack-error.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The servers named by DATABASE_URL (of a user who may create databases and roles) and KAFKA_BROKERS, after a look that
 * they answer; undefined when neither is set. A StackError when only one is, or one does not answer.
 */
export async function givenStack(env: NodeJS.ProcessEnv): Promise<Servers | undefined> {
  const adminUrl = env['DATABASE_URL'];
  const brokerList = env['KAFKA_BROKERS'];
  if (!adminUrl && !brokerList) return undefined;
  if (!adminUrl || !brokerList) {
    const [set, missing] = adminUrl ? ['DATABASE_URL', 'KAFKA_BROKERS'] : ['KAFKA_BROKERS', 'DATABASE_URL'];
    throw new StackError(`${set} is set but ${missing} is not: set both to use your own servers, or neither.`);
  }
  const brokers = brokerList.split(',').map((broker) => broker.trim());
  await mustAnswer('DATABASE_URL', pingPostgres(adminUrl));
  await mustAnswer('KAFKA_BROKERS', Promise.any(brokers.map(pingBroker)));
  return {
    postgres: { adminUrl },
    kafka: { brokers },
    onDeath: () => undefined,
    stop: async () => undefined,
  };
}

async function mustAnswer(key: string, ping: Promise<void>): Promise<void> {
  await ping.catch((error: unknown) => {
    const reason = error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error);
    throw new StackError(`The server named by ${key} does not answer: ${reason}`);
  });
}

/** Resolves when the database lets the user in. */
export async function pingPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

function pingBroker(broker: string): Promise<void> {
  const [host = '', port = ''] = broker.split(/:(?=\d+$)/);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number.parseInt(port, 10), timeout: CONNECT_TIMEOUT_MS });
    const end = (settle: () => void) => (): void => {
      socket.destroy();
      settle();
    };
    socket.once('connect', end(resolve));
    socket.once(
      'timeout',
      end(() => reject(new Error(`${broker} timed out`))),
    );
    socket.once('error', reject);
  });
}
