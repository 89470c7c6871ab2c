import { date, type LocalDate } from './local-date.ts';

/** Making a formatter costs far more than using it, and an installation names few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar date that an instant has in an IANA time zone. Throws RangeError for an unknown zone. */
export function businessDate(instant: Date, timeZone: string): LocalDate {
  const parts = formatterOf(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  return date(`${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`);
}

/** Whether this is a zone's IANA name; an offset such as `+05:30` is none. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    formatterOf(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}
