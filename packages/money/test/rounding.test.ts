import {
  divideRounded,
  divideRoundedToMultiple,
  fraction,
  isRoundingMode,
  parseDecimal,
  roundingModes,
} from '@tenor/money';
import fc from 'fast-check';

describe('dividing with one rounding', () => {
  test.each([
    { of: '5/2', half_even: 2n, half_up: 3n, up: 3n, down: 2n },
    { of: '7/2', half_even: 4n, half_up: 4n, up: 4n, down: 3n },
    { of: '-5/2', half_even: -2n, half_up: -3n, up: -3n, down: -2n },
    { of: '7/3', half_even: 2n, half_up: 2n, up: 3n, down: 2n },
    { of: '-8/3', half_even: -3n, half_up: -3n, up: -3n, down: -2n },
    { of: '6/3', half_even: 2n, half_up: 2n, up: 2n, down: 2n },
    { of: '0/3', half_even: 0n, half_up: 0n, up: 0n, down: 0n },
  ])('$of in every mode', ({ of, ...expected }) => {
    const [numerator = '', denominator = ''] = of.split('/');
    for (const mode of roundingModes) {
      expect(divideRounded(BigInt(numerator), BigInt(denominator), mode)).toBe(expected[mode]);
    }
  });

  test('is never a whole unit away, nor half of one when it rounds to the nearest', () => {
    const any = fc.bigInt(-(10n ** 30n), 10n ** 30n);
    fc.assert(
      fc.property(any, fc.bigInt(1n, 10n ** 12n), fc.constantFrom(...roundingModes), (numerator, denominator, mode) => {
        const twiceOff = 2n * (divideRounded(numerator, denominator, mode) * denominator - numerator);
        const limit = mode.startsWith('half') ? denominator : 2n * denominator - 1n;
        expect(twiceOff <= limit && twiceOff >= -limit).toBe(true);
      }),
    );
  });

  test.each([
    [42_916n, 100n, 'half_even', 42_900n],
    [16_667n, 100n, 'up', 16_700n],
    [250n, 500n, 'half_even', 0n],
    [750n, 500n, 'half_even', 1_000n],
    [749n, 500n, 'half_up', 500n],
  ] as const)('takes %s to the step %s (%s) as %s', (value, step, mode, expected) => {
    expect(divideRoundedToMultiple(value, 1n, step, mode)).toBe(expected);
  });

  test('refuses a denominator that is not above zero', () => {
    expect(() => divideRounded(1n, 0n)).toThrow(RangeError);
    expect(() => fraction(1n, -2n)).toThrow(RangeError);
  });

  test('knows its modes', () => expect(['up', 'half_odd'].map(isRoundingMode)).toEqual([true, false]));
});

describe('decimals', () => {
  test.each([
    ['12', 12n, 1n],
    ['9.4822', 47_411n, 5_000n],
    ['-0.50', -1n, 2n],
    ['0.000', 0n, 1n],
  ])('reads %s exactly', (text, numerator, denominator) => {
    expect(parseDecimal(text)).toEqual({ numerator, denominator });
  });

  test.each(['', '.5', '1e2', '1,5', 'NaN', '+1', `1.${'0'.repeat(19)}`])('takes %s for no decimal', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });
});
