import { date } from '@tenor/calendar';
import { formatAmount, parseAmount } from '@tenor/money';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { buildSchedule, type PlannedInstalment, totalOf } from '../../src/schedules/schedule.ts';

/** A schedule in USD from readable input; throws where it would be refused. */
export function plan(given: GivenTerms, principal: string, disbursedOn = '2026-01-01'): PlannedInstalment[] {
  const terms = completeTerms(given, 'USD');
  const minor = parseAmount(principal, 'USD');
  if ('refused' in terms) throw new Error(terms.detail);
  if (typeof minor !== 'bigint') throw new Error(minor);
  const schedule = buildSchedule(terms, { minor, currency: 'USD' }, date(disbursedOn));
  if ('refused' in schedule) throw new Error(schedule.detail);
  return schedule;
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
