import { date } from '@tenor/calendar';
import { follow, newPiece, type Payment } from '../../src/payments/payment.ts';
import { answersOf } from '../../src/reconciliation/answers.ts';
import { type AppliedPayment, compare, type SettledPayment } from '../../src/reconciliation/reconciliation.ts';
import { join, type Pair as PairOf } from '../../src/reconciliation/stretch.ts';
import { totalsOf } from '../../src/reconciliation/totals.ts';
import { appliedPayment, credit, settledPayment } from './books.ts';

type Pair = PairOf<SettledPayment, AppliedPayment>;
type Books = Pick<Pair, 'ours' | 'theirs'>;

const taken = { isReversed: true };
const back = credit({ kind: 'reversal' });
const split = [credit({ applied: 60n }), credit({ loanId: null, applied: 0n, credited: 40n })];
const splitParts = [
  { loanId: null, applied: 0n, credited: 40n },
  { loanId: 'loan-1', applied: 60n, credited: 0n },
];

describe('two books of one payment', () => {
  test.each<[string, Books]>([
    ['applied in one part', { ours: settledPayment(), theirs: appliedPayment() }],
    ['in several parts, in any order', { ours: settledPayment({ parts: splitParts }), theirs: appliedPayment(split) }],
    [
      'a part of nothing',
      { ours: settledPayment(), theirs: appliedPayment([credit(), credit({ loanId: null, applied: 0n })]) },
    ],
    ['taken back', { ours: settledPayment(taken), theirs: appliedPayment([credit(), back]) }],
  ])('agree: %s', (_, books) => expect(compare(books)).toBeUndefined());

  const unanswered = { isAnswered: false, parts: [] };
  test.each<[string, string | null, string, Books]>([
    ['unknown_payment', null, 'payment does not have it', { ours: undefined, theirs: appliedPayment() }],
    [
      'applied_twice',
      null,
      'for two customers',
      { ours: settledPayment(), theirs: appliedPayment([credit(), credit({ customerId: 'customer-2' })]) },
    ],
    [
      'customer_differs',
      null,
      'for another customer',
      { ours: settledPayment(), theirs: appliedPayment([credit({ customerId: 'customer-2' })]) },
    ],
    [
      'not_applied',
      'republish_settled',
      'billing never answered',
      { ours: settledPayment(unanswered), theirs: undefined },
    ],
    [
      'not_applied',
      'republish_settled',
      'only the reversal arrived',
      {
        ours: settledPayment({ ...unanswered, ...taken }),
        theirs: appliedPayment([credit({ kind: 'reversal', loanId: null, applied: 0n })]),
      },
    ],
    ['record_missing', null, 'billing answered once', { ours: settledPayment(), theirs: undefined }],
    [
      'currency_differs',
      null,
      'in another currency',
      { ours: settledPayment(), theirs: appliedPayment([credit({ currency: 'USD' })]) },
    ],
    [
      'amount_differs',
      null,
      'a unit less',
      { ours: settledPayment(), theirs: appliedPayment([credit({ applied: 99n })]) },
    ],
    [
      'amount_differs',
      null,
      'a unit less taken back',
      { ours: settledPayment(taken), theirs: appliedPayment([credit(), { ...back, applied: 99n }]) },
    ],
    [
      'value_date_differs',
      null,
      'on another day',
      { ours: settledPayment(), theirs: appliedPayment([credit()], { date: date('2026-01-07') }) },
    ],
    [
      'not_reversed',
      'republish_reversed',
      'billing never answered',
      { ours: settledPayment({ ...taken, reversalUnanswered: true }), theirs: appliedPayment() },
    ],
    ['not_reversed', null, 'billing answered once', { ours: settledPayment(taken), theirs: appliedPayment() }],
    ['reversed_by_billing', null, 'only there', { ours: settledPayment(), theirs: appliedPayment([credit(), back]) }],
    ['answer_missing', 'take_answer', 'of the payment', { ours: settledPayment(unanswered), theirs: appliedPayment() }],
    [
      'answer_missing',
      'take_answer',
      'of the reversal',
      { ours: settledPayment({ ...taken, reversalUnanswered: true }), theirs: appliedPayment([credit(), back]) },
    ],
    [
      'parts_differ',
      null,
      'to another loan',
      { ours: settledPayment(), theirs: appliedPayment([credit({ loanId: 'loan-2' })]) },
    ],
  ])('%s (%s): %s', (kind, remedy, _, books) => expect(compare(books)).toEqual({ kind, remedy }));
});

describe('two ordered lists', () => {
  const ours = (...days: string[]) =>
    days.map((day) => settledPayment({ id: `p-${day}`, date: date(`2026-01-${day}`) }));
  const theirs = (...days: string[]) =>
    days.map((day) => ({ ...appliedPayment(), id: `p-${day}`, date: date(`2026-01-${day}`) }));
  const shown = (pairs: readonly Pair[]) =>
    pairs.map(({ id, ours: one, theirs: other }) => `${id}${one ? ' ours' : ''}${other ? ' theirs' : ''}`);

  test.each([
    {
      a: ours('01', '03'),
      b: theirs('02', '03'),
      more: [false, false],
      expected: ['p-01 ours', 'p-02 theirs', 'p-03 ours theirs'],
    },
    { a: ours('01', '02'), b: theirs('01', '04'), more: [true, false], expected: ['p-01 ours theirs', 'p-02 ours'] },
    { a: ours('01', '04'), b: theirs('01', '03'), more: [true, true], expected: ['p-01 ours theirs', 'p-03 theirs'] },
    { a: [], b: theirs('01'), more: [false, true], expected: ['p-01 theirs'] },
    { a: [], b: [], more: [false, false], expected: [] },
  ])(
    'are joined as far as both are known: $expected',
    ({ a, b, more: [moreOurs = false, moreTheirs = false], expected }) => {
      const joined = join({ items: a, hasMore: moreOurs }, { items: b, hasMore: moreTheirs });
      expect([shown(joined.pairs), joined.hasMore]).toEqual([expected, moreOurs || moreTheirs]);
    },
  );
});

test('sums are by currency, on both sides, what was taken back beside', () => {
  const usd = settledPayment({ currency: 'USD', amount: 7n, isReversed: true });
  const pairs: Books[] = [
    { ours: settledPayment(), theirs: appliedPayment(split) },
    {
      ours: usd,
      theirs: appliedPayment([
        credit({ currency: 'USD', applied: 7n }),
        credit({ kind: 'reversal', currency: 'USD', applied: 7n }),
      ]),
    },
    { ours: settledPayment({ amount: 5n }), theirs: undefined },
    { ours: undefined, theirs: appliedPayment([credit({ applied: 3n })]) },
  ];
  const none = { count: 0, amount: 0n };
  const both = { count: 1, amount: 7n };
  expect(totalsOf(pairs)).toEqual({
    payment: [
      { currency: 'IDR', settled: { count: 2, amount: 105n }, reversed: none },
      { currency: 'USD', settled: both, reversed: both },
    ],
    billing: [
      { currency: 'IDR', settled: { count: 2, amount: 103n }, reversed: none },
      { currency: 'USD', settled: both, reversed: both },
    ],
  });
});

describe("billing's answers, taken from its books", () => {
  const payment: Payment = {
    id: 'payment-1',
    customerId: 'customer-1',
    externalId: null,
    externalRef: null,
    amount: 100n,
    currency: 'IDR',
    valueDate: date('2026-01-08'),
    recordedAt: '2026-01-08T10:00:00.000001Z',
    method: 'manual',
    status: 'settled',
    allocation: 'automatic',
    pieces: [newPiece('loan-1', 100n)],
    answered: false,
    reversalUnanswered: false,
    eventSequence: 1n,
    rejectCode: null,
    failureCode: null,
  };
  const theirs = appliedPayment([...split, ...split.map((part) => ({ ...part, kind: 'reversal' as const }))]);

  test('bring a payment to where the events would have brought it', () => {
    const ours = settledPayment({ isAnswered: false, parts: [] });
    const after = answersOf({ ours, theirs: appliedPayment(split) }).reduce(follow, payment);
    expect(after).toMatchObject({ status: 'applied', answered: true });
    expect(after.pieces).toMatchObject([
      { loanId: 'loan-1', applied: 60n, credited: 0n, inFlight: false },
      { loanId: null, applied: 0n, credited: 40n },
    ]);
  });

  test('count no credit twice that came before, and answer a reversal too', () => {
    const half = follow(payment, { kind: 'credited', paymentId: payment.id, amount: 40n });
    const reversed: Payment = { ...half, status: 'reversed', reversalUnanswered: true };
    const ours = settledPayment({
      isAnswered: false,
      isReversed: true,
      reversalUnanswered: true,
      parts: splitParts.slice(0, 1),
    });
    const after = answersOf({ ours, theirs }).reduce(follow, reversed);
    expect(after).toMatchObject({ status: 'reversed', answered: true, reversalUnanswered: false });
    expect(after.pieces.map(({ applied, credited, reversed: isBack }) => [applied, credited, isBack])).toEqual([
      [60n, 0n, true],
      [0n, 40n, true],
    ]);
  });
});
