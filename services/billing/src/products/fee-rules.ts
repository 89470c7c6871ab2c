import type { Refusal } from '@tenor/contracts';
import { addDecimals, compareDecimals, decimal, isAmount, isZero } from './decimals.ts';
import { type FeeTerm, invalidTerm, type Terms } from './terms.ts';

const WHOLE = decimal('100');

/**
 * Refuses `terms_invalid` unless each fee has a code of its own, one size, and a treatment where it needs one, or when
 * a fee or tax is one that nothing charges yet.
 */
export function checkFees({ fees, tax }: Terms, currency: string): Refusal | undefined {
  const codes = fees.map(({ code }) => code);
  const twice = codes.find((code, index) => codes.indexOf(code) !== index);
  if (twice !== undefined) return invalidTerm('fees', `have ${twice} twice`);
  for (const fee of fees) {
    const fault = feeFault(fee, currency);
    if (fault !== undefined) return invalidTerm('fees', `have ${fee.code}, which ${fault}`);
  }
  if (tax !== null && !isZero(tax.penaltyPercent)) {
    return invalidTerm('tax', 'has a penalty_percent, which is not supported yet');
  }
  return checkPaidOut(fees);
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
      return 'is charged on an event, which is not supported yet';
    default:
      return charged satisfies never;
  }
}

/** Something must be left of the principal when fees are kept back from it. */
function checkPaidOut(fees: readonly FeeTerm[]): Refusal | undefined {
  const deducted = fees.flatMap(({ percent, treatment }) =>
    treatment === 'deducted' && percent !== null ? [decimal(percent)] : [],
  );
  const total = deducted.reduce(addDecimals, decimal('0'));
  if (compareDecimals(total, WHOLE) < 0) return undefined;
  return invalidTerm('fees', 'deduct all of the principal');
}
