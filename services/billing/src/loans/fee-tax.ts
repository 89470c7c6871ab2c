import { max, min } from '@tenor/money';
import { addedTax, type LoanInstalment, remainderOf } from '../delinquency/instalment.ts';
import { interestTax } from '../products/charge.ts';
import type { Terms } from '../products/terms.ts';

/**
 * What of an instalment's fee is tax. Its fees come first, each with the tax on it, and then the
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
