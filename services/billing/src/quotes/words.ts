import { dayOf, type LocalDate, monthOf, yearOf } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** 8 June 2026. */
export function dayInWords(of: LocalDate): string {
  return `${dayOf(of)} ${MONTHS[monthOf(of) - 1]} ${yearOf(of)}`;
}

/** Minor units with their thousands apart: 2,000,000.00. */
export function grouped(minor: bigint, currency: string): string {
  const [whole = '', decimals] = formatAmount(minor, currency).split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? apart : `${apart}.${decimals}`;
}

/** The same behind its currency: IDR 2,000,000.00. */
export function moneyInWords(minor: bigint, currency: string): string {
  return `${currency} ${grouped(minor, currency)}`;
}

/** 1 instalment, 2 instalments. */
export function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}
