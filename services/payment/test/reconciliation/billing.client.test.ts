import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { date } from '@tenor/calendar';
import { fileToken, newId } from '@tenor/service-kit';
import { createBillingClient } from '../../src/reconciliation/billing.client.ts';
import { closedUrl } from '../closed-url.ts';

const [paymentId, customerId, loanId] = [newId(), newId(), newId()];
const page = {
  data: [
    {
      payment_id: paymentId,
      value_date: '2026-01-08',
      credits: [
        {
          customer_id: customerId,
          loan_id: loanId,
          kind: 'payment',
          currency: 'IDR',
          applied: '44000.00',
          credited: '0.50',
        },
      ],
    },
  ],
  next_cursor: null,
  progress: [{ partition: 3, next_offset: '7' }],
  put_aside: [paymentId],
  unpublished: [customerId],
};
const applied = {
  id: paymentId,
  date: '2026-01-08',
  credits: [{ customerId, loanId, kind: 'payment', currency: 'IDR', applied: 4_400_000n, credited: 50n }],
};

let server: Server;
let folder: string;
let asked: IncomingMessage;
let answer: { status: number; body: unknown };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'billing-client-'));
  server = createServer((request, response) => {
    asked = request;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  answer = { status: 200, body: page };
});

const client = (tokenFile?: string) =>
  createBillingClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: tokenFile === undefined ? undefined : fileToken(tokenFile),
  });
const dates = { from: '2026-01-08', to: '2026-01-09' };

describe("billing's books over HTTP", () => {
  test('are listed by date behind a position, with the token as the file has it now', async () => {
    const file = join(folder, 'token');
    const books = client(file);
    for (const token of ['first', 'second']) {
      await writeFile(file, `${token}\n`);
      const after = { date: date('2026-01-08'), id: paymentId };
      expect(await books.payments.list(dates, after)).toEqual({ items: [applied], hasMore: false });
      expect(asked.headers.authorization).toBe(`Bearer ${token}`);
    }
    expect(decodeURIComponent(asked.url ?? '')).toBe(
      `/internal/v1/applied-credits?from=2026-01-08&to=2026-01-09&limit=200&cursor=2026-01-08/${paymentId}`,
    );
  });

  test('are looked at by payment, with how far billing has come', async () => {
    expect(await client().payments.look([paymentId])).toEqual({
      entries: new Map([[paymentId, applied]]),
      progress: new Map([[3, 7n]]),
      putAside: new Set([paymentId]),
      unpublished: new Set([customerId]),
    });
    expect(asked.headers.authorization).toBeUndefined();
    expect(asked.url).toBe(`/internal/v1/applied-credits?ids=${paymentId}`);
  });

  test('of refunds are read alike', async () => {
    const decision = { customer_id: customerId, currency: 'IDR', amount: '12.50', status: 'refused', reason: 'why' };
    const decided = { refund_id: loanId, value_date: '2026-01-08', decisions: [decision] };
    answer = { status: 200, body: { ...page, data: [decided] } };
    const entry = {
      id: loanId,
      date: '2026-01-08',
      decisions: [{ customerId, currency: 'IDR', amount: 1_250n, status: 'refused', reason: 'why' }],
    };
    expect(await client().refunds.list(dates, undefined)).toEqual({ items: [entry], hasMore: false });
    expect(asked.url).toBe('/internal/v1/decided-refunds?from=2026-01-08&to=2026-01-09&limit=200');
    expect(await client().refunds.look([loanId])).toMatchObject({ entries: new Map([[loanId, entry]]) });
  });

  test('a page that goes on says so', async () => {
    answer = { status: 200, body: { ...page, next_cursor: `2026-01-08/${paymentId}` } };
    expect(await client().payments.list(dates, undefined)).toMatchObject({ hasMore: true });
    await expect(client().payments.look([paymentId])).rejects.toThrow('some of what was asked for only');
  });

  test.each([
    { because: 'billing refuses', status: 403, tokenFile: undefined },
    { because: 'billing is in trouble', status: 503, tokenFile: undefined },
    { because: 'the token cannot be read', status: 200, tokenFile: '/nowhere/token' },
  ])('are not available when $because', async ({ status, tokenFile }) => {
    answer = { status, body: page };
    expect(await client(tokenFile).payments.list(dates, undefined)).toMatchObject({
      refused: 'billing_unavailable',
      meta: { retry_after_seconds: 5 },
    });
  });

  test('are not available when nobody listens, or the answer is cut off', async () => {
    const books = createBillingClient({ url: await closedUrl(), tokens: undefined });
    expect(await books.payments.look([paymentId])).toMatchObject({ refused: 'billing_unavailable' });
    answer = { status: 200, body: undefined };
    expect(await client().payments.look([paymentId])).toMatchObject({ refused: 'billing_unavailable' });
  });

  test('fail loudly when the answer is not what billing promises', async () => {
    answer = { status: 200, body: { ...page, progress: undefined } };
    await expect(client().payments.list(dates, undefined)).rejects.toThrow("Billing's answer: /progress is missing");
  });
});
