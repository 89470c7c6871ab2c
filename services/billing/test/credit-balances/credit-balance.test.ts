import { date } from '@tenor/calendar';
import { creditOn, type Lot, spend } from '../../src/credit-balances/credit-balance.ts';
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

describe('spending on a day before some of it came', () => {
  const on = (balance: bigint) => creditOn({ currency: 'USD', balance, lots: [young, later, old] }, date('2026-05-01'));

  test.each([
    { balance: 180n, amount: 130n, credit: '1.30', because: 'the youngest lot is of the next day' },
    { balance: 150n, amount: 100n, credit: '1.00', because: 'what is short is covered by what is there' },
    { balance: 50n, amount: 0n, credit: '0.00', because: 'it takes all that is there' },
  ])('takes at most $amount of $balance: $because', ({ balance, amount, credit }) => {
    const parts = amount === 0n ? [] : spend(amount, on(balance));
    if ('refused' in parts) throw new Error(parts.detail);
    expect(parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(amount);
    expect(parts.map(({ lotId }) => lotId)).not.toContain('a');
    const meta = { credit, currency: 'USD', business_date: '2026-05-01' };
    expect(spend(amount + 1n, on(balance))).toMatchObject({ refused: 'credit_exceeded', meta });
  });
});

test.each([
  { balance: 5n, face: { credit: 5n, shortfall: 0n } },
  { balance: 0n, face: { credit: 0n, shortfall: 0n } },
  { balance: -5n, face: { credit: 0n, shortfall: 5n } },
])('a balance of $balance shows as $face', ({ balance, face }) => expect(creditFace(balance)).toEqual(face));
