import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { businessDate, date } from '@tenor/calendar';
import { type Clock, createLogger, isRefusal, loadConfig, newId, runUnitOfWork, systemClock } from '@tenor/service-kit';
import { type BillingConfig, billingConfigSchema } from './config.ts';
import { checkDay, startCheck } from './daily-check/daily-check.commands.ts';
import { openBillingDatabase } from './database.ts';

/**
 * The daily check as a step of its own, for a scheduler: today's unless a date is given. Its announcements wait in the
 * outbox for a running service. Rejects when the date has not begun, or when loans were left.
 */
export async function runDailyCheck(config: BillingConfig, given?: string, clock: Clock = systemClock): Promise<void> {
  const logger = createLogger({ service: 'billing-daily-check', level: config.LOG_LEVEL });
  const database = await openBillingDatabase(config);
  const today = (timeZone: string | null) => businessDate(clock.now(), timeZone ?? config.TIME_ZONE);
  const service = { database, today, dueSoonDays: config.DUE_SOON_DAYS, pause };
  try {
    const context = { caller: { id: 'daily-check', roles: [] }, requestId: newId() };
    const day = given === undefined ? null : date(given);
    const started = await runUnitOfWork(database, context, (uow) => startCheck(uow, service, day));
    if (isRefusal(started)) throw new Error(started.detail);
    const ended = await checkDay(service, started.day);
    logger.info({ end_of_day: ended }, 'daily check ended');
    if (ended?.finishedAt == null) throw new Error(`Loans were left; run the check of ${started.day} again.`);
  } finally {
    await database.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { date: { type: 'string' } } });
  await runDailyCheck(loadConfig(billingConfigSchema, process.env), values.date);
}
