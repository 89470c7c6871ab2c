import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AnyEvent,
  assertConforms,
  type Event,
  type EventContract,
  type EventOf,
  events,
  type LoanRepaid,
  loanBucketChanged,
  loanRepaid,
  topics,
} from '../src/index.ts';

const folder = join(import.meta.dirname, '../src/events');

describe.each(events.map((event): [string, EventContract] => [event.type, event]))('%s', (type, event) => {
  test('belongs to the topic that its name begins with', () => {
    const [noun] = type.split('.');
    expect(event.topic).toBe(noun === 'journal' ? topics.integrity : topics[`${noun}s` as keyof typeof topics]);
  });

  test('has an example that conforms, with the ids that the envelope needs', () => {
    expect(() => assertConforms(event, event.example)).not.toThrow();
    const names = event.subject === 'day' ? ['day'] : ['customer_id', `${event.subject}_id`];
    for (const name of names) expect(event.example).toHaveProperty(name);
  });

  test('names no personal data', () => {
    expect(JSON.stringify(event.data)).not.toMatch(/"(first_name|last_name|name|email|phone|address|external_id)":/);
  });

  test('has its currency beside its amounts', () => {
    const names = Object.keys(event.data.properties);
    const hasAmount = names.some((name) => ['amount', 'outstanding', 'arrears', 'limit', 'total'].includes(name));
    expect(names.includes('currency')).toBe(hasAmount);
  });
});

test('every file of the events folder declares one event, named after it, and is registered', async () => {
  const files = await readdir(folder);
  const declared = await Promise.all(
    files.map(async (file) => (await readFile(join(folder, file), 'utf8')).match(/type: '([a-z._]+)',/)?.[1]),
  );
  expect(declared.toSorted()).toEqual(events.map(({ type }) => type).toSorted());
  expect(files.toSorted()).toEqual(events.map(({ type }) => `${type.replaceAll(/[._]/g, '-')}.ts`).toSorted());
});

test('every type of event is declared once, and the list is what consumers were promised', () => {
  expect(events.map(({ type }) => type)).toEqual([
    'loan.opened',
    'loan.approved',
    'loan.rejected',
    'loan.cancelled',
    'loan.failed',
    'loan.disbursed',
    'loan.repaid',
    'loan.repayment_reversed',
    'loan.repayment_reallocated',
    'loan.paid',
    'loan.became_delinquent',
    'loan.cured',
    'loan.bucket_changed',
    'loan.instalment_due_soon',
    'loan.charged',
    'loan.waived',
    'loan.restructured',
    'loan.written_off',
    'loan.recovered',
    'loan.grown',
    'loan.snapshot',
    'customer.registered',
    'customer.changed',
    'customer.limit_changed',
    'customer.credited',
    'customer.credit_reclaimed',
    'customer.credit_used',
    'customer.refund_authorised',
    'customer.refund_refused',
    'payment.received',
    'payment.settled',
    'payment.failed',
    'payment.reversed',
    'payment.rejected',
    'payment.refund_requested',
    'payment.refund_paid_out',
    'payment.refund_failed',
    'journal.root_signed',
  ]);
});

test('the static types are those of the schemas', () => {
  const creditOf = (event: AnyEvent): string => {
    switch (event.type) {
      case 'loan.repaid':
        return event.data.credited;
      case 'customer.credited':
        return event.data.balance;
      default:
        return '0';
    }
  };
  const data: LoanRepaid = loanRepaid.example;
  const byName: Event<'loan.repaid'>['data'] = data;
  const byContract: EventOf<typeof loanRepaid>['data'] = byName;
  // @ts-expect-error a status is one of a list
  const status: LoanRepaid['status'] = 'open';
  expect(byContract.status).not.toBe(status);
  expect(creditOf).toBeInstanceOf(Function);
});

test.each([
  ['current', true],
  ['1-30', true],
  ['1-1', true],
  ['3651+', true],
  ['0-30', false],
  ['91', false],
  ['late', false],
])('a bucket may be called %s: %s', (bucket, isName) => {
  const named = () => assertConforms(loanBucketChanged, { ...loanBucketChanged.example, bucket });
  if (isName) expect(named).not.toThrow();
  else expect(named).toThrow();
});
