import type { Refusal } from '@tenor/contracts';
import { addDecimals, compareDecimals, decimal, isAmount, isZero } from './decimals.ts';
import { type FeeTerm, interestMethods, invalidTerm, type Terms } from './terms.ts';

const WHOLE = decimal('100');

/**
 * Refuses `terms_invalid` unless each fee has a code of its own, one size, and a treatment where it needs one, when a
 * fee or tax is one that nothing charges yet or that these terms never charge, and when they take all of the principal.
 */
export function checkFees(terms: Terms, currency: string): Refusal | undefined {
  const { fees } = terms;
  const codes = fees.map(({ code }) => code);
  const twice = codes.find((code, index) => codes.indexOf(code) !== index);
  if (twice !== undefined) return invalidTerm('fees', `have ${twice} twice`);
  for (const fee of fees) {
    const fault = feeFault(fee, currency);
    if (fault !== undefined) return invalidTerm('fees', `have ${fee.code}, which ${fault}`);
  }
  return checkTax(terms) ?? checkPaidOut(terms);
}

function checkTax({ interestMethod, fees, tax }: Terms): Refusal | undefined {
  if (tax === null) return undefined;
  if (!isZero(tax.interestPercent) && interestMethods[interestMethod].rate === null) {
    return invalidTerm('tax', `has an interest_percent, which has no meaning in ${interestMethod}`);
  }
  const isCharged = fees.some(({ charged }) => charged !== 'at_disbursement');
  return isZero(tax.feePercent) || isCharged
    ? undefined
    : invalidTerm('tax', 'has a fee_percent, which has no meaning without a fee per instalment or on an event');
}

function feeFault({ charged, amount, percent, treatment }: FeeTerm, currency: string): string | undefined {
  if (amount === null && percent === null) return 'needs an amount or a percent';
  if (amount !== null && percent !== null) return 'has an amount and a percent; one of them must be null';
  if (amount !== null && !isAmount(amount, currency)) return `has no amount of ${currency}`;
  switch (charged) {
    case 'at_disbursement':
      return treatment === null ? 'is charged at disbursement and needs a treatment' : undefined;
    case 'per_instalment':
      return treatment === null ? undefined : 'is charged per instalment, where a treatment has no meaning';
    case 'on_event':
      return treatment === null ? undefined : 'is charged on an event, where a treatment has no meaning';
    default:
      return charged satisfies never;
  }
}

/** Whatever the principal, something is paid out of it, and no less than the down payment of that day. */
function checkPaidOut({ fees, downPaymentPercent }: Terms): Refusal | undefined {
  const deducted = fees
    .flatMap(({ percent, treatment }) => (treatment === 'deducted' && percent !== null ? [decimal(percent)] : []))
    .reduce(addDecimals, decimal('0'));
  if (compareDecimals(deducted, WHOLE) >= 0) return invalidTerm('fees', 'deduct all of the principal');
  return compareDecimals(addDecimals(deducted, decimal(downPaymentPercent ?? '0')), WHOLE) > 0
    ? invalidTerm('downPaymentPercent', 'asks for more than the fees leave to pay out')
    : undefined;
}
