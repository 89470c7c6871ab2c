import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';
import { checkClose, type Month, monthText } from './period.ts';
import { holdBooking, insertPeriod, lastClosed } from './periods.store.ts';

/** Closes a month for good, once whoever is booking has committed. Refuses what `checkClose` does. */
export async function closePeriod(
  uow: UnitOfWork,
  month: Month,
  today: LocalDate,
): Promise<{ month: Month } | Refusal> {
  await holdBooking(uow);
  const refusal = checkClose(month, await lastClosed(uow), today);
  if (refusal !== undefined) return refusal;
  insertPeriod(uow, month, uow.caller.id);
  const after = { status: 'closed' };
  uow.recordChange({ entity: 'period', id: monthText(month), action: 'closed', before: null, after });
  return { month };
}
