import { randomBytes } from 'node:crypto';
import { localSecrets, provision } from '@tenor/local-stack';
import pg from 'pg';
import { type StackCoordinates, testStack } from './coordinates.ts';
import { deleteTopics } from './topics.ts';

const NAME_LENGTH_MAX = 30;

/** A database and a topic prefix of its own: what one test file shares with no other. */
export interface TestTenant {
  readonly billingUrl: string;
  readonly paymentUrl: string;
  readonly adminUrl: string;
  readonly brokers: string[];
  /** Goes before a topic's name as it is; it ends with a dot. */
  readonly topicPrefix: string;
  /** Removes the database, cutting off who still uses it, and the topics. */
  drop(): Promise<void>;
}

/** Makes a tenant, with roles and schemas but no tables, on the run's stack unless told. `name` only helps to recognise it. */
export async function createTestTenant(name: string, stack: StackCoordinates = testStack()): Promise<TestTenant> {
  const { adminUrl, brokers, folder } = stack;
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, NAME_LENGTH_MAX);
  const database = `t_${label}_${randomBytes(4).toString('hex')}`;
  const topicPrefix = `${database}.`;
  const secrets = localSecrets(folder);
  const passwords = { billing: secrets.billing_password, payment: secrets.payment_password };
  const urls = await provision(adminUrl, { database, passwords });
  const inside = new URL(adminUrl);
  inside.pathname = `/${database}`;
  return {
    ...urls,
    adminUrl: inside.href,
    brokers,
    topicPrefix,
    drop: async () => {
      await dropDatabase(adminUrl, database);
      await deleteTopics(brokers, topicPrefix);
    },
  };
}

async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`);
  } finally {
    await client.end();
  }
}
