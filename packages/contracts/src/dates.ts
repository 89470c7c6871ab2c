import { Type } from 'typebox';

/** A real calendar date, without time or zone; 2026-02-30 is refused. */
export const DateSchema = Type.String({
  format: 'date',
  description: 'Calendar date YYYY-MM-DD',
  examples: ['2026-01-31'],
});

/** A date that books may carry: within the two centuries in which every count of days and years is sure to work. */
export const BookDateSchema = Type.String({
  format: 'date',
  pattern: '^(19|20|21)',
  description: 'Calendar date YYYY-MM-DD from 1900 to 2199',
  examples: ['2026-01-31'],
});

/** RFC 3339 in UTC, to the microsecond at most: finer digits would be lost in the database. */
export const InstantSchema = Type.String({
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?Z$',
  description: 'Instant in UTC, RFC 3339',
  examples: ['2026-11-21T07:50:05.123456Z'],
});

export const UuidSchema = Type.String({
  format: 'uuid',
  description: 'UUIDv7',
  examples: ['019aa4f1-6c00-7000-8000-000000000001'],
});
