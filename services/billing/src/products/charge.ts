import type { LocalDate } from '@tenor/calendar';
import { percentOf, statedAmount } from './stated-amount.ts';
import type { FeeTerm, Terms } from './terms.ts';

/** Money that the borrower asks to have paid out on a day, in minor units. */
export interface Disbursement {
  readonly on: LocalDate;
  readonly amount: bigint;
}

/** What a disbursement costs at once, in minor units. */
export interface ChargedDisbursement extends Disbursement {
  /** Kept back from the money paid out. */
  readonly deducted: bigint;
  /** Lent on top of it. */
  readonly financed: bigint;
}

/** Each disbursement with its fees: a percentage is of itself, a fixed amount is taken with the first. */
export function chargeDisbursements(
  terms: Terms,
  currency: string,
  disbursements: readonly Disbursement[],
): ChargedDisbursement[] {
  const fees = terms.fees.filter(({ charged }) => charged === 'at_disbursement');
  return disbursements.map((disbursement, index) => {
    const due = index === 0 ? fees : fees.filter(({ amount }) => amount === null);
    const sumOf = (wanted: FeeTerm['treatment']): bigint =>
      feesOn(
        due.filter(({ treatment }) => treatment === wanted),
        terms,
        currency,
        disbursement.amount,
      );
    return { ...disbursement, deducted: sumOf('deducted'), financed: sumOf('financed') };
  });
}

/**
 * The fee of an instalment with its tax, in minor units: the fees of each instalment, percentages of what was asked
 * for by then, and the tax on them and on the instalment's interest, each rounded once.
 */
export function instalmentFee(terms: Terms, currency: string, asked: bigint, interest: bigint): bigint {
  const charged = terms.fees.filter((fee) => fee.charged === 'per_instalment');
  const fee = feesOn(charged, terms, currency, asked);
  if (terms.tax === null) return fee;
  return fee + interestTax(terms, interest) + percentOf(terms.tax.feePercent, fee, terms.rounding);
}

/** The tax on interest, in minor units, rounded once. */
export function interestTax({ tax, rounding }: Terms, interest: bigint): bigint {
  return tax === null ? 0n : percentOf(tax.interestPercent, interest, rounding);
}

/** The tax on a penalty, in minor units, rounded once. */
export function penaltyTax({ tax, rounding }: Terms, penalty: bigint): bigint {
  return tax === null ? 0n : percentOf(tax.penaltyPercent, penalty, rounding);
}

/**
 * What a fee that is charged on an event comes to with its tax, in minor units; undefined where the terms have none of
 * this code.
 *
 * @param asked the principal that percentages are of
 */
export function eventFee(terms: Terms, currency: string, asked: bigint, code: string): bigint | undefined {
  const fees = terms.fees.filter((fee) => fee.charged === 'on_event' && fee.code === code);
  if (fees.length === 0) return undefined;
  const fee = feesOn(fees, terms, currency, asked);
  return fee + (terms.tax === null ? 0n : percentOf(terms.tax.feePercent, fee, terms.rounding));
}

function feesOn(fees: readonly FeeTerm[], { rounding }: Terms, currency: string, principal: bigint): bigint {
  return fees.reduce((sum, { amount, percent }) => {
    return sum + (percent === null ? statedAmount(amount, currency) : percentOf(percent, principal, rounding));
  }, 0n);
}
