import { randomUUID } from 'node:crypto';
import { externalRef } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

interface Row {
  row: number;
  outcome: string;
  result: { payment_id: string } | null;
  refusal: { code: string; errors: { pointer: string }[] } | null;
}

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('payments-bulk');
});
afterAll(() => payment.stop());

const path = '/v1/payments/bulk';
/** Of each instalment. */
const weekly = '100.00';
const csvType = { 'content-type': 'text/csv' };

/** The rows of the job that this body makes, once it has ended. */
async function bulk(body: unknown, headers: Record<string, string> = {}): Promise<Row[]> {
  const { status, body: job } = await payment.post(path, body, { headers, key: null });
  expect(status).toBe(202);
  await eventually(async () => (await payment.get(`${path}/${job.id}`)).body.status === 'done', { timeoutMs: 15_000 });
  return (await payment.get(`${path}/${job.id}/rows`)).body.data as unknown as Row[];
}
const told = (rows: readonly Row[]) => rows.map(({ outcome, refusal }) => refusal?.code ?? outcome);
const stored = async (externalId: string) => {
  const rows = await payment.rows<{ id: string; status: string; amount: string; settled_event_id: string | null }>(
    'select id, status, amount, settled_event_id from payments where external_id = $1',
    [externalId],
  );
  return rows;
};

describe('many payments in an array', () => {
  test('each is recorded as a single one would be, and the same again is the same', async () => {
    const { customerId, loan } = await payment.customerWithLoan();
    const items = [
      { ...paying(customerId, weekly), external_id: 'b-1' },
      { ...paying(customerId, weekly), external_id: 'b-2', allocations: [{ loan_id: loan.id, amount: weekly }] },
      { ...paying(customerId, '1.00'), external_id: 'b-3' },
      { ...paying(customerId, weekly) },
      { ...paying(randomUUID(), weekly), external_id: 'b-5' },
      { ...paying(customerId, weekly), external_id: 'b-1', method: 'nobody' },
      { ...paying(customerId, weekly), external_id: 'b-1', value_date: '2026-01-01' },
      'no object',
    ];
    const first = await bulk(items);
    expect(told(first)).toEqual([
      'done',
      'done',
      'payment_not_exact',
      'validation_failed',
      'not_found',
      'validation_failed',
      'already_exists',
      'validation_failed',
    ]);
    expect(first.map(({ refusal }) => refusal?.errors.map(({ pointer }) => pointer))[3]).toEqual(['/external_id']);
    expect(await stored('b-1')).toMatchObject([{ id: first[0]?.result?.payment_id, status: 'settled' }]);
    const single = await payment.get(`/v1/payments/${first[1]?.result?.payment_id}`);
    expect(single.body).toMatchObject({ external_id: 'b-2', allocations: [{ loan_id: loan.id, amount: weekly }] });
    const again = await bulk(items.slice(0, 2));
    expect(told(again)).toEqual(['repeated', 'repeated']);
    expect(again.map(({ result }) => result)).toEqual(first.slice(0, 2).map(({ result }) => result));
    expect((await payment.rows('select id from payments where customer_id = $1', [customerId])).length).toBe(2);
  });

  test('the same ones twice at once are done by one job and repeated by the other', async () => {
    const customers = await Promise.all(Array.from({ length: 4 }, () => payment.customerWithLoan()));
    const items = customers.flatMap(({ customerId }, index) =>
      [1, 2, 3].map((each) => ({ ...paying(customerId, weekly), external_id: `at-once-${index}-${each}` })),
    );
    const [one = [], other = []] = await Promise.all([bulk(items), bulk(items)]);
    const pairs = one.map((row, index) => [row, other[index]].map((each) => told(each ? [each] : [])[0]).toSorted());
    expect(pairs).toEqual(items.map(() => ['done', 'repeated']));
    expect(one.map(({ result }) => result)).toEqual(other.map(({ result }) => result));
  });

  test('one that a single request recorded before is refused', async () => {
    const { customerId } = await payment.customerWithLoan();
    await payment.post('/v1/payments', { ...paying(customerId, weekly), external_id: 's-1' });
    expect(told(await bulk([{ ...paying(customerId, weekly), external_id: 's-1' }]))).toEqual(['already_exists']);
  });

  test('one above everything owed is kept as rejected, and is refused alike when it comes again', async () => {
    const { customerId } = await payment.customerWithLoan({ paymentPolicy: 'any', overpayment: 'reject' });
    const items = [{ ...paying(customerId, '999999999.00'), external_id: 'r-1' }];
    const first = await bulk(items);
    expect(told(first)).toEqual(['amount_exceeds_outstanding']);
    expect(await stored('r-1')).toMatchObject([{ id: first[0]?.result?.payment_id, status: 'rejected' }]);
    expect(await bulk(items)).toEqual(first);
    expect(await stored('r-1')).toHaveLength(1);
  });

  test.each([
    ['an object', {}, '', 'type'],
    ['an empty array', [], '', 'minItems'],
    ['more than 10,000', Array.from({ length: 10_001 }, () => 1), '', 'maxItems'],
  ])('%s is refused whole', async (_name, body, pointer, code) => {
    const answer = await payment.post(path, body);
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ pointer, code }]]);
    expect(await payment.rows(`select id from row_jobs where status = 'receiving'`)).toEqual([]);
  });

  test('needs the permission, and a key brings the same job again', async () => {
    expect((await payment.post(path, [1], { role: 'auditor' })).status).toBe(403);
    const key = randomUUID();
    const first = await payment.post(path, [1], { key });
    const again = await payment.post(path, [1], { key });
    expect([again.body.id, again.headers['idempotency-replayed']]).toEqual([first.body.id, 'true']);
    expect((await payment.post(path, [2], { key })).body.code).toBe('idempotency_mismatch');
  });
});

describe("a bank's settlement file", () => {
  test('names customers by their external id, with dates and amounts as banks write them', async () => {
    const { customerId, messages } = payment.billing.register(
      undefined,
      externalRef(payment.config.EXTERNAL_REF_KEY, 'bank-customer'),
    );
    const opened = payment.billing.open(customerId);
    await payment.feed([...messages, ...opened.messages]);
    const rows = await bulk(
      [
        'External_ID;Customer_External_ID;Amount;Currency;Value_Date;Customer_ID',
        `f-1;bank-customer;${weekly};IDR;;`,
        `f-2;;${weekly};IDR;;${customerId}`,
        `f-3;nobody;${weekly};IDR;;`,
        `f-4;bank-customer;1,5;IDR;tomorrow;`,
        `f-5;;${weekly};IDR;;`,
        '',
      ].join('\r\n'),
      csvType,
    );
    expect(told(rows)).toEqual(['done', 'done', 'not_found', 'validation_failed', 'validation_failed']);
    expect(rows.map(({ refusal }) => refusal?.errors.map(({ pointer }) => pointer)).slice(3)).toEqual([
      expect.arrayContaining(['/amount/amount', '/value_date']),
      ['/customer_id'],
    ]);
    expect(await stored('f-1')).toMatchObject([{ status: 'settled' }]);
  });

  test('a row that names two customers is neither one, and a row that names none says what it lacks', async () => {
    const named = (externalId: string) => {
      const made = payment.billing.register(undefined, externalRef(payment.config.EXTERNAL_REF_KEY, externalId));
      return { ...made, opened: payment.billing.open(made.customerId) };
    };
    const [one, other] = [named('one'), named('other')];
    await payment.feed([...one.messages, ...one.opened.messages, ...other.messages, ...other.opened.messages]);
    const rows = await bulk(
      [
        'external_id,customer_id,customer_external_id,amount,currency',
        `two-1,${one.customerId},other,${weekly},IDR`,
        `two-2,${one.customerId.toUpperCase()},one,${weekly},IDR`,
        `two-3,,,${weekly},IDR`,
        `two-4,,,x,IDR`,
        `two-5,${one.customerId},nobody,${weekly},IDR`,
      ].join('\n'),
      csvType,
    );
    expect(told(rows)).toEqual(['validation_failed', 'done', 'validation_failed', 'validation_failed', 'not_found']);
    expect(rows.map(({ refusal }) => refusal?.errors?.map(({ pointer }) => pointer))).toEqual([
      ['/customer_external_id'],
      undefined,
      ['/customer_id'],
      ['/customer_id', '/amount/amount'],
      [],
    ]);
    expect(rows[2]?.refusal).toMatchObject({ errors: [{ message: 'or customer_external_id is required' }] });
    expect(await stored('two-1')).toEqual([]);
  });

  test('refused rows can be fetched with what they said, and jobs are listed', async () => {
    const { body: job } = await payment.post(path, 'external_id,amount,currency,customer_id\nx-1,=1,IDR,\n', {
      headers: csvType,
    });
    await eventually(async () => (await payment.get(`${path}/${job.id}`)).body.status === 'done');
    const refused = await payment.get(`${path}/${job.id}/errors?format=json`);
    expect(refused.body.data).toMatchObject([{ row: 2, values: { external_id: 'x-1', amount: '=1' } }]);
    expect((await payment.get(`${path}?limit=1`)).body.data).toMatchObject([{ id: job.id, kind: 'payments_bulk' }]);
  });
});
