import { plainDecimal } from './fraction.ts';

/** As many as a spreadsheet shows of any number; what stands behind them is the noise of a binary fraction. */
const SHEET_DIGITS = 15;

/**
 * A spreadsheet's stored number as the decimal that it stands for: 8.1999999999999993 is 8.2, since a number there has 15
 * significant digits and the rest is noise. Undefined for what is no number.
 */
export function sheetNumber(text: string): string | undefined {
  if (shortest(text) === undefined) return undefined;
  return shortest(Number(text).toPrecision(SHEET_DIGITS));
}

/**
 * A number written as text, blanks around it allowed, as a plain decimal without needless zeros. One with more than 15
 * significant digits that is merely a shorter number as a double prints it becomes that shorter one; any other is kept
 * digit by digit, so that an exact amount never loses one. Undefined for what is no number.
 */
export function sheetDecimal(text: string): string | undefined {
  const exact = shortest(text.trim());
  if (exact === undefined || exact.replace(/^-?0?\.?0*|\./g, '').length <= SHEET_DIGITS) return exact;
  const shorter = Number(exact).toPrecision(SHEET_DIGITS);
  return Number(shorter) === Number(exact) && exact.includes('.') ? shortest(shorter) : exact;
}

/** Without needless zeros behind the point either; undefined for what is no number, or is beyond any amount. */
function shortest(text: string): string | undefined {
  const plain = plainDecimal(text)
    ?.replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return plain === '-0' ? '0' : plain;
}
