import { buildSchedule, type ScheduleInput } from '@tenor/billing/schedule';
import { storedTerms } from '@tenor/billing/terms';
import { date, NEVER_CLOSED } from '@tenor/calendar';
import type { Load } from './load.ts';

/** 250,000.00 at 10.5 % over thirty years of months: as long as loans to people usually get. */
const annuity: ScheduleInput = {
  terms: storedTerms({
    interestMethod: 'annuity',
    annualRatePercent: '10.5',
    frequency: { every: 1, unit: 'month' },
    numberOfInstalments: 360,
  }),
  currency: 'USD',
  disbursements: [{ on: date('2026-01-31'), amount: 25_000_000n }],
  closedDays: NEVER_CLOSED,
};

/** Plans one schedule after the other in this process, as many as begin in so many seconds. */
export function planSchedules(seconds: number): Load {
  const latencies: number[] = [];
  const begun = performance.now();
  let now = begun;
  while (now - begun < seconds * 1000) {
    const schedule = buildSchedule(annuity);
    const planned = performance.now();
    if ('refused' in schedule) throw new Error(schedule.detail);
    latencies.push(planned - now);
    now = planned;
  }
  return { latencies, seconds: (now - begun) / 1000, errors: new Map() };
}
