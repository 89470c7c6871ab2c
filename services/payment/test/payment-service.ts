import { randomUUID } from 'node:crypto';
import { type App, loadConfig } from '@tenor/service-kit';
import { createTestTenant, eventually, testIssuer } from '@tenor/testing';
import pg from 'pg';
import { startPayment } from '../src/app.ts';
import { paymentConfigSchema } from '../src/config.ts';
import { migratePayment } from '../src/migrate.ts';
import { type BillingMessage, FakeBilling, type FakeLoan, type LoanTerms } from './fake-billing.ts';
import { createSender } from './sender.ts';

/** The fields that any answer of this service may have: a payment, a page of them, or a problem. */
interface Body {
  id: string;
  status: string;
  allocations: { loan_id: string; amount: string }[];
  unapplied: string;
  failure_code: string | null;
  closed_at: string | null;
  data: Body[];
  next_cursor: string | null;
  code: string;
  request_id: string;
  errors: { pointer: string; code: string }[];
  meta: Record<string, unknown>;
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Body;
}

export interface RequestOptions {
  role?: string | null;
  key?: string | null;
  headers?: Record<string, string>;
}

export type PaymentTest = Awaited<ReturnType<typeof startPaymentTest>>;

/** A payment service on a tenant of its own, with a billing that says what the test makes it say. */
export async function startPaymentTest(name: string, environment: Record<string, string> = {}) {
  const tenant = await createTestTenant(name);
  const issuer = testIssuer();
  const config = loadConfig(paymentConfigSchema, {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: tenant.paymentUrl,
    KAFKA_BROKERS: tenant.brokers.join(','),
    TOPIC_PREFIX: tenant.topicPrefix,
    LOG_LEVEL: 'silent',
    AUTH_REQUIRED: 'true',
    RATE_LIMIT_PER_MINUTE: '0',
    LOGIN_LIMIT_PER_USER: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_FILE: issuer.jwksFile,
    EXTERNAL_REF_KEY: 'a-key-for-tests-only-0123456789abcdef',
    ...environment,
  });
  await migratePayment(config);
  const service = await startPayment(config);
  const pool = new pg.Pool({ connectionString: tenant.adminUrl, options: '-c search_path=payment', max: 2 });
  // `end` does not wait for the last bytes, and whoever drops the database then cuts off what is still closing.
  pool.on('error', () => undefined);
  const sender = await createSender(tenant.brokers, tenant.topicPrefix);
  const billing = new FakeBilling();

  const requester =
    (app: App) => async (method: 'GET' | 'POST', url: string, payload: unknown, options: RequestOptions) => {
      const { role = 'officer', key = randomUUID(), headers = {} } = options;
      const response = await app.inject({
        method,
        url,
        headers: {
          ...(role === null ? {} : { authorization: `Bearer ${await issuer.token(role)}` }),
          ...(key === null || method === 'GET' ? {} : { 'idempotency-key': key }),
          ...headers,
        },
        ...(payload === undefined ? {} : { payload: payload as object | string }),
      });
      return { status: response.statusCode, headers: response.headers, body: response.json<Body>() } satisfies Answer;
    };
  /** Requests to an instance of the service, with a token and a fresh key unless told otherwise. */
  const clientOf = (app: App) => {
    const request = requester(app);
    return {
      post: (url: string, payload?: unknown, options: RequestOptions = {}) => request('POST', url, payload, options),
      get: (url: string, options: RequestOptions = {}) => request('GET', url, undefined, options),
    };
  };
  const rows = async <Row extends object>(text: string, values: unknown[] = []) =>
    (await pool.query<Row>(text, values)).rows;

  /** Sends billing's messages and waits until the projection has taken them in. */
  const feed = async (messages: readonly BillingMessage[]) => {
    await sender.send(messages);
    for (const { text } of messages) {
      const { subject, sequence } = JSON.parse(text) as { subject: string; sequence: number };
      await eventually(async () => {
        const [seen] = await rows<{ last_sequence: string }>(
          `select last_sequence from loan_accounts where loan_id = $1
           union all select last_sequence from customers where id = $1`,
          [subject],
        );
        return seen !== undefined && BigInt(seen.last_sequence) >= BigInt(sequence);
      });
    }
  };

  return {
    service,
    tenant,
    billing,
    rows,
    feed,
    send: sender.send,
    ...clientOf(service.app),
    clientOf,
    config,
    /** A customer with an active loan, projected. */
    async customerWithLoan(terms: LoanTerms = {}): Promise<{ customerId: string; loan: FakeLoan }> {
      const { customerId, messages } = billing.register();
      const opened = billing.open(customerId, terms);
      await feed([...messages, ...opened.messages]);
      return { customerId, loan: opened.loan };
    },
    async anotherLoan(customerId: string, terms: LoanTerms = {}): Promise<FakeLoan> {
      const { loan, messages } = billing.open(customerId, terms);
      await feed(messages);
      return loan;
    },
    /** Everything that a request could have written, as one text; the outbox is left out, since the relay empties it. */
    async snapshot(): Promise<string> {
      const tables = ['customers', 'loan_accounts', 'payments', 'payment_allocations', 'payment_directory'];
      const all = [...tables, 'payment_external_ids', 'refunds', 'refund_external_ids', 'idempotency_keys'];
      const contents = await Promise.all(
        all.map((table) => rows(`select row_to_json(t)::text as row from ${table} t order by 1`)),
      );
      return JSON.stringify(contents);
    },
    async stop(): Promise<void> {
      await service.stop();
      await sender.stop();
      await pool.end();
      await tenant.drop();
    },
  };
}

/** The body of a payment in rupiah. */
export function paying(customerId: string, amount: string, more: object = {}) {
  return { customer_id: customerId, amount: { amount, currency: 'IDR' }, ...more };
}
