import { add, CurrencyMismatchError, compare, max, min, money, negate, subtract, sum } from '@tenor/money';

const usd = (minor: bigint) => money(minor, 'USD');

describe('arithmetic', () => {
  test('adds, subtracts and negates in one currency', () => {
    expect(add(usd(150n), usd(50n))).toEqual(usd(200n));
    expect(subtract(usd(150n), usd(200n))).toEqual(usd(-50n));
    expect(negate(usd(150n))).toEqual(usd(-150n));
  });

  test.each([
    [1n, 2n, -1],
    [2n, 2n, 0],
    [3n, 2n, 1],
  ])('compares %s with %s as %s', (a, b, expected) => expect(compare(usd(a), usd(b))).toBe(expected));

  test('sums a list, an empty one to zero', () => {
    expect(sum('USD', [usd(1n), usd(2n), usd(3n)])).toEqual(usd(6n));
    expect(sum('JPY', [])).toEqual(money(0n, 'JPY'));
  });

  test('picks the lesser and the greater of two', () => {
    expect([min(1n, 2n), min(2n, 1n), max(1n, 2n), max(2n, 1n)]).toEqual([1n, 1n, 2n, 2n]);
  });

  test.each([
    ['add', () => add(usd(1n), money(1n, 'EUR'))],
    ['subtract', () => subtract(usd(1n), money(1n, 'EUR'))],
    ['compare', () => compare(usd(1n), money(1n, 'EUR'))],
    ['sum', () => sum('EUR', [usd(1n)])],
  ])('refuses to %s across currencies', (_, across) => expect(across).toThrow(CurrencyMismatchError));

  test('refuses a currency that does not exist', () => expect(() => money(1n, 'ABC')).toThrow(RangeError));
});
