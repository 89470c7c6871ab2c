import { type ClosedDays, date, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, parseAmount } from '@tenor/money';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { buildSchedule, type PlannedInstalment, type Schedule, totalOf } from '../../src/schedules/schedule.ts';

/** A schedule in USD from readable input; throws where it would be refused. */
export function plan(given: GivenTerms, principal: string, disbursedOn = '2026-01-01'): readonly PlannedInstalment[] {
  return scheduleOf(given, [[disbursedOn, principal]]).instalments;
}

/** The same of several disbursements, each a day and an amount, and with days on which nothing falls due. */
export function scheduleOf(
  given: GivenTerms,
  disbursements: readonly (readonly [on: string, amount: string])[],
  closedDays: ClosedDays = NEVER_CLOSED,
): Schedule {
  const schedule = planned(given, disbursements, closedDays);
  if ('refused' in schedule) throw new Error(schedule.detail);
  return schedule;
}

/** The same, or its refusal; throws where the terms alone would be refused. */
export function planned(
  given: GivenTerms,
  disbursements: readonly (readonly [on: string, amount: string])[],
  closedDays: ClosedDays = NEVER_CLOSED,
): Schedule | Refusal {
  const terms = completeTerms(given, 'USD');
  if ('refused' in terms) throw new Error(terms.detail);
  return buildSchedule({
    terms,
    currency: 'USD',
    disbursements: disbursements.map(([on, amount]) => ({ on: date(on), amount: minor(amount) })),
    closedDays,
  });
}

/** USD as minor units. */
export function minor(text: string): bigint {
  const parsed = parseAmount(text, 'USD');
  if (typeof parsed !== 'bigint') throw new Error(parsed);
  return parsed;
}

/** Each instalment as "principal/interest". */
export function parts(schedule: readonly PlannedInstalment[]): string[] {
  return schedule.map(({ principal, interest }) => `${amount(principal)}/${amount(interest)}`);
}

/** Runs of equal totals, such as "49 × 110000.02". */
export function totals(schedule: readonly PlannedInstalment[]): string[] {
  const runs: { total: bigint; count: number }[] = [];
  for (const instalment of schedule) {
    const [total, run] = [totalOf(instalment), runs.at(-1)];
    if (run?.total === total) run.count += 1;
    else runs.push({ total, count: 1 });
  }
  return runs.map(({ total, count }) => `${count} × ${amount(total)}`);
}

export function amount(minor: bigint): string {
  return formatAmount(minor, 'USD');
}
