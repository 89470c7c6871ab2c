import { date } from '@tenor/calendar';
import fc from 'fast-check';
import {
  type BillingAnswer,
  type ChargeResult,
  conclude,
  firstStatus,
  follow,
  newPiece,
  type Payment,
  type PaymentStatus,
  reverse,
} from '../../src/payments/payment.ts';

const settled = (amount: bigint, pieces = [newPiece('a', amount)]): Payment => ({
  id: 'p',
  customerId: 'customer',
  externalId: null,
  externalRef: null,
  amount,
  currency: 'IDR',
  valueDate: date('2026-01-08'),
  recordedAt: '2026-01-08T10:00:00.000000Z',
  method: 'manual',
  status: 'settled',
  allocation: 'automatic',
  pieces,
  answered: false,
  reversalUnanswered: false,
  eventSequence: 1n,
  rejectCode: null,
  failureCode: null,
});

const applied = (loanId: string, amount: bigint, credited = 0n): BillingAnswer => ({
  kind: 'applied',
  paymentId: 'p',
  loanId,
  applied: amount,
  credited,
});
const credited = (amount: bigint): BillingAnswer => ({ kind: 'credited', paymentId: 'p', amount });
const takenBack = (loanId: string | null): BillingAnswer => ({ kind: 'taken_back', paymentId: 'p', loanId });

const held = (payment: Payment) => payment.pieces.filter((piece) => piece.inFlight).map((piece) => piece.loanId);
const reversed = (payment: Payment): Payment => {
  const outcome = reverse(payment, 'reversal');
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome;
};

describe('what a payment holds of a shortfall', () => {
  const told: BillingAnswer = { kind: 'credit_told', paymentId: 'p' };
  const two = () => settled(400n, [newPiece('a', 100n), newPiece(null, 300n)]);
  test.each([
    { answers: [applied('a', 100n, 300n)], inFlight: [null], because: "the customer's credit does not show it yet" },
    { answers: [told], inFlight: ['a'], because: 'the credit was told first' },
    { answers: [applied('a', 100n, 300n), told], inFlight: [], because: 'both were told' },
    { answers: [told, applied('a', 100n, 300n)], inFlight: [], because: 'both were told, in any order' },
    { answers: [applied('a', 400n)], inFlight: [], because: 'the loan came to need all of it' },
    { answers: [applied('a', 100n), credited(300n)], inFlight: [], because: 'no loan took the rest' },
  ])('is $inFlight when $because', ({ answers, inFlight }) =>
    expect(held(answers.reduce(follow, two()))).toEqual(inFlight),
  );
});

describe('billing answers a payment', () => {
  const two = () => settled(300n, [newPiece('a', 100n), newPiece('b', 150n)]);
  test.each([
    { answers: [], status: 'settled', inFlight: ['a', 'b'], because: 'nothing came yet' },
    { answers: [applied('a', 100n)], status: 'settled', inFlight: ['b'], because: 'one loan still has to answer' },
    {
      answers: [applied('a', 100n), applied('b', 150n)],
      status: 'settled',
      inFlight: [],
      because: 'the rest is missing',
    },
    {
      answers: [applied('a', 100n), applied('b', 150n), credited(50n)],
      status: 'applied',
      inFlight: [],
      because: 'all is there',
    },
    {
      answers: [credited(50n), applied('b', 150n), applied('a', 100n)],
      status: 'applied',
      inFlight: [],
      because: 'the order of topics is free',
    },
    {
      answers: [applied('a', 100n), credited(200n)],
      status: 'applied',
      inFlight: [],
      because: 'b took nothing, which ends its reservation',
    },
    {
      answers: [applied('a', 100n), applied('b', 120n, 80n)],
      status: 'applied',
      inFlight: [],
      because: 'the excess lies with a loan',
    },
    {
      answers: [applied('a', 100n), applied('c', 200n)],
      status: 'applied',
      inFlight: [],
      because: 'billing chose a loan that was not asked',
    },
  ])('$status when $because', ({ answers, status, inFlight }) => {
    const payment = answers.reduce(follow, two());
    expect([payment.status, held(payment)]).toEqual([status, inFlight]);
  });

  test('a reallocation replaces the figures of its loan and leaves the payment applied', () => {
    const payment = [applied('a', 100n), applied('a', 40n, 60n)].reduce(follow, settled(100n));
    expect(payment.status).toBe('applied');
    expect(payment.pieces).toEqual([{ ...newPiece('a', 100n), applied: 40n, credited: 60n, inFlight: false }]);
  });

  test('fails loudly when more is applied than was paid', () =>
    expect(() => follow(settled(100n), applied('a', 101n))).toThrow('more of payment p'));
});

describe('taking a payment back', () => {
  test.each<{ status: PaymentStatus; outcome: string }>([
    { status: 'settled', outcome: 'reversed' },
    { status: 'applied', outcome: 'reversed' },
    { status: 'pending', outcome: 'state_conflict' },
    { status: 'failed', outcome: 'state_conflict' },
    { status: 'rejected', outcome: 'state_conflict' },
    { status: 'reversed', outcome: 'state_conflict' },
  ])('$outcome from $status', ({ status, outcome }) => {
    const after = reverse({ ...settled(100n), status }, 'chargeback');
    expect('refused' in after ? after.refused : after.status).toBe(outcome);
  });

  test('names the state it found and those it needs', () =>
    expect(reverse({ ...settled(100n), status: 'rejected' }, 'reversal')).toMatchObject({
      meta: { status: 'rejected', allowed: ['settled', 'applied'] },
    }));

  test('ends the reservation at once and waits for billing', () => {
    const payment = reversed(settled(100n));
    expect([held(payment), payment.reversalUnanswered]).toEqual([[], true]);
  });

  test('stays reversed when billing applies it before it takes it back', () => {
    const inBetween = follow(reversed(settled(100n)), applied('a', 100n));
    expect([inBetween.status, inBetween.reversalUnanswered]).toEqual(['reversed', true]);
    const after = follow(inBetween, takenBack('a'));
    expect([after.status, after.reversalUnanswered]).toEqual(['reversed', false]);
  });

  test('is answered by both topics in any order that each topic keeps', () => {
    const loans = [applied('a', 60n), takenBack('a')];
    const customers = [credited(40n), takenBack(null)];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (picks) => {
        let [a, b] = [0, 0];
        let payment = reversed(settled(100n, [newPiece('a', 60n)]));
        const next = (fromLoans: boolean) => (fromLoans && a < 2 ? loans[a++] : (customers[b++] ?? loans[a++]));
        for (const pick of picks) {
          expect(payment.reversalUnanswered).toBe(true);
          const answer = next(pick);
          if (answer) payment = follow(payment, answer);
        }
        expect(payment.reversalUnanswered).toBe(false);
      }),
    );
  });
});

describe('what a provider says', () => {
  const asked = { amount: 10_000n, currency: 'IDR' };
  const success: ChargeResult = { succeeded: true, ...asked };
  const failure: ChargeResult = { succeeded: false, failureCode: 'insufficient_funds' };
  const inStatus = (status: PaymentStatus, failureCode: string | null = null): Payment => ({
    ...settled(asked.amount),
    method: 'mockpay',
    status,
    failureCode,
    pieces: settled(asked.amount).pieces.map((piece) => ({ ...piece, inFlight: status !== 'failed' })),
  });

  test.each([
    { from: 'pending', said: success, to: 'settled', inFlight: true, because: 'the money is here' },
    { from: 'failed', said: success, to: 'settled', inFlight: true, because: 'late money is money' },
    { from: 'pending', said: failure, to: 'failed', inFlight: false, because: 'nothing will come' },
  ] as const)('$from becomes $to: $because', ({ from, said, to, inFlight }) => {
    const payment = inStatus(from, from === 'failed' ? 'expired' : null);
    expect(conclude(payment, said)).toMatchObject({
      status: to,
      failureCode: to === 'failed' ? 'insufficient_funds' : null,
      pieces: [{ asked: 10_000n, inFlight }],
    });
  });

  test.each([
    { from: 'settled', said: success },
    { from: 'applied', said: success },
    { from: 'reversed', said: success },
    { from: 'settled', said: failure },
    { from: 'applied', said: failure },
    { from: 'reversed', said: failure },
    { from: 'failed', said: failure },
  ] as const)('$from stays as it is when told again or out of order', ({ from, said }) => {
    const payment = inStatus(from);
    expect(conclude(payment, said)).toBe(payment);
  });

  test.each([{ amount: 9_999n }, { amount: 10_001n }, { currency: 'USD' }])('refuses %o', (other) => {
    const refusal = conclude(inStatus('pending'), { ...success, ...other });
    expect(refusal).toMatchObject({ refused: 'settlement_mismatch' });
  });

  test('refuses money of a payment that was rejected, which no provider was asked for', () =>
    expect(conclude(inStatus('rejected'), success)).toMatchObject({ refused: 'state_conflict' }));
});

test.each([
  { method: 'manual', rejectCode: null, status: 'settled' },
  { method: 'mockpay', rejectCode: null, status: 'pending' },
  { method: 'mockpay', rejectCode: 'amount_exceeds_outstanding', status: 'rejected' },
] as const)('a payment by $method with $rejectCode begins as $status', ({ status, ...payment }) =>
  expect(firstStatus(payment)).toBe(status),
);
