import { assertConforms, ContractError, encodeEvent, loanOpened, loanRepaid } from '../src/index.ts';

const fields = {
  id: '019aa4f1-6c00-7000-8000-00000000e001',
  source: '/tenor/billing',
  subject: loanRepaid.example.loan_id,
  time: '2026-01-08T09:30:00.123456Z',
  sequence: 1,
  customerId: loanRepaid.example.customer_id,
  data: loanRepaid.example,
};

/** The pointer of the error that `work` throws. */
function pointerOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ContractError) return error.pointer;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a producer is refused', () => {
  test.each([
    ['data that is no object', null, ''],
    ['a missing field', { ...loanRepaid.example, credited: undefined }, '/credited'],
    ['an undeclared field', { ...loanRepaid.example, email: 'a@example.com' }, '/email'],
    [
      'an undeclared field in a list',
      { ...loanRepaid.example, unpaid: [{ number: 1, due_date: '2026-01-08', amount: '0', name: 'x' }] },
      '/unpaid/0/name',
    ],
    ['a bigint amount', { ...loanRepaid.example, amount: 44_000n }, '/amount'],
    ['an unformatted amount', { ...loanRepaid.example, amount: '44,000' }, '/amount'],
    ['a name with a slash', { ...loanRepaid.example, 'a/b~c': 1 }, '/a~1b~0c'],
  ])('%s, with its pointer', (_, data, pointer) => {
    expect(pointerOf(() => assertConforms(loanRepaid, data))).toBe(pointer);
    expect(pointerOf(() => encodeEvent(loanRepaid, { ...fields, data }))).toBe(pointer);
  });

  test('a fault inside a nested object is named by its path', () => {
    const terms = { ...loanOpened.example.terms, day_count: '30/365' };
    expect(() => assertConforms(loanOpened, { ...loanOpened.example, terms })).toThrow(
      /^loan\.opened: \/terms\/day_count /,
    );
  });

  test.each([
    ['a source that is no service', { source: 'billing' }, '/source'],
    ['a sequence of zero', { sequence: 0n }, '/sequence'],
    ['a sequence beyond what JSON numbers hold', { sequence: 2n ** 53n }, '/sequence'],
    ['a subject that is no UUID', { subject: 'loan-1' }, '/subject'],
    ['a customer that is no UUID', { customerId: '' }, '/partitionkey'],
    ['a time that is no instant', { time: '2026-01-08' }, '/time'],
  ])('%s in the envelope', (_, changes, pointer) => {
    expect(pointerOf(() => encodeEvent(loanRepaid, { ...fields, ...changes }))).toBe(pointer);
  });
});

test('a sound event is encoded as a structured CloudEvent, without a trace when there is none', () => {
  expect(JSON.parse(encodeEvent(loanRepaid, { ...fields, traceparent: undefined }))).toEqual({
    specversion: '1.0',
    id: fields.id,
    source: '/tenor/billing',
    type: 'loan.repaid',
    subject: fields.subject,
    time: fields.time,
    datacontenttype: 'application/json',
    dataschema: 'urn:tenor:event:loan.repaid:v1',
    sequence: 1,
    partitionkey: fields.customerId,
    data: loanRepaid.example,
  });
});
