export { type AmountProblem, formatAmount, MAX_MINOR, parseAmount } from './amount.ts';
export { currencyDigits, isCurrency } from './currency.ts';
export { type Fraction, fraction, parseDecimal, plainDecimal } from './fraction.ts';
export {
  add,
  CurrencyMismatchError,
  compare,
  type Money,
  magnitude,
  max,
  min,
  money,
  negate,
  subtract,
  sum,
} from './money.ts';
export {
  divideRounded,
  divideRoundedToMultiple,
  isRoundingMode,
  type RoundingMode,
  roundingModes,
} from './rounding.ts';
export { sheetDecimal, sheetNumber } from './sheet-decimal.ts';
export { allocateByWeights, splitEvenly } from './split.ts';
