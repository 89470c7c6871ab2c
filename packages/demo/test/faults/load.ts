import { setTimeout as sleep } from 'node:timers/promises';
import { PROVIDER } from './faulty-system.ts';

export interface LoadReport {
  /** Ids of what was acknowledged. */
  readonly payments: readonly string[];
  readonly reversals: readonly string[];
  readonly loans: readonly string[];
  /** Those of the payments that the provider was to make. */
  readonly charges: readonly string[];
  /** Differences that payment told between its books and billing's; none is right. */
  readonly differences: readonly object[];
  readonly reads: number;
  /** How often each answer came, such as `pay 503 database_unavailable`, and the longest that one took. */
  readonly answers: Readonly<Record<string, { readonly times: number; readonly slowestMs: number }>>;
  /** Answers that said that their request was done before. */
  readonly replayed: number;
  /** Answers 503 without Retry-After. */
  readonly withoutRetryAfter: number;
  /** The longest that an operation that failed at first went on failing. */
  readonly longestUnavailableMs: number;
}

export interface Load {
  /** How many operations are acknowledged so far. */
  acknowledged(): number;
  /** Sends nothing new, repeats what is not acknowledged yet until it is, and tells. */
  stop(): Promise<LoadReport>;
}

interface Answer {
  readonly label: string;
  readonly body: { readonly id?: string; readonly data?: readonly object[] };
  readonly isDone: boolean;
}

interface Operation {
  readonly what: 'pay' | 'charge' | 'reverse' | 'open' | 'read' | 'compare';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

const PAUSE_MS = 50;
const COMPARE_PAUSE_MS = 250;
const GIVE_UP_MS = 60_000;
const CURRENCY = 'INR';
const COMPARISON = '/v1/reconciliation?from=1900-01-01&to=2199-12-31&limit=200';

export const loanRequest = (customerId: string) => ({
  customer_id: customerId,
  product: 'monthly-annuity',
  principal: { amount: '12000.00', currency: CURRENCY },
  terms: { annual_rate_percent: '10.5', number_of_instalments: 6 },
});

export const paymentRequest = (customerId: string, amount: string) => ({
  customer_id: customerId,
  amount: { amount, currency: CURRENCY },
});

/**
 * How far the load goes: to payment alone, where customers pay and take back; to both services, where they open and
 * read as well; to the provider, through which they then also pay, while somebody compares the books of both services.
 */
export type Reach = 'payment' | 'services' | 'provider';

export interface LoadOptions {
  readonly customers: number;
  /** Sets apart the loads on one system. */
  readonly run: string;
  /** How long a request waits for its answer. */
  readonly patienceMs: number;
  readonly reach: Reach;
}

/**
 * Customers, each with a loan, who one after the other pay, take back, open and read, one request at a time, and repeat
 * with the same key what is not acknowledged: by what the books hold in the end, nothing may be lost or doubled. Resolves once each
 * customer's first payment is taken.
 */
export async function startLoad(
  url: string,
  token: string,
  { customers, run, patienceMs, reach }: LoadOptions,
): Promise<Load> {
  const report = {
    payments: [] as string[],
    reversals: [] as string[],
    loans: [] as string[],
    charges: [] as string[],
    differences: [] as object[],
    reads: 0,
    answers: {} as Record<string, { times: number; slowestMs: number }>,
    replayed: 0,
    withoutRetryAfter: 0,
    longestUnavailableMs: 0,
  };
  let isStopping = false;
  let keys = 0;

  async function send({ what, method, path, body }: Operation, key: string): Promise<Answer> {
    const started = performance.now();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
    };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    })
      .then(async (response) => ({ response, body: (await response.json()) as Answer['body'] & { code?: string } }))
      .catch((error: unknown) => String(error));
    const label = typeof answer === 'string' ? `${what} ${answer}` : labelOf(what, answer.response.status, answer.body);
    const seen = report.answers[label] ?? { times: 0, slowestMs: 0 };
    const slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - started));
    report.answers[label] = { times: seen.times + 1, slowestMs };
    if (typeof answer === 'string') return { label, body: {}, isDone: false };
    const { status, headers: answered } = answer.response;
    if (answered.get('idempotency-replayed') === 'true') report.replayed += 1;
    if (status === 503 && !answered.has('retry-after')) report.withoutRetryAfter += 1;
    return { label, body: answer.body, isDone: status < 300 };
  }

  async function untilAcknowledged(operation: Operation): Promise<Answer['body']> {
    keys += 1;
    const key = `load-${run}-${keys}`;
    const started = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      const { label, body, isDone } = await send(operation, key);
      const tookMs = performance.now() - started;
      if (isDone && attempts > 1) report.longestUnavailableMs = Math.max(report.longestUnavailableMs, tookMs);
      if (isDone) return body;
      if (tookMs > GIVE_UP_MS) throw new Error(`Not acknowledged within ${GIVE_UP_MS} ms: ${label}`);
      await sleep(PAUSE_MS);
    }
  }

  const post = async (what: Operation['what'], path: string, body: object): Promise<string> =>
    (await untilAcknowledged({ what, method: 'POST', path, body })).id ?? '';

  async function open(customerId: string): Promise<string> {
    const id = await post('open', '/v1/loans', loanRequest(customerId));
    report.loans.push(id);
    return id;
  }

  async function pay(customerId: string, amount: string): Promise<string> {
    const id = await post('pay', '/v1/payments', paymentRequest(customerId, amount));
    report.payments.push(id);
    return id;
  }

  async function charge(customerId: string, amount: string): Promise<void> {
    const id = await post('charge', '/v1/payments', { ...paymentRequest(customerId, amount), method: PROVIDER });
    report.payments.push(id);
    report.charges.push(id);
  }

  async function read(loanId: string): Promise<void> {
    await untilAcknowledged({ what: 'read', method: 'GET', path: `/v1/loans/${loanId}/outstanding` });
    report.reads += 1;
  }

  async function compare(): Promise<void> {
    while (!isStopping) {
      const { data = [] } = await untilAcknowledged({ what: 'compare', method: 'GET', path: COMPARISON });
      report.differences.push(...data);
      await sleep(COMPARE_PAUSE_MS);
    }
  }

  async function act(customerId: string, loanId: string): Promise<void> {
    for (let turn = 1; !isStopping; turn += 1) {
      const paid = await pay(customerId, `${1 + (turn % 7)}.${10 + (turn % 80)}`);
      if (reach !== 'payment') await read(loanId);
      if (turn % 4 === 0) {
        await post('reverse', `/v1/payments/${paid}/reverse`, { reason: 'load' });
        report.reversals.push(paid);
      }
      if (reach === 'provider' && turn % 4 === 1) await charge(customerId, `2.${10 + (turn % 80)}`);
      if (reach !== 'payment' && turn % 10 === 0) await open(customerId);
      await sleep(PAUSE_MS);
    }
  }

  const people = await Promise.all(
    Array.from({ length: customers }, async (_, index) => {
      const customerId = await post('open', '/v1/customers', {
        external_id: `load-${run}-${index}`,
        first_name: 'Load',
      });
      const loanId = await open(customerId);
      // Once it is taken, payment knows of the loan, and is on its own.
      await pay(customerId, '1.00');
      return { customerId, loanId };
    }),
  );
  const acting = people.map(({ customerId, loanId }) => act(customerId, loanId));
  if (reach === 'provider') acting.push(compare());
  return {
    acknowledged: () => report.payments.length + report.reversals.length + report.loans.length,
    async stop() {
      isStopping = true;
      await Promise.all(acting);
      return { ...report, longestUnavailableMs: Math.round(report.longestUnavailableMs) };
    },
  };
}

function labelOf(what: string, status: number, { code }: { code?: string }): string {
  return code === undefined ? `${what} ${status}` : `${what} ${status} ${code}`;
}
