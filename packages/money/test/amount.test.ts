import { currencyDigits, formatAmount, isCurrency, MAX_MINOR, parseAmount } from '@tenor/money';
import fc from 'fast-check';

describe('reading an amount', () => {
  test.each([
    ['44000.00', 'IDR', 4_400_000n],
    ['44000', 'IDR', 4_400_000n],
    ['0.5', 'USD', 50n],
    ['-1.5', 'USD', -150n],
    ['-0', 'USD', 0n],
    ['007', 'USD', 700n],
    ['44000', 'JPY', 44_000n],
    ['1.234', 'KWD', 1_234n],
    ['1000000000000000.00', 'USD', MAX_MINOR],
  ])('takes %s %s as %s minor units', (text, currency, minor) => expect(parseAmount(text, currency)).toBe(minor));

  test.each([
    ['1', 'ZZZ', 'unknown_currency'],
    ['1', 'usd', 'unknown_currency'],
    ['', 'USD', 'malformed'],
    ['1,5', 'USD', 'malformed'],
    ['1e3', 'USD', 'malformed'],
    ['+1', 'USD', 'malformed'],
    ['.5', 'USD', 'malformed'],
    ['5.', 'USD', 'malformed'],
    [' 5', 'USD', 'malformed'],
    ['5\n', 'USD', 'malformed'],
    ['٣', 'USD', 'malformed'],
    ['1.000', 'USD', 'too_many_decimals'],
    ['1.0', 'JPY', 'too_many_decimals'],
    ['1000000000000000.01', 'USD', 'too_large'],
    ['9'.repeat(100_000), 'USD', 'too_large'],
    ['x'.repeat(100_000), 'USD', 'malformed'],
  ])('answers for %.30s %s: %s', (text, currency, problem) => expect(parseAmount(text, currency)).toBe(problem));
});

describe('writing an amount', () => {
  test.each([
    [0n, 'USD', '0.00'],
    [5n, 'USD', '0.05'],
    [-5n, 'USD', '-0.05'],
    [4_400_000n, 'IDR', '44000.00'],
    [44_000n, 'JPY', '44000'],
    [-44_000n, 'JPY', '-44000'],
    [7n, 'KWD', '0.007'],
  ])('shows %s %s as %s', (minor, currency, text) => expect(formatAmount(minor, currency)).toBe(text));

  test('throws for a currency that does not exist', () => expect(() => formatAmount(1n, 'ZZZ')).toThrow(RangeError));

  test('is read back as what it was', () => {
    const currency = fc.constantFrom('USD', 'JPY', 'KWD', 'CLF');
    fc.assert(
      fc.property(fc.bigInt(-MAX_MINOR, MAX_MINOR), currency, (minor, code) => {
        expect(parseAmount(formatAmount(minor, code), code)).toBe(minor);
      }),
    );
  });
});

describe('currencies', () => {
  test.each([
    ['IDR', 2],
    ['INR', 2],
    ['KES', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['XCG', 2],
    ['XAU', undefined],
    ['BGN', undefined],
    ['__proto__', undefined],
  ])('%s has %s decimals', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
    expect(isCurrency(code)).toBe(digits !== undefined);
  });
});
