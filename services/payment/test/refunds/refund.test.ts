import type { ProviderResult } from '../../src/payments/provider-result.ts';
import { conclude, decide, type Refund, type RefundStatus } from '../../src/refunds/refund.ts';

const refund = (status: RefundStatus): Refund => ({
  id: 'refund',
  customerId: 'customer',
  externalId: null,
  amount: 1000n,
  currency: 'USD',
  method: 'mockpay',
  status,
  reason: null,
  eventSequence: 1n,
});
const left = { succeeded: true, amount: 1000n, currency: 'USD' } as const;
const stayed = { succeeded: false, failureCode: 'account_closed', wasMade: 'yes' } as const;
const silent = { ...stayed, wasMade: 'unknown' } as const;
const refused = { ...stayed, wasMade: 'no' } as const;
const ending = (from: Refund, result: ProviderResult) => conclude(from, result, { wasRefused: false });

describe("billing's decision", () => {
  test.each([
    { decision: { authorised: true } as const, status: 'authorised', reason: null },
    {
      decision: { authorised: false, reason: 'credit_exceeded' } as const,
      status: 'refused',
      reason: 'credit_exceeded',
    },
  ])('makes a requested refund $status', ({ decision, status, reason }) =>
    expect(decide(refund('requested'), decision)).toMatchObject({ status, reason }),
  );

  test.each(['authorised', 'refused', 'paid_out', 'failed', 'returned'] as const)(
    'changes nothing of one that is %s',
    (status) => {
      const decided = refund(status);
      expect(decide(decided, { authorised: true })).toBe(decided);
    },
  );
});

describe('the end of a payout', () => {
  test.each([
    { from: 'authorised', result: left, status: 'paid_out', reason: null },
    { from: 'authorised', result: stayed, status: 'failed', reason: 'account_closed' },
    { from: 'authorised', result: refused, status: 'failed', reason: 'account_closed' },
    { from: 'paid_out', result: stayed, status: 'returned', reason: 'account_closed' },
  ] as const)('makes a refund that is $from $status, once', ({ from, result, status, reason }) => {
    const ended = ending(refund(from), result);
    expect(ended).toMatchObject({ status, reason });
    expect(ending(ended as Refund, result)).toBe(ended);
  });

  test.each(['authorised', 'paid_out', 'failed', 'returned'] as const)(
    'is not known without an answer: nothing changes of one that is %s',
    (from) => {
      const before = refund(from);
      expect(ending(before, silent)).toBe(before);
    },
  );

  test.each([
    { paid: left, because: 'the credit is back' },
    { paid: { ...left, amount: 999n }, because: 'money left, whatever its amount' },
  ])('is in conflict when it is told to be paid after an attempt was refused: $because', ({ paid }) =>
    expect(conclude(refund('failed'), paid, { wasRefused: true })).toMatchObject({
      refused: 'state_conflict',
      meta: { status: 'failed' },
    }),
  );

  test.each(['failed', 'returned'] as const)(
    'is the last word: a success changes nothing of one that is %s',
    (from) => {
      const ended = refund(from);
      expect(ending(ended, left)).toBe(ended);
    },
  );

  test.each([
    { from: 'paid_out', result: refused },
    { from: 'requested', result: left },
    { from: 'requested', result: stayed },
    { from: 'refused', result: left },
  ] as const)("is refused with 'state_conflict' for one that is $from", ({ from, result }) =>
    expect(ending(refund(from), result)).toMatchObject({ refused: 'state_conflict', meta: { status: from } }),
  );

  test.each([
    { from: 'authorised', amount: 999n, currency: 'USD' },
    { from: 'authorised', amount: 1000n, currency: 'JPY' },
    { from: 'paid_out', amount: 999n, currency: 'USD' },
    { from: 'failed', amount: 999n, currency: 'USD' },
    { from: 'returned', amount: 999n, currency: 'USD' },
  ] as const)("is refused with 'settlement_mismatch' for $amount $currency of one that is $from", ({ from, ...paid }) =>
    expect(ending(refund(from), { succeeded: true, ...paid })).toMatchObject({ refused: 'settlement_mismatch' }),
  );
});
