import { date } from '@tenor/calendar';
import { balances, postingsOf } from '../../src/ledger/posting.ts';
import { evolve, fold, type LoanState, outstanding } from '../../src/loans/loan.ts';
import { refold } from '../../src/loans/loan-book.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { folded, lifecycle, minor, record, repaid, reversed } from '../builders.ts';

const spent = (lot: ReturnType<typeof repaid>, amount: string, on: string, spendingId = 'refund-1') =>
  record({
    type: 'credit_spent',
    valueDate: date(on),
    payload: { lotId: lot.payload.paymentId, spendingId, kind: 'refund', amount },
  } as const);
const returned = (spendingId = 'refund-1') =>
  record({ type: 'credit_returned', valueDate: date('2026-11-07'), payload: { spendingId } } as const);
const used = (amount: string, on: string) =>
  record({ type: 'credit_used', valueDate: date(on), payload: { useId: 'use-1', amount } } as const);
const owed = (state: LoanState): bigint => outstanding(state, date('2026-12-01')).total;
const effectOf = (events: readonly LoanEvent[], { id }: LoanEvent) =>
  folded(events).effects.find(({ event }) => event.id === id);

/** The example of domain.md §4: 1,000 without interest, overpaid by 300 in four payments. */
const [first, second, third, fourth] = [
  repaid('500.00', '2026-11-02'),
  repaid('10.00', '2026-11-03'),
  repaid('400.00', '2026-11-04'),
  repaid('390.00', '2026-11-05'),
];
const paid = [...lifecycle(), first, second, third, fourth];

describe('credit of a loan that was spent', () => {
  test('is no longer its credit, and the event that spends it evolves to what the fold gives', () => {
    const event = spent(fourth, '250.00', '2026-11-06');
    const { state } = folded([...paid, event]);
    expect([state.credited, owed(state)]).toEqual([minor('50.00'), 0n]);
    expect(evolve(folded(paid).state, event).state).toEqual(state);
  });

  test('stays spent when a payment before it is reversed: only the unspent part is reclaimed, the rest is owed again', () => {
    const events = [...paid, spent(fourth, '250.00', '2026-11-06'), reversed(first)];
    const { state } = folded(events);
    expect([state.credited, owed(state)]).toEqual([0n, minor('450.00')]);
    expect(effectOf(events, fourth)).toMatchObject({ applied: minor('140.00'), excess: minor('250.00') });
  });

  test('leaves the example of domain.md §4 as it is, less what was spent', () => {
    const spending = spent(fourth, '290.00', '2026-11-06');
    const steps: [LoanEvent[], string, string][] = [
      [[...paid, spending], '10.00', '0.00'],
      [[...paid, spending, reversed(second)], '0.00', '0.00'],
      [[...paid, spending, reversed(second), reversed(first)], '0.00', '500.00'],
      [
        [...paid, spending, reversed(second), reversed(first), repaid('500.00', '2026-11-02', { paymentId: 'new' })],
        '0.00',
        '0.00',
      ],
    ];
    for (const [events, credited, total] of steps) {
      const { state } = folded(events);
      expect([state.credited, owed(state)]).toEqual([minor(credited), minor(total)]);
    }
  });

  test('whose own payment is reversed is a shortfall, and nothing that was acknowledged is undone', () => {
    const { state } = folded([...paid, spent(fourth, '250.00', '2026-11-06'), reversed(fourth)]);
    expect([state.credited, owed(state)]).toEqual([-minor('250.00'), minor('90.00')]);
  });

  test('comes back whole when its refund fails, to the loan first where that has come to need it', () => {
    const spending = spent(fourth, '250.00', '2026-11-06');
    expect(fold([...paid, spending, returned()])).toEqual(fold(paid));
    const reopened = [...paid, spending, reversed(first)];
    const step = refold({ state: folded(reopened).state, bookedThrough: null }, reopened, returned());
    expect([step.state.credited, owed(step.state)]).toEqual([0n, minor('200.00')]);
    expect(step.moved.find(({ after }) => after?.event.id === fourth.id)).toMatchObject({
      before: { applied: minor('140.00') },
      after: { applied: minor('390.00'), excess: 0n },
    });
  });

  test('belongs to the books from its day on, and is kept from the instalments on every day', () => {
    const events = [...paid, spent(fourth, '250.00', '2026-11-06'), reversed(first)];
    const before = folded(events, { asOf: date('2026-11-05') }).state;
    expect([before.credited, owed(before)]).toEqual([minor('250.00'), minor('450.00')]);
    expect(folded(events, { asOf: date('2026-11-06') }).state.credited).toBe(0n);
  });

  test.each([0, 1, 2, 3, 4])('gives the same books in whatever order it was recorded (rotation %i)', (turns) => {
    const [opening, ...rest] = [...paid, spent(fourth, '250.00', '2026-11-06'), used('20.00', '2026-11-04')];
    const rotated = [...rest.slice(turns), ...rest.slice(0, turns)];
    expect(folded([opening as LoanEvent, ...rotated]).state).toEqual(folded([opening as LoanEvent, ...rest]).state);
  });
});

test('a use of credit pays as a payment does, out of customer_credit, and what does not fit stays credit', () => {
  const { state, effects } = folded([...lifecycle(), first, used('600.00', '2026-11-06')]);
  expect([state.status, state.credited, owed(state)]).toEqual(['paid', minor('100.00'), 0n]);
  expect(Object.fromEntries(balances(postingsOf(effects, state)))).toEqual({
    loan_principal: 0n,
    cash_clearing: -minor('500.00'),
    customer_credit: minor('500.00'),
  });
});
