import { isDeepStrictEqual } from 'node:util';
import type { RoundingMode } from '@tenor/money';
import type { FeeTerm } from '../../src/products/terms.ts';
import { buildSchedule, type Schedule, type ScheduleInput } from '../../src/schedules/schedule.ts';
import { minorOf, named, percentOf, planned, sum } from './faults.ts';
import { interestFaults } from './interest-faults.ts';
import { methodFaults } from './method-faults.ts';

/** What must hold of every schedule (domain.md §3), each said independently of how schedules are built. */

/** The rules that a schedule breaks; refused ones break the only rule that may refuse, or none. */
export function faultsOf(input: ScheduleInput): string[] {
  const schedule = buildSchedule(input);
  if ('refused' in schedule) return mayRefuse(schedule.detail) ? [] : [schedule.detail];
  const faults = [
    ...sumFaults(input, schedule),
    ...partFaults(schedule),
    ...dateFaults(input, schedule),
    ...graceFaults(input, schedule),
    ...feeFaults(input, schedule),
    ...interestFaults(input, schedule),
    ...methodFaults(input, schedule),
    ...(isDeepStrictEqual(buildSchedule(input), schedule) ? [] : ['another run gives another schedule']),
    ...prefixFaults(input, schedule),
  ];
  return faults;
}

/**
 * Neighbouring holidays may push one due date on to the next; a down payment in large steps may leave too little to
 * repay, or ask for more than is paid out.
 */
function mayRefuse(detail: string): boolean {
  return /^business_day_rule|instalments need .* or more to repay|^down_payment_percent/.test(detail);
}

function sumFaults({ disbursements }: ScheduleInput, schedule: Schedule): string[] {
  const { instalments, principal, deductedFees, financedFees, netDisbursed, paidOut } = schedule;
  const asked = sum(disbursements.map(({ amount }) => amount));
  return named({
    'the principals do not sum to the principal': sum(instalments.map((one) => one.principal)) !== principal,
    'the principal is not what is disbursed and financed': principal !== asked + financedFees,
    'the money paid out is not what is asked for less the deducted fees': netDisbursed !== asked - deductedFees,
    'the money paid out does not sum up': sum(paidOut.map(({ amount }) => amount)) !== netDisbursed,
    'the balance does not end at zero': instalments.at(-1)?.balanceAfter !== 0n,
  });
}

function partFaults({ instalments, paidOut }: Schedule): string[] {
  const parts = instalments.flatMap(({ principal, interest, fee, balanceAfter }) => [
    principal,
    interest,
    fee,
    balanceAfter,
  ]);
  return named({
    'a part is negative': [...parts, ...paidOut.map(({ amount }) => amount - 1n)].some((part) => part < 0n),
    'the instalments are not numbered from one': instalments.some(({ number }, index) => number !== index + 1),
  });
}

function dateFaults({ terms, disbursements }: ScheduleInput, { instalments }: Schedule): string[] {
  const [start] = disbursements.map(({ on }) => on);
  const due = planned(terms.downPaymentPercent, instalments).map(({ dueDate }) => dueDate);
  const days = [start, ...due];
  const downPaidOn = instalments[0]?.dueDate;
  return named({
    'due dates do not strictly increase': !isDeepStrictEqual(days, [...new Set(days)].toSorted()),
    'a down payment is not due at once': terms.downPaymentPercent !== null && downPaidOn !== start,
    'the number of instalments is another': due.length !== terms.numberOfInstalments,
  });
}

function graceFaults({ terms, disbursements, currency }: ScheduleInput, { instalments }: Schedule): string[] {
  const rows = planned(terms.downPaymentPercent, instalments);
  const [balloon] = terms.balloonAmount === null ? [] : [minorOf(terms.balloonAmount, currency)];
  return named({
    'principal is asked for in grace': rows.slice(0, terms.principalGrace).some(({ principal }) => principal !== 0n),
    'interest is asked for in grace': rows.slice(0, terms.interestGrace).some(({ interest }) => interest !== 0n),
    'the balloon is another': balloon !== undefined && disbursements.length === 1 && rows.at(-1)?.principal !== balloon,
  });
}

/** Fees and tax from the terms, by another way: each instalment's own sum. */
function feeFaults({ terms, currency, disbursements }: ScheduleInput, { instalments }: Schedule): string[] {
  if (disbursements.length > 1) return [];
  const principal = disbursements[0]?.amount ?? 0n;
  const perInstalment = terms.fees.filter(({ charged }) => charged === 'per_instalment');
  const fee = sum(perInstalment.map((one) => feeOf(one, principal, currency, terms.rounding)));
  const taxed = (interest: bigint): bigint =>
    terms.tax === null
      ? fee
      : fee +
        percentOf(interest, terms.tax.interestPercent, terms.rounding) +
        percentOf(fee, terms.tax.feePercent, terms.rounding);
  const wrong = planned(terms.downPaymentPercent, instalments).some((one) => one.fee !== taxed(one.interest));
  return named({ 'fees and tax do not add up': wrong });
}

/** Money that is paid out later changes nothing that was due before. */
function prefixFaults(input: ScheduleInput, { instalments }: Schedule): string[] {
  const last = input.disbursements.at(-1);
  if (last === undefined || input.disbursements.length === 1) return [];
  const before = buildSchedule({ ...input, disbursements: input.disbursements.slice(0, -1) });
  if ('refused' in before) return before.refused === 'principal_out_of_bounds' ? [] : [before.detail];
  const [kept, now] = [before.instalments, instalments].map((rows) => rows.filter(({ dueDate }) => dueDate <= last.on));
  return named({ 'a later disbursement changes what was due before it': !isDeepStrictEqual(kept, now) });
}

function feeOf({ amount, percent }: FeeTerm, principal: bigint, currency: string, mode: RoundingMode): bigint {
  return amount === null ? percentOf(principal, percent ?? '0', mode) : minorOf(amount, currency);
}
