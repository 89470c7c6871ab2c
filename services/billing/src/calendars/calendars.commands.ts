import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';
import type { Calendar } from './calendar.ts';
import { changeCalendar, findCalendar, saveCalendar } from './calendars.store.ts';

/**
 * Stores the whole calendar under its name. Loans and quotes that have read it keep what they read. Refuses
 * `version_conflict` when the caller edited another version, or a calendar that is not there.
 */
export async function putCalendar(
  uow: UnitOfWork,
  calendar: Calendar,
  expected: ExpectedVersion,
): Promise<{ version: number } | Refusal> {
  if (expected === undefined) return { version: await saveCalendar(uow, calendar) };
  const version = await changeCalendar(uow, calendar, expected === 'any' ? null : expected);
  if (version !== undefined) return { version };
  const stored = await findCalendar(uow, calendar.name);
  const found = stored === undefined ? 'does not exist yet' : `is at version ${stored.version}`;
  return { refused: 'version_conflict', detail: `The calendar ${calendar.name} ${found}; read it again.` };
}
