import { addDays, date, isLocalDate, type LocalDate } from './local-date.ts';

/** Of the serials from 1900-03-01 on. Spreadsheets have a 29 February 1900, so those before it count from one day later. */
const DAY_ZERO = date('1899-12-30');
const FIRST_AFTER_GAP = 61;
/** 9999-12-31. */
const LAST_SERIAL = 2_958_465;
const SERIAL = /^(\d{1,7})(?:\.\d+)?$/;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$/;

/**
 * The date of a spreadsheet's cell: a serial of the 1900 system, or an ISO date; a time of the day is left out. Undefined
 * for anything else, the 29 February 1900 that spreadsheets have among it.
 */
export function sheetDate(text: string): LocalDate | undefined {
  const iso = ISO.exec(text.trim())?.[1];
  if (iso !== undefined) return isLocalDate(iso) ? iso : undefined;
  const serial = Number.parseInt(SERIAL.exec(text.trim())?.[1] ?? '0', 10);
  if (serial < 1 || serial > LAST_SERIAL || serial === FIRST_AFTER_GAP - 1) return undefined;
  return addDays(DAY_ZERO, serial < FIRST_AFTER_GAP ? serial + 1 : serial);
}
