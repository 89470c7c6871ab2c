import { divideRounded, max, min } from '@tenor/money';
import { addedTax, type LoanInstalment, NO_ADDITIONS, remainderOf } from '../delinquency/instalment.ts';
import { interestTax } from '../products/charge.ts';
import { percentage } from '../products/decimals.ts';
import type { Terms } from '../products/terms.ts';

/**
 * What of an instalment's fee is tax (docs/decisions/0031). Its fees come first, each with the tax on it, and then the
 * tax on interest and penalties: in this order they are paid and given up. Amounts in minor units.
 */

/** The fees that an instalment asks for with the tax on them: without the tax on interest and penalties. */
export function feesWithTax(terms: Terms, instalment: LoanInstalment): bigint {
  return plannedFees(terms, instalment) + chargedFees(instalment);
}

const plannedFees = (terms: Terms, { fee, interest }: LoanInstalment): bigint => fee - interestTax(terms, interest);

function chargedFees({ additions }: LoanInstalment): bigint {
  return additions === null ? 0n : additions.charged.fee - additions.chargedTax;
}

/** Of the fee that an instalment still owes, the tax on interest and penalties. */
export function unpaidTax(terms: Terms, instalment: LoanInstalment): bigint {
  const tax = interestTax(terms, instalment.interest) + addedTax(instalment);
  return max(min(remainderOf(instalment, 'fee'), tax), 0n);
}

/** What of the fee that was paid of an instalment is tax. */
export function paidTax(terms: Terms, instalment: LoanInstalment): bigint {
  return terms.tax === null ? 0n : taxIn(terms, instalment.paid.fee, feesWithTax(terms, instalment));
}

/** What of the fee that was waived of an instalment is tax: what paying it would have paid of tax. */
export function waivedTax(terms: Terms, instalment: LoanInstalment): bigint {
  const { paid, additions } = instalment;
  if (terms.tax === null || additions === null) return 0n;
  const settled = paid.fee + additions.waived.fee - additions.waivedTax;
  return additions.waivedTax + taxIn(terms, settled, feesWithTax(terms, instalment)) - paidTax(terms, instalment);
}

/**
 * What of the fee that was earned of an instalment is tax: what was added to it is earned at once, its planned fee when
 * it is due.
 */
export function earnedTax(terms: Terms, instalment: LoanInstalment, earned: bigint, isDue: boolean): bigint {
  if (terms.tax === null) return 0n;
  const fees = feesWithTax(terms, instalment);
  if (isDue) return taxIn(terms, earned, fees);
  const { chargedTax, grown } = instalment.additions ?? NO_ADDITIONS;
  const first = max(min(earned, chargedFees(instalment)), earned - chargedTax - grown.fee);
  return taxIn(terms, earned, min(first, fees));
}

/** The tax in so much of a fee, of which so much are fees with the tax on them, the rest is tax; rounded once. */
function taxIn({ tax, rounding }: Terms, amount: bigint, fees: bigint): bigint {
  const { numerator, denominator } = percentage(tax?.feePercent ?? '0');
  const taxed = min(amount, fees);
  return amount - taxed + divideRounded(taxed * numerator, denominator + numerator, rounding);
}
