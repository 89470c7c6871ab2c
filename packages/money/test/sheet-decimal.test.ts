import { sheetDecimal, sheetNumber } from '../src/index.ts';

describe('a number of a spreadsheet', () => {
  test.each([
    ['8.1999999999999993', '8.2'],
    ['0.30000000000000004', '0.3'],
    ['14.39', '14.39'],
    ['9629317944', '9629317944'],
    ['9.629317944E9', '9629317944'],
    ['1E-3', '0.001'],
    ['-0', '0'],
    ['-2.50', '-2.5'],
    ['100', '100'],
  ])('%s stands for %s', (stored, meant) => expect(sheetNumber(stored)).toBe(meant));

  test.each(['', '.', '1,5', '0x10', 'Infinity', 'NaN', '1e999', ' 1'])('%j is none', (text) =>
    expect(sheetNumber(text)).toBeUndefined(),
  );
});

describe('a number as text', () => {
  test.each([
    [' 8.1999999999999993 ', '8.2'],
    ['+0012.50', '12.5'],
    ['1e5', '100000'],
    ['.5', '0.5'],
    ['0.000000000000000001', '0.000000000000000001'],
  ])('%j is %s', (text, plain) => expect(sheetDecimal(text)).toBe(plain));

  test.each(['1234567890123456.78', '9007199254740993', '0.30000000000000004'])(
    '%s keeps every digit: no shorter number is the same double',
    (text) => expect(sheetDecimal(text)).toBe(text),
  );

  test.each(['', 'abc', '1 000', '1,000', '--1'])('%j is none', (text) => expect(sheetDecimal(text)).toBeUndefined());
});
