import { type DueDates, dueDatesOf, type LocalDate, yearFraction } from '@tenor/calendar';
import { divideRounded, type Fraction, fraction } from '@tenor/money';
import { interestMethods } from '../../src/products/terms.ts';
import type { Schedule, ScheduleInput } from '../../src/schedules/schedule.ts';
import { decimal, named, planned } from './faults.ts';

/** Where interest runs on the balance by one rate: that of a period is what was owed × rate × time, rounded once. */
export function interestFaults(input: ScheduleInput, schedule: Schedule): string[] {
  const { annualRatePercent, monthlyRatePercent, interestMethod, bulletInterest, rounding } = input.terms;
  const stated = annualRatePercent ?? monthlyRatePercent;
  const isOnBalance = interestMethods[interestMethod].rate === 'periodic' && bulletInterest === 'each_period';
  const dates = nominalDates(input);
  if (!isOnBalance || stated === null || dates === undefined || !isTold(input, schedule, dates)) return [];
  const { interestGrace, interestGraceTreatment } = input.terms;
  const first = interestGrace + (interestGrace > 0 && interestGraceTreatment === 'carried' ? 1 : 0);
  const yearly = decimal(stated);
  const rate = yearly.numerator * (annualRatePercent === null ? 12n : 1n);
  const rows = planned(input.terms.downPaymentPercent, schedule.instalments);
  const wrong = rows.slice(first).some(({ interest }, index) => {
    const owed = owedInPeriod(first + index, input, schedule, dates);
    return interest !== divideRounded(owed.numerator * rate, owed.denominator * yearly.denominator * 100n, rounding);
  });
  return named({ 'interest is not that of what was owed': wrong });
}

function nominalDates({ terms, disbursements, closedDays }: ScheduleInput): DueDates | undefined {
  const [start] = disbursements;
  if (start === undefined) return undefined;
  const { numberOfInstalments: count, businessDayRule: rule } = terms;
  return dueDatesOf({ ...terms, disbursedOn: start.on, count, rule, closedDays });
}

/** Whether balances tell what was owed: all was at the start, or each part has no fee on it and no shifted date. */
function isTold({ disbursements }: ScheduleInput, { financedFees }: Schedule, { due, nominal }: DueDates): boolean {
  return disbursements.length === 1 || (financedFees === 0n && due.every((day, index) => day === nominal[index]));
}

/** Minor units × years. */
function owedInPeriod(index: number, input: ScheduleInput, schedule: Schedule, dates: DueDates): Fraction {
  const { terms, disbursements } = input;
  const { instalments, financedFees } = schedule;
  const downPayment = terms.downPaymentPercent === null ? 0n : (instalments[0]?.principal ?? 0n);
  const advances = disbursements.map(({ on, amount }, position) => ({
    on,
    amount: position === 0 ? amount + financedFees - downPayment : amount,
  }));
  const [start, end] = [dates.nominal[index - 1] ?? advances[0]?.on, dates.nominal[index]];
  if (start === undefined || end === undefined) throw new Error('a schedule has more instalments than due dates');
  const before = planned(terms.downPaymentPercent, instalments)[index - 1]?.balanceAfter ?? 0n;
  const until = (day: LocalDate) => yearFraction(terms.dayCount, start, day, terms.frequency, dates.anchorDay);
  const joined = advances.filter(({ on }) => on >= start && on < end);
  return [{ on: start, amount: before }, ...joined].reduce((owed, { on, amount }) => {
    const [whole, missed] = [until(end), until(on)];
    const numerator = whole.numerator * missed.denominator - missed.numerator * whole.denominator;
    const denominator = whole.denominator * missed.denominator;
    return fraction(
      owed.numerator * denominator + amount * numerator * owed.denominator,
      owed.denominator * denominator,
    );
  }, NOTHING);
}

const NOTHING: Fraction = { numerator: 0n, denominator: 1n };
