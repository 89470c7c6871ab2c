import type { ExpectedVersion, Refusal } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';
import type { Calendar } from './calendar.ts';
import { changeCalendar, findCalendar, lockCalendar, type StoredCalendar, saveCalendar } from './calendars.store.ts';

/**
 * Stores the whole calendar under its name. Loans and quotes that have read it keep what they read. Refuses
 * `version_conflict` when the caller edited another version, or a calendar that is not there.
 */
export async function putCalendar(
  uow: UnitOfWork,
  calendar: Calendar,
  expected: ExpectedVersion,
): Promise<{ version: number } | Refusal> {
  const before = await lockCalendar(uow, calendar.name);
  const version =
    expected === undefined
      ? await saveCalendar(uow, calendar)
      : await changeCalendar(uow, calendar, expected === 'any' ? null : expected);
  if (version !== undefined) {
    recordPut(uow, before, { ...calendar, version });
    return { version };
  }
  const stored = await findCalendar(uow, calendar.name);
  const found = stored === undefined ? 'does not exist yet' : `is at version ${stored.version}`;
  return { refused: 'version_conflict', detail: `The calendar ${calendar.name} ${found}; read it again.` };
}

function recordPut(uow: UnitOfWork, before: StoredCalendar | undefined, after: StoredCalendar): void {
  const fieldsOf = ({ weekend, holidays, version }: StoredCalendar) => ({ weekend, holidays, version });
  uow.recordChange({
    entity: 'calendar',
    id: after.name,
    action: before === undefined ? 'created' : 'changed',
    before: before === undefined ? null : fieldsOf(before),
    after: fieldsOf(after),
  });
}
