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
  payoutRefused: false,
  eventSequence: 1n,
});
const left = { succeeded: true, amount: 1000n, currency: 'USD' } as const;
const stayed = { succeeded: false, failureCode: 'account_closed', wasMade: 'yes' } as const;
const silent = { ...stayed, wasMade: 'unknown' } as const;
const refused = { ...stayed, wasMade: 'no' } as const;

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
    const ended = conclude(refund(from), result);
    expect(ended).toMatchObject({ status, reason });
    expect(conclude(ended as Refund, result)).toBe(ended);
  });

  test.each(['authorised', 'paid_out', 'failed', 'returned'] as const)(
    'is not known without an answer: nothing changes of one that is %s',
    (from) => {
      const before = refund(from);
      expect(conclude(before, silent)).toBe(before);
    },
  );

  test('is in conflict when it is told to be paid after it was refused, also when that is told again', () => {
    const failed = conclude(refund('authorised'), refused) as Refund;
    expect(failed.payoutRefused).toBe(true);
    for (const again of [failed, conclude(failed, refused) as Refund, conclude(failed, stayed) as Refund])
      expect(conclude(again, left)).toMatchObject({ refused: 'state_conflict', meta: { status: 'failed' } });
  });

  test.each(['failed', 'returned'] as const)(
    'is the last word: a success changes nothing of one that is %s',
    (from) => {
      const ended = refund(from);
      expect(conclude(ended, left)).toBe(ended);
    },
  );

  test.each([
    { from: 'paid_out', result: refused },
    { from: 'requested', result: left },
    { from: 'requested', result: stayed },
    { from: 'refused', result: left },
  ] as const)("is refused with 'state_conflict' for one that is $from", ({ from, result }) =>
    expect(conclude(refund(from), result)).toMatchObject({ refused: 'state_conflict', meta: { status: from } }),
  );

  test.each([
    { amount: 999n, currency: 'USD' },
    { amount: 1000n, currency: 'JPY' },
  ])("is refused with 'settlement_mismatch' for $amount $currency", (paid) =>
    expect(conclude(refund('authorised'), { succeeded: true, ...paid })).toMatchObject({
      refused: 'settlement_mismatch',
    }),
  );
});
