import { sheetDate } from '../src/index.ts';

describe('a date of a spreadsheet', () => {
  test.each([
    ['44927', '2023-01-01', 'a serial'],
    ['44927.75', '2023-01-01', 'a serial with a time'],
    ['1', '1900-01-01', 'the first serial'],
    ['59', '1900-02-28', 'the last day before the one that never was'],
    ['61', '1900-03-01', 'the first day after it'],
    ['2958465', '9999-12-31', 'the last serial'],
    ['2023-01-01', '2023-01-01', 'an ISO date'],
    [' 2023-01-01T00:00:00 ', '2023-01-01', 'an ISO date with a time'],
    ['2023-01-01 13:45:00', '2023-01-01', 'a date with a time as databases print it'],
  ])('%s is %s: %s', (text, expected) => expect(sheetDate(text)).toBe(expected));

  test.each(['', '0', '60', '2958466', '-5', '2023-02-29', '01/02/2023', '2023-1-1', 'soon'])('%j is none', (text) =>
    expect(sheetDate(text)).toBeUndefined(),
  );
});
