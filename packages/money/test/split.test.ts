import { allocateByWeights, splitEvenly } from '@tenor/money';
import fc from 'fast-check';

const total = (parts: readonly bigint[]) => parts.reduce((sum, part) => sum + part, 0n);
const amount = fc.bigInt(-(10n ** 17n), 10n ** 17n);

describe('splitting evenly', () => {
  test.each([
    [100n, 3, [33n, 33n, 34n]],
    [-100n, 3, [-33n, -33n, -34n]],
    [2n, 3, [0n, 0n, 2n]],
    [7n, 1, [7n]],
  ])('%s in %s gives the last the remainder', (minor, parts, expected) => {
    expect(splitEvenly(minor, parts)).toEqual(expected);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %s parts', (parts) => {
    expect(() => splitEvenly(1n, parts)).toThrow(RangeError);
  });

  test('conserves every amount', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 400 }), (minor, parts) => {
        const split = splitEvenly(minor, parts);
        expect(split).toHaveLength(parts);
        expect(total(split)).toBe(minor);
      }),
    );
  });
});

describe('allocating by weights', () => {
  test.each([
    [100n, [1n, 1n, 1n], [33n, 33n, 34n]],
    [100n, [1n, 2n, 0n], [33n, 67n, 0n]],
    [0n, [5n, 5n], [0n, 0n]],
  ])('%s over %s', (minor, weights, expected) => expect(allocateByWeights(minor, weights)).toEqual(expected));

  test.each([[[]], [[0n, 0n]], [[2n, -1n]]])('refuses the weights %s', (weights) => {
    expect(() => allocateByWeights(1n, weights)).toThrow(RangeError);
  });

  test('conserves every amount, gives no weight nothing and never turns a sign', () => {
    const weights = fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        amount,
        weights.filter((list) => list.some((weight) => weight > 0n)),
        (minor, list) => {
          const shares = allocateByWeights(minor, list);
          expect(total(shares)).toBe(minor);
          expect(shares.every((share, index) => list[index] !== 0n || share === 0n)).toBe(true);
          expect(shares.every((share) => share * minor >= 0n)).toBe(true);
        },
      ),
    );
  });
});
