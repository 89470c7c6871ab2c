import { date } from '@tenor/calendar';
import fc from 'fast-check';
import type { LoanState } from '../../src/loans/loan.ts';
import { totalOwed } from '../../src/loans/outstanding.ts';
import { type Part, type SettledPayment, splitPayment } from '../../src/repayments/repayment.ts';
import { folded, loanWith, minor, opened, plainTerms, record, repaid, text } from '../builders.ts';

const on = '2026-11-01';
/** Two weekly instalments of 50 each: due 8 and 15 November. */
const two = plainTerms(2);
const a = loanWith({ loanId: 'a', principal: '100.00', terms: two });
const b = loanWith({ loanId: 'b', principal: '100.00', terms: two });
const older = loanWith({ loanId: 'z', principal: '100.00', terms: two, disbursedOn: '2026-10-26' });
const earlier = loanWith({
  loanId: 'y',
  principal: '100.00',
  terms: { ...two, firstDueDate: date('2026-11-08') },
  disbursedOn: '2026-10-31',
});
const euro = loanWith({ loanId: 'e', currency: 'EUR', principal: '100.00', terms: two });
const settled = loanWith({ loanId: 's', principal: '100.00', terms: two }, repaid('100.00', '2026-11-02'));
const ahead = loanWith({ loanId: 'f', principal: '100.00', terms: two, disbursedOn: '2026-12-01' });
const pending = folded([opened({ loanId: 'p', principal: '100.00', terms: two })]).state;

const payment = (amount: string, given: Partial<SettledPayment> = {}): SettledPayment => ({
  amount: minor(amount),
  currency: 'USD',
  valueDate: date('2026-11-20'),
  allocation: 'automatic',
  allocations: [],
  ...given,
});
const parts = (...given: [string, string][]): Part[] =>
  given.map(([loanId, amount]) => ({ loanId, amount: minor(amount) }));
const today = (timeZone: string | null) => date(timeZone === 'west' ? '2026-11-20' : '2026-11-21');
const split = (what: SettledPayment, loans: readonly LoanState[]) => splitPayment(what, loans, today);
const shown = (found: ReturnType<typeof splitPayment>) => [
  ...found.parts.map(({ loanId, amount }) => `${loanId} ${text(amount)}`),
  ...(found.unallocated > 0n ? [`nobody ${text(found.unallocated)}`] : []),
];

describe('an automatic payment', () => {
  test.each([
    { amount: '30.00', loans: [a], to: ['a 30.00'], because: 'there is one loan' },
    {
      amount: '60.00',
      loans: [b, a],
      to: ['a 50.00', 'b 10.00'],
      because: 'instalments are merged by due date, then id',
    },
    { amount: '120.00', loans: [a, b], to: ['a 70.00', 'b 50.00'], because: 'the second instalments come after' },
    { amount: '60.00', loans: [a, older], to: ['z 50.00', 'a 10.00'], because: 'the oldest instalment is first' },
    {
      amount: '60.00',
      loans: [a, earlier],
      to: ['y 50.00', 'a 10.00'],
      because: 'of equal due dates the older loan is',
    },
    {
      amount: '250.00',
      loans: [a, b],
      to: ['a 100.00', 'b 150.00'],
      because: 'the rest goes with the loan taken last',
    },
    { amount: '130.00', loans: [a, settled], to: ['a 130.00'], because: 'a paid loan takes no credit of another' },
    { amount: '60.00', loans: [settled, a], to: ['a 60.00'], because: 'a paid loan takes nothing while another owes' },
    {
      amount: '60.00',
      loans: [settled],
      to: ['s 60.00'],
      because: 'a paid loan holds the credit that it may need again',
    },
    { amount: '60.00', loans: [euro, pending], to: ['nobody 60.00'], because: 'no loan of that currency is paid out' },
    { amount: '60.00', loans: [ahead], to: ['nobody 60.00'], because: 'the loan is paid out only later' },
    { amount: '60.00', loans: [], to: ['nobody 60.00'], because: 'there is no loan' },
  ])('of $amount goes to $to: $because', ({ amount, loans, to }) => {
    expect(shown(split(payment(amount), loans))).toEqual(to);
  });

  test.each([
    { expected: parts(['b', '60.00']), to: ['b 60.00'], because: 'the loan still owes it' },
    { expected: parts(['b', '40.00']), to: ['b 40.00', 'a 20.00'], because: 'what is not expected follows the order' },
    { expected: parts(['s', '60.00']), to: ['a 50.00', 'b 10.00'], because: 'the expected loan owes nothing any more' },
    { expected: parts(['x', '60.00']), to: ['a 50.00', 'b 10.00'], because: 'the expected loan is not the customer’s' },
    { expected: parts(['b', '500.00']), to: ['b 60.00'], because: 'no more than the payment is there' },
  ])('of 60.00 goes to $to when $because', ({ expected, to }) => {
    expect(shown(split(payment('60.00', { allocations: expected }), [a, b, settled]))).toEqual(to);
  });

  describe('dated after the day that it still is for a loan', () => {
    const late = { valueDate: date('2026-11-21') };
    const west = { ...a, loanId: 'w', policy: { ...a.policy, timeZone: 'west' } };

    test.each([
      { loans: [west, b], expected: [], to: ['b 130.00'], because: 'that loan is passed over' },
      { loans: [west], expected: [], to: ['nobody 130.00'], because: 'it takes none of the rest either' },
      {
        loans: [west, b],
        expected: parts(['w', '40.00']),
        to: ['w 40.00', 'b 90.00'],
        because: 'payment knew the day',
      },
    ])('goes to $to: $because', ({ loans, expected, to }) => {
      expect(shown(split(payment('130.00', { ...late, allocations: expected }), loans))).toEqual(to);
    });

    test('is taken the day before, and by name', () => {
      expect(shown(split(payment('60.00'), [west]))).toEqual(['w 60.00']);
      const named = { allocation: 'explicit', allocations: parts(['w', '60.00']) } as const;
      expect(shown(split(payment('60.00', { ...late, ...named }), [west]))).toEqual(['w 60.00']);
    });
  });

  describe('dated before a write-off', () => {
    const gone = loanWith(
      { loanId: 'g', principal: '100.00', terms: two, disbursedOn: '2026-10-26' },
      record({ type: 'written_off', valueDate: date('2026-11-20'), payload: { reason: null } }),
    );
    const expected = (loanId: string, amount: string) => ({ allocations: parts([loanId, amount]) });

    test.each([
      { amount: '200.00', given: {}, to: ['a 100.00', 'g 100.00'], because: 'what was given up counts as owed' },
      { amount: '120.00', given: {}, to: ['a 100.00', 'g 20.00'], because: 'as one sum, due on that day' },
      { amount: '60.00', given: expected('g', '60.00'), to: ['g 60.00'], because: 'payment counts it too' },
      {
        amount: '130.00',
        given: expected('g', '130.00'),
        to: ['g 100.00', 'a 30.00'],
        because: 'it takes no more than was given up while another loan owes',
      },
      {
        amount: '120.00',
        given: { valueDate: date('2026-11-21') },
        to: ['a 120.00'],
        because: 'later money is none of it',
      },
    ])('of $amount goes to $to: $because', ({ amount, given, to }) => {
      expect(shown(split(payment(amount, given), [gone, a]))).toEqual(to);
    });
  });

  test('counts what it gave the expected loans before it goes on', () => {
    const expected = parts(['a', '50.00']);
    expect(shown(split(payment('130.00', { allocations: expected }), [a, b]))).toEqual(['a 80.00', 'b 50.00']);
  });
});

describe('an explicit payment', () => {
  const explicit = (amount: string, ...named: [string, string][]) =>
    payment(amount, { allocation: 'explicit', allocations: parts(...named) });

  test.each([
    { what: explicit('60.00', ['b', '60.00']), to: ['b 60.00'], because: 'it names b, though a is older' },
    { what: explicit('60.00', ['b', '10.00'], ['a', '50.00']), to: ['b 10.00', 'a 50.00'], because: 'it names both' },
    {
      what: explicit('150.00', ['a', '150.00']),
      to: ['a 150.00'],
      because: 'the loan that was named credits the rest',
    },
    { what: explicit('60.00', ['s', '60.00']), to: ['s 60.00'], because: 'also when it is paid by now' },
    { what: explicit('60.00', ['p', '60.00']), to: ['nobody 60.00'], because: 'the loan was not paid out' },
    { what: explicit('60.00', ['e', '60.00']), to: ['nobody 60.00'], because: 'the loan is in another currency' },
    {
      what: explicit('60.00', ['x', '20.00'], ['a', '40.00']),
      to: ['a 40.00', 'nobody 20.00'],
      because: 'x is unknown',
    },
  ])('goes to $to: $because', ({ what, to }) => {
    expect(shown(split(what, [a, b, euro, settled, pending]))).toEqual(to);
  });
});

test('whatever is paid, the parts and the rest sum to the amount, and no loan is credited while another owes', () => {
  const loans: LoanState[] = [a, b, older, earlier, settled, euro, pending, ahead];
  const share = fc.record({ loanId: fc.constantFrom('a', 'b', 'z', 's', 'e', 'x'), amount: fc.bigInt(1n, 30_000n) });
  const given = fc.record({
    amount: fc.bigInt(1n, 60_000n),
    allocation: fc.constantFrom('explicit' as const, 'automatic' as const),
    allocations: fc.uniqueArray(share, { selector: ({ loanId }) => loanId, maxLength: 4 }),
    loans: fc.subarray(loans),
  });
  fc.assert(
    fc.property(given, ({ loans: present, ...what }) => {
      const { parts: found, unallocated } = split({ ...what, currency: 'USD', valueDate: date(on) }, present);
      expect(found.reduce((sum, part) => sum + part.amount, unallocated)).toBe(what.amount);
      expect(unallocated >= 0n && found.every(({ amount }) => amount > 0n)).toBe(true);
      expect(new Set(found.map(({ loanId }) => loanId)).size).toBe(found.length);
      if (what.allocation === 'explicit') return;
      const open = present.filter(
        (loan) => loan.currency === 'USD' && loan.disbursedOn !== null && loan.disbursedOn <= on,
      );
      const takenOf = (loan: LoanState) => found.find(({ loanId }) => loanId === loan.loanId)?.amount ?? 0n;
      const isCredited = open.some((loan) => takenOf(loan) > totalOwed(loan));
      if (isCredited || unallocated > 0n) {
        expect(open.every((loan) => takenOf(loan) >= totalOwed(loan))).toBe(true);
      }
    }),
  );
});
