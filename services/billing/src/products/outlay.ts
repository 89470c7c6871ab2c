import type { Refusal } from '@tenor/contracts';
import { formatAmount, max, min } from '@tenor/money';
import { type ChargedDisbursement, chargeDisbursements, type Disbursement } from './charge.ts';
import { payableStep, percentOf, statedAmount } from './stated-amount.ts';
import { invalidTerm, type Terms } from './terms.ts';

/** What a loan's disbursements come to on their days, in minor units. */
export interface Outlay {
  readonly disbursements: readonly ChargedDisbursement[];
  /** Due on the day of the first disbursement. */
  readonly downPayment: bigint;
  /** What each disbursement leaves to the instalments to repay. */
  readonly repaid: readonly bigint[];
}

/**
 * Refuses `principal_out_of_bounds` where the instalments have too little to repay (`leastRepaid`), or a later
 * disbursement is of nothing; and `terms_invalid` where fees leave nothing to pay out, or less than the down payment.
 */
export function outlayOf(terms: Terms, currency: string, asked: readonly Disbursement[]): Outlay | Refusal {
  const disbursements = chargeDisbursements(terms, currency, asked);
  const downPayment = downPaymentOf(terms, currency, disbursements);
  const repaid = disbursements.map(
    ({ amount, financed }, index) => amount + financed - (index === 0 ? downPayment : 0n),
  );
  const outlay = { disbursements, downPayment, repaid };
  return checkRepaid(terms, currency, repaid) ?? checkPaidOut(outlay) ?? outlay;
}

/** A percentage of what is first asked for, to the payable step, and never more than is owed by then. */
function downPaymentOf(terms: Terms, currency: string, [first]: readonly ChargedDisbursement[]): bigint {
  const { downPaymentPercent, rounding } = terms;
  if (downPaymentPercent === null || first === undefined) return 0n;
  const asked = percentOf(downPaymentPercent, first.amount, rounding, payableStep(terms, currency));
  return min(asked, first.amount + first.financed);
}

/**
 * What the instalments must have to repay, in minor units: at the start one unit for each, and the payable step for
 * each that repays principal; in all that step on top of the balloon.
 */
function leastRepaid(terms: Terms, currency: string): { readonly atStart: bigint; readonly inAll: bigint } {
  const { numberOfInstalments, principalGrace, instalmentMultiple, balloonAmount } = terms;
  const repaying = numberOfInstalments - principalGrace - (balloonAmount === null ? 0 : 1);
  const step = instalmentMultiple === null ? 0n : statedAmount(instalmentMultiple, currency);
  const stepped = step * BigInt(repaying);
  const balloon = balloonAmount === null ? 0n : statedAmount(balloonAmount, currency);
  return { atStart: max(stepped, BigInt(numberOfInstalments)), inAll: stepped + balloon };
}

function checkRepaid(terms: Terms, currency: string, repaid: readonly bigint[]): Refusal | undefined {
  const { atStart, inAll } = leastRepaid(terms, currency);
  const [first = 0n, ...later] = repaid;
  const all = repaid.reduce((sum, amount) => sum + amount, 0n);
  const needs = [
    { has: first, least: atStart },
    { has: all, least: inAll },
    ...later.map((has) => ({ has, least: 1n })),
  ];
  const short = needs.find(({ has, least }) => has < least);
  if (short === undefined) return undefined;
  const [least, has] = [formatAmount(short.least, currency), formatAmount(short.has, currency)];
  return {
    refused: 'principal_out_of_bounds',
    detail: `${terms.numberOfInstalments} instalments need ${least} ${currency} or more to repay, not ${has}.`,
    meta: { min: least, currency },
  };
}

function checkPaidOut({ disbursements, downPayment }: Outlay): Refusal | undefined {
  const consumed = disbursements.some(({ amount, deducted }) => deducted >= amount);
  if (consumed) return invalidTerm('fees', 'leave nothing of a disbursement to pay out');
  const [first] = disbursements;
  return first !== undefined && first.amount - first.deducted < downPayment
    ? invalidTerm('downPaymentPercent', 'asks for more than is paid out on that day')
    : undefined;
}
