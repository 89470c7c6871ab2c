import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { businessDate } from '@tenor/calendar';
import {
  decodeEvent,
  type EventContract,
  encodeEvent,
  type PaymentReversed,
  type PaymentSettled,
  paymentRefundFailed,
  paymentRefundPaidOut,
  paymentRefundRequested,
  paymentReversed,
  paymentSettled,
  TOPIC_PARTITIONS,
  topics,
} from '@tenor/contracts';
import {
  childTraceparent,
  connectKafka,
  createLogger,
  type Delivery,
  loadConfig,
  newId,
  partitionFor,
  runUnitOfWork,
  statement,
  type UnitOfWork,
} from '@tenor/service-kit';
import { createTestTenant, eventually, readTopic, testIssuer } from '@tenor/testing';
import pg from 'pg';
import { startBilling } from '../src/app.ts';
import { billingConfigSchema } from '../src/config.ts';
import { paymentsConsumer } from '../src/consumers.ts';
import { openBillingDatabase } from '../src/database.ts';
import { migrateBilling } from '../src/migrate.ts';

/** The day that it is for billing in these tests, whatever the machine says. */
export const TODAY = '2026-06-01';

const signOfLife = statement('test_sign_of_life', 'select 1');
const SIGN_OF_LIFE_MS = 1_000;

type Json = Record<string, unknown>;
/** Any answer of the service: a resource, a page of them, or a problem. */
export interface Body extends Json {
  id: string;
  code: string;
  status: string | number;
  data: Body[];
  next_cursor: string | null;
  errors: { pointer: string; code: string }[];
  instalments: { number: number; due_date: string; total: string; paid: string; unpaid: string; status: string }[];
}
export interface RequestOptions {
  readonly role?: string | null;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
/** An event as billing published it. */
export interface Published {
  readonly id: string;
  readonly type: string;
  readonly traceparent?: string;
  readonly subject: string;
  readonly sequence: number;
  readonly data: Readonly<Json>;
}
export interface PaymentMessage {
  readonly customerId: string;
  readonly text: string;
}
export type BillingTest = Awaited<ReturnType<typeof startBillingTest>>;

/** Billing on a tenant of its own, with a payment service that says what the test makes it say. */
export async function startBillingTest(name: string, environment: Record<string, string> = {}) {
  const tenant = await createTestTenant(name);
  const issuer = testIssuer();
  const given = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: tenant.billingUrl,
    KAFKA_BROKERS: tenant.brokers.join(','),
    TOPIC_PREFIX: tenant.topicPrefix,
    LOG_LEVEL: 'silent',
    AUTH_REQUIRED: 'true',
    RATE_LIMIT_PER_MINUTE: '0',
    LOGIN_LIMIT_PER_USER: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
    AUTH_ISSUER: issuer.issuer,
    AUTH_SIGNING_KEYS_FILE: issuer.signingKeysFile,
    EXTERNAL_REF_KEY: 'a-key-for-tests-only-0123456789abcdef',
    ...environment,
  };
  const config = loadConfig(billingConfigSchema, given);
  await migrateBilling(config);
  const now = () => new Date(`${TODAY}T10:00:00Z`);
  const service = await startBilling(config, { now });
  const database = await openBillingDatabase(config);
  const pool = new pg.Pool({ connectionString: tenant.adminUrl, options: '-c search_path=billing', max: 2 });
  // `end` does not wait for the last bytes, and whoever drops the database then cuts off what is still closing.
  pool.on('error', () => undefined);
  const kafka = connectKafka({
    brokers: tenant.brokers,
    clientId: 'billing-test',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const handle = paymentsConsumer({
    today: (timeZone) => businessDate(now(), timeZone ?? config.TIME_ZONE),
    countApplied: () => {},
  });

  async function request(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: unknown,
    options: RequestOptions = {},
  ) {
    const { role = 'officer', key, headers = {} } = options;
    const response = await service.app.inject({
      method,
      url,
      headers: {
        ...(role === null ? {} : { authorization: `Bearer ${await issuer.token(role)}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload: payload as object | string }),
    });
    const isJson = /json/.test(String(response.headers['content-type']));
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      bytes: response.rawPayload,
      body: isJson ? response.json<Body>() : ({} as Body),
    };
  }
  async function applying(messages: readonly PaymentMessage[], pause = async (_uow: UnitOfWork) => {}): Promise<void> {
    const deliveries = messages.map(({ customerId, text }, index): Delivery => {
      const decoded = decodeEvent(Buffer.from(text));
      if (!decoded.ok || !decoded.known) throw new Error('not an event of ours');
      return { event: decoded.event, customerId, topic: topics.payments, partition: 0, offset: BigInt(index) };
    });
    const context = { caller: { id: 'test', roles: [] }, requestId: newId(), traceparent: childTraceparent() };
    await runUnitOfWork(database, context, async (uow) => {
      await handle(uow, deliveries);
      await pause(uow);
    });
  }
  const rows = async <Row extends object>(text: string, values: unknown[] = []) =>
    (await pool.query<Row>(text, values)).rows;

  return {
    service,
    tenant,
    config,
    /** As a process of its own would be given it. */
    environment: given,
    token: (role: string) => issuer.token(role),
    database,
    rows,
    get: (url: string, options?: RequestOptions) => request('GET', url, undefined, options),
    post: (url: string, payload?: unknown, options?: RequestOptions) => request('POST', url, payload, options),
    put: (url: string, payload?: unknown, options?: RequestOptions) => request('PUT', url, payload, options),
    patch: (url: string, payload?: unknown, options?: RequestOptions) => request('PATCH', url, payload, options),
    request,

    async customer(more: Json = {}): Promise<string> {
      const { status, text, body } = await request('POST', '/v1/customers', {
        external_id: randomUUID(),
        first_name: 'Ana',
        ...more,
      });
      if (status !== 201) throw new Error(text);
      return body.id;
    },
    async loan(customerId: string, more: Json = {}): Promise<Body> {
      const { status, text, body } = await request('POST', '/v1/loans', {
        customer_id: customerId,
        product: 'weekly-flat-50',
        principal: { amount: '2000000.00', currency: 'IDR' },
        ...more,
      });
      if (status !== 201) throw new Error(text);
      return body;
    },

    /** Hands events to the consumer's handler in one transaction, as it would get them without an inbox. */
    apply: (...messages: readonly PaymentMessage[]): Promise<void> => applying(messages),
    /** The same, but the transaction has written all and stays open until `end` is called, for 15 s at most. */
    async stall(...messages: readonly PaymentMessage[]): Promise<{ end(): Promise<void> }> {
      const written = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const writing = applying(messages, async (uow) => {
        written.resolve();
        const over = mayEnd.promise.then(() => true);
        // The server ends a transaction that says nothing for 7 s.
        while (!(await Promise.race([over, sleep(SIGN_OF_LIFE_MS, false)]))) await uow.query(signOfLife);
      });
      await Promise.race([written.promise, writing]);
      return {
        end() {
          mayEnd.resolve();
          return writing;
        },
      };
    },
    /** Sends events to the payments topic, as the payment service's relay would. */
    async send(...messages: readonly PaymentMessage[]): Promise<void> {
      const producer = kafka.client.producer();
      await producer.connect();
      for (const { customerId: key, text: value } of messages) {
        const partition = partitionFor(key, TOPIC_PARTITIONS);
        await producer.send({
          topic: `${tenant.topicPrefix}${topics.payments}`,
          messages: [{ key, value, partition }],
        });
      }
      await producer.disconnect();
    },
    /** What was published about a customer, or its loans, of one type if given, once at least `count` are on the topic. */
    async published(
      customerId: string,
      topic: 'loans' | 'customers',
      count: number,
      type?: string,
    ): Promise<Published[]> {
      return eventually(async () => {
        const messages = await readTopic(tenant.brokers, `${tenant.topicPrefix}${topics[topic]}`);
        const all = messages.filter(({ key }) => key === customerId).map(({ value }) => value as Published);
        // A send that was not acknowledged in time is repeated: delivery is at least once.
        const known = [...new Map(all.map((event) => [event.id, event])).values()];
        const own = type === undefined ? known : known.filter((event) => event.type === type);
        if (own.length < count) throw new Error(`Only ${own.length} of ${count} events were published`);
        return own;
      });
    },
    outstanding: async (loanId: string): Promise<unknown> =>
      (await request('GET', `/v1/loans/${loanId}/outstanding`)).body['total'],
    credit: async (customerId: string, currency: string): Promise<unknown> =>
      (await request('GET', `/v1/customers/${customerId}/balance?currency=${currency}`)).body['credit'],
    /** Whether journal, projection and ledger of the loan agree. */
    async isProven(loanId: string): Promise<boolean> {
      const { body } = await request('GET', `/v1/loans/${loanId}/proof`);
      return [body['fold_equals_projection'], body['chain_verified'], body['ledger_equals_fold']].every(
        (is) => is === true,
      );
    },

    /** Everything that a request could have written, as one text; without the outbox, which the relay empties. */
    async snapshot(tables?: readonly string[]): Promise<string> {
      const moving = ['outbox', 'outbox_slots', 'outbox_relays', 'consumer_progress', 'inbox', 'migrations'];
      const named = await rows<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'billing' order by 1`,
      );
      const wanted = tables ?? named.map(({ name: table }) => table).filter((table) => !moving.includes(table));
      const contents: Json = {};
      for (const table of wanted) {
        contents[table] = await rows(`select row_to_json(t)::text as row from ${table} t order by 1`);
      }
      return JSON.stringify(contents);
    },
    async stop(): Promise<void> {
      await service.stop();
      await kafka.close();
      await database.close();
      await pool.end();
      await tenant.drop();
    },
  };
}

export interface Paying {
  readonly customerId: string;
  readonly amount: string;
  readonly paymentId?: string;
  readonly currency?: string;
  readonly on?: string;
  readonly externalRef?: string;
  readonly traceparent?: string;
  readonly loans?: readonly { readonly loan_id: string; readonly amount: string }[];
  /** Of a payment without `loans`: where payment expects it to go. */
  readonly expected?: readonly { readonly loan_id: string; readonly amount: string }[];
}

/** A settled payment; without `loans` billing finds the loans itself. */
export function settled(paying: Paying): PaymentMessage & { readonly paymentId: string } {
  const { customerId, amount, paymentId = newId(), currency = 'IDR', on = TODAY, loans, expected = [] } = paying;
  const data: PaymentSettled = {
    payment_id: paymentId,
    customer_id: customerId,
    external_ref: paying.externalRef ?? null,
    currency,
    amount,
    value_date: on,
    method: 'manual',
    allocation: loans === undefined ? 'automatic' : 'explicit',
    allocations: [...(loans ?? expected)],
  };
  return {
    paymentId,
    customerId,
    text: encodeEvent(paymentSettled, { ...envelope(paymentId, customerId, 1, data), traceparent: paying.traceparent }),
  };
}

/** The payment taken back. */
export function reversed(payment: Paying & { readonly paymentId: string }): PaymentMessage {
  const { customerId, amount, paymentId, currency = 'IDR' } = payment;
  const data: PaymentReversed = {
    payment_id: paymentId,
    customer_id: customerId,
    currency,
    amount,
    kind: 'reversal',
    reason: null,
  };
  return { customerId, text: encodeEvent(paymentReversed, envelope(paymentId, customerId, 2, data)) };
}

export interface Refunding {
  readonly customerId: string;
  readonly amount: string;
  readonly refundId?: string;
  readonly currency?: string;
}

/** What the payment service says of one refund, from its request to its end. */
export function refunding({ customerId, amount, refundId = newId(), currency = 'IDR' }: Refunding) {
  const data = { refund_id: refundId, customer_id: customerId, currency, amount, method: 'manual' };
  const message = (contract: EventContract, sequence: number, more: object = {}): PaymentMessage => ({
    customerId,
    text: encodeEvent(contract, envelope(refundId, customerId, sequence, { ...data, ...more })),
  });
  return {
    refundId,
    requested: message(paymentRefundRequested, 1),
    paidOut: message(paymentRefundPaidOut, 2),
    failed: message(paymentRefundFailed, 2, { reason: 'account_closed' }),
    returned: message(paymentRefundFailed, 3, { reason: 'account_closed' }),
  };
}

function envelope(subject: string, customerId: string, sequence: number, data: unknown) {
  const time = `${TODAY}T10:00:00.000000Z`;
  return { id: newId(), source: '/tenor/payment', subject, customerId, sequence, time, data };
}
