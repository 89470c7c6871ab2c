import { interestMethods } from '../../src/products/terms.ts';
import type { PlannedInstalment, Schedule, ScheduleInput } from '../../src/schedules/schedule.ts';
import { minorOf, named, percentOf, planned, sum } from './faults.ts';

/** What interest methods promise of a loan that is paid out at once, worked out from the schedule itself. */
export function methodFaults(input: ScheduleInput, schedule: Schedule): string[] {
  if (input.disbursements.length > 1) return [];
  const rows = planned(input.terms.downPaymentPercent, schedule.instalments);
  return [...flatFaults(input, rows), ...equalFaults(input, rows), ...stepFaults(input, rows)];
}

/** Over the whole term: principal × rate, rounded once. */
function flatFaults({ terms }: ScheduleInput, rows: readonly PlannedInstalment[]): string[] {
  const { flatRatePercent, flatRateBasis, interestGrace, interestGraceTreatment, rounding } = terms;
  const isWaived = interestGrace > 0 && interestGraceTreatment === 'waived';
  if (flatRatePercent === null || flatRateBasis === 'per_annum' || isWaived) return [];
  const owed = percentOf(sum(rows.map(({ principal }) => principal)), flatRatePercent, rounding);
  return named({ 'flat interest is not principal × rate': sum(rows.map(({ interest }) => interest)) !== owed });
}

/** From an instalment on, those that are not the last, and whose interest or balance leaves the method a choice. */
function freeFrom(
  begin: number,
  { terms, currency }: ScheduleInput,
  rows: readonly PlannedInstalment[],
): readonly PlannedInstalment[] {
  const balloon = terms.balloonAmount === null ? 0n : minorOf(terms.balloonAmount, currency);
  return rows.slice(begin, -1).filter(({ principal, balanceAfter }) => principal > 0n && balanceAfter > balloon);
}

/** Also those whose interest is waived: their periods cost nothing. */
function equalFaults(input: ScheduleInput, rows: readonly PlannedInstalment[]): string[] {
  const { interestMethod, principalGrace, interestGrace, interestGraceTreatment } = input.terms;
  if (interestMethod !== 'annuity' && interestMethod !== 'balloon') return [];
  const asked = interestGraceTreatment === 'carried' ? interestGrace + 1 : 0;
  const free = freeFrom(Math.max(principalGrace, asked), input, rows);
  const totals = new Set(free.map(({ principal, interest }) => principal + interest));
  return named({ 'instalments are not equal': totals.size > 1 });
}

/** After any grace, and where the step is small beside the principal of an instalment. */
function stepFaults(input: ScheduleInput, rows: readonly PlannedInstalment[]): string[] {
  const { terms, currency } = input;
  if (terms.instalmentMultiple === null) return [];
  const step = minorOf(terms.instalmentMultiple, currency);
  const each = sum(rows.map(({ principal }) => principal)) / BigInt(rows.length);
  if (interestMethods[terms.interestMethod].rate !== 'periodic' && each <= step + BigInt(rows.length)) return [];
  const carried = terms.interestGraceTreatment === 'carried' ? 1 : 0;
  const free = freeFrom(Math.max(terms.principalGrace, terms.interestGrace + carried), input, rows);
  const odd = free.some(({ principal, interest }) => (principal + interest) % step !== 0n);
  return named({ 'an instalment is no multiple of the step': odd });
}
