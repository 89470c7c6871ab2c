import { readCsv } from '@tenor/testing';
import fc from 'fast-check';
import { toCsv } from '../src/index.ts';

describe('CSV', () => {
  test('has a header, and lines that end as RFC 4180 says', () => {
    expect(toCsv(['number', 'total'], [['1', '44000.00']])).toBe('number,total\r\n1,44000.00\r\n');
    expect(toCsv(['number'], [])).toBe('number\r\n');
  });

  test('quotes what needs it and reads back as it was, in any script', () => {
    const awkward = ['a,b', 'say "yes"', 'two\r\nlines', 'Łódź, Київ, Ωμέγα', '小额贷款', ''];
    const header = awkward.map((_, index) => `c${index}`);
    expect(readCsv(toCsv(header, [awkward]))).toEqual([header, awkward]);
  });

  test('any text reads back, but for the apostrophe before a formula', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 }), (rows) => {
        const read = readCsv(toCsv(['a', 'b'], rows)).slice(1);
        expect(read.map((row) => row.map((cell) => cell.replace(/^'/, '')))).toEqual(
          rows.map((row) => row.map((cell) => cell.replace(/^'/, ''))),
        );
        expect(read.flat().filter((cell) => /^[=+@\t\r]/.test(cell))).toEqual([]);
      }),
    );
  });

  test.each(['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("x")', '＝1+1', '-', '\n=1+1', ' =1+1'])(
    'a spreadsheet does not run %j',
    (formula) => {
      expect(readCsv(toCsv(['a'], [[formula]]))[1]).toEqual([`'${formula}`]);
    },
  );

  test.each(['-1.50', '0', '44000.00'])('the number %s stays a number', (number) => {
    expect(readCsv(toCsv(['a'], [[number]]))[1]).toEqual([number]);
  });

  test('a row of another length is a bug', () => {
    expect(() => toCsv(['a', 'b'], [['1']])).toThrow(RangeError);
  });
});
