import { date } from '@tenor/calendar';
import { type Lot, spend } from '../../src/credit-balances/credit-balance.ts';
import { creditFace } from '../../src/customers/credit.ts';

const lot = (lotId: string, valueDate: string, unspent: bigint, more: Partial<Lot> = {}): Lot => ({
  lotId,
  loanId: 'loan-1',
  valueDate: date(valueDate),
  recordedAt: '2026-06-01T10:00:00.000001Z',
  unspent,
  ...more,
});
const old = lot('b', '2026-05-01', 100n);
const young = lot('a', '2026-05-02', 50n);
const later = lot('c', '2026-05-01', 30n, { recordedAt: '2026-06-01T10:00:00.000002Z' });

describe('spending credit', () => {
  test.each([
    { amount: 40n, takes: [['b', 40n]], because: 'the lot of the oldest value date comes first' },
    {
      amount: 110n,
      takes: [
        ['b', 100n],
        ['c', 10n],
      ],
      because: 'of one day, what was recorded first',
    },
    {
      amount: 180n,
      takes: [
        ['b', 100n],
        ['c', 30n],
        ['a', 50n],
      ],
      because: 'all of it may be spent',
    },
  ])('of $amount takes $takes: $because', ({ amount, takes }) => {
    const parts = spend(amount, { currency: 'USD', balance: 180n, lots: [young, later, old] });
    expect(parts).toEqual(takes.map(([lotId, taken]) => expect.objectContaining({ lotId, amount: taken })));
  });

  test.each([
    { amount: 181n, balance: 180n, credit: '1.80', because: 'it is above the lots' },
    { amount: 101n, balance: 100n, credit: '1.00', because: 'a shortfall is covered first' },
    { amount: 1n, balance: -20n, credit: '0.00', because: 'all credit covers a shortfall' },
  ])("of $amount out of $balance is refused with 'credit_exceeded': $because", ({ amount, balance, credit }) => {
    const refusal = spend(amount, { currency: 'USD', balance, lots: [young, later, old] });
    expect(refusal).toMatchObject({ refused: 'credit_exceeded', meta: { credit, currency: 'USD' } });
  });

  test('throws when the lots hold less than the balance says: a broken invariant', () => {
    expect(() => spend(60n, { currency: 'USD', balance: 60n, lots: [young] })).toThrow('has lots for 50 only');
  });
});

test.each([
  { balance: 5n, face: { credit: 5n, shortfall: 0n } },
  { balance: 0n, face: { credit: 0n, shortfall: 0n } },
  { balance: -5n, face: { credit: 0n, shortfall: 5n } },
])('a balance of $balance shows as $face', ({ balance, face }) => expect(creditFace(balance)).toEqual(face));
