import { paymentSettled, topics } from '@tenor/contracts';
import { createTestTenant } from '@tenor/testing';
import { pino } from 'pino';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { auditLogMigration } from '../src/audit-log-migration.ts';
import type { CommandContext } from '../src/caller.ts';
import { type Database, type DatabaseOptions, openDatabase, statement } from '../src/database.ts';
import { discardedLettersMigration } from '../src/discarded-letters-migration.ts';
import { newId } from '../src/ids.ts';
import { connectKafka, createTopics, deadLetterTopic, type KafkaConnection } from '../src/kafka.ts';
import { kitMigration } from '../src/kit-migration.ts';
import { migrate } from '../src/migrate.ts';
import { putAsidesMigration } from '../src/put-asides-migration.ts';
import { relaySessionsMigration } from '../src/relay-sessions-migration.ts';
import { subjectPublisher, type UnitOfWork } from '../src/unit-of-work.ts';

export const logger = pino({ level: 'silent' });
export const group = 'kit.test';
export const PARTITIONS = 4;

/** The least that a service brings along. */
class Service implements MigrationInterface {
  name = 'Service1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table customers (id uuid primary key, outbox_position bigint not null default 0)');
    await runner.query('create table effects (event_id uuid, subject text, note text, place bigserial primary key)');
  }

  async down(): Promise<void> {}
}

export interface Fixture {
  readonly database: Database;
  readonly kafka: KafkaConnection;
  readonly topicPrefix: string;
  readonly brokers: string[];
  readonly adminUrl: string;
  readonly options: DatabaseOptions;
  /** A second pool on the same database, as another replica has one. */
  another(): Promise<Database>;
  close(): Promise<void>;
}

/** A database with the kit's tables and the payments topic, of one test file alone. */
export async function openFixture(name: string): Promise<Fixture> {
  const tenant = await createTestTenant(name);
  const options: DatabaseOptions = {
    url: tenant.billingUrl,
    schema: 'billing',
    poolSize: 12,
    applicationName: name,
    migrations: [
      kitMigration('billing'),
      putAsidesMigration('billing'),
      relaySessionsMigration('billing'),
      discardedLettersMigration('billing'),
      auditLogMigration('billing'),
      Service,
    ],
  };
  const database = await openDatabase(options);
  await migrate(database);
  const kafka = connectKafka({ brokers: tenant.brokers, clientId: name, logger });
  const { topicPrefix } = tenant;
  await createTopics(
    kafka,
    [topics.payments, deadLetterTopic(group)].map((topic) => ({
      name: topic,
      partitions: PARTITIONS,
      retentionMs: -1,
    })),
    { prefix: topicPrefix, replicationFactor: 1 },
  );
  const others: Database[] = [];
  return {
    database,
    kafka,
    topicPrefix,
    brokers: tenant.brokers,
    adminUrl: tenant.adminUrl,
    options,
    async another() {
      const other = await openDatabase(options);
      others.push(other);
      return other;
    },
    async close() {
      await kafka.close();
      await Promise.allSettled([database, ...others].map((opened) => opened.close()));
      await tenant.drop();
    },
  };
}

export function context(idempotency?: CommandContext['idempotency']): CommandContext {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  return {
    caller: { id: 'tester', roles: ['officer'] },
    requestId: newId(),
    traceparent,
    ...(idempotency === undefined ? {} : { idempotency }),
  };
}

export const newCustomer = statement('test_new_customer', 'insert into customers (id) values ($1)');
const lockCustomer = statement('test_lock_customer', 'select id from customers where id = $1 for update');
export const addEffect = statement(
  'test_add_effect',
  'insert into effects (event_id, subject, note) values ($1, $2, $3)',
);
export const allEffects = statement('test_effects', 'select event_id, subject, note from effects order by place');
export const countOutbox = statement('test_count_outbox', 'select count(*) as waiting from outbox');

export interface Effect {
  readonly event_id: string | null;
  readonly subject: string;
  readonly note: string;
}

/** Data of a settled payment; `method` carries what a test wants to recognise. */
export function settled(customerId: string, method = 'manual') {
  return { ...paymentSettled.example, customer_id: customerId, method };
}

/** Publishes the next events of a payment of the customer. */
export async function publishPayment(
  uow: UnitOfWork,
  payment: { subject: string; customerId: string; from: bigint; count: number },
): Promise<void> {
  await uow.query(lockCustomer, [payment.customerId]);
  const publisher = subjectPublisher(uow, { ...payment, sequence: payment.from });
  for (let index = 0; index < payment.count; index += 1) {
    publisher.publish(paymentSettled, settled(payment.customerId));
  }
}
