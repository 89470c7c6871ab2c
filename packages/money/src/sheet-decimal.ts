const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/;
const LENGTH_MAX = 60;
/** As many as a spreadsheet shows of any number; what stands behind them is the noise of a binary fraction. */
const SHEET_DIGITS = 15;
const SCALE_MAX = 60;

/**
 * A spreadsheet's stored number as the decimal that it stands for: 8.1999999999999993 is 8.2, since a number there has 15
 * significant digits and the rest is noise. Undefined for what is no number.
 */
export function sheetNumber(text: string): string | undefined {
  if (plainDecimal(text) === undefined) return undefined;
  return plainDecimal(Number(text).toPrecision(SHEET_DIGITS));
}

/**
 * A number written as text, blanks around it allowed, as a plain decimal without needless zeros. One with more than 15
 * significant digits that is merely a shorter number as a double prints it becomes that shorter one; any other is kept
 * digit by digit, so that an exact amount never loses one. Undefined for what is no number.
 */
export function sheetDecimal(text: string): string | undefined {
  const exact = plainDecimal(text.trim());
  if (exact === undefined || exact.replace(/^-?0?\.?0*|\./g, '').length <= SHEET_DIGITS) return exact;
  const shorter = Number(exact).toPrecision(SHEET_DIGITS);
  return Number(shorter) === Number(exact) && exact.includes('.') ? plainDecimal(shorter) : exact;
}

/** Without exponent, plus sign and needless zeros; undefined for what is no number, or is beyond any amount. */
function plainDecimal(text: string): string | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === '' && decimals === '') return undefined;
  const scale = Number.parseInt(exponent, 10);
  if (Math.abs(scale) > SCALE_MAX) return undefined;
  const digits = whole + decimals;
  const point = whole.length + scale;
  const padded = digits.padStart(digits.length + Math.max(0, -point), '0').padEnd(point, '0');
  const at = Math.max(0, point);
  const left = padded.slice(0, at).replace(/^0+/, '') || '0';
  const right = padded.slice(at).replace(/0+$/, '');
  const plain = right === '' ? left : `${left}.${right}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}
