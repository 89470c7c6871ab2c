import { formatAmount, parseAmount } from '@tenor/money';
import type { LoanStatus } from '../../loans/loan.ts';

/** What this API lends, and in what it counts. */
export const KOPA_PRODUCT = 'scored';
export const KOPA_CURRENCY = 'KES';

export const applicationStatuses = ['PENDING', 'APPROVED', 'REJECTED', 'FAILED'] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

const statuses: Readonly<Record<LoanStatus, ApplicationStatus>> = {
  pending: 'PENDING',
  approved: 'APPROVED',
  active: 'APPROVED',
  paid: 'APPROVED',
  written_off: 'APPROVED',
  rejected: 'REJECTED',
  cancelled: 'REJECTED',
  failed: 'FAILED',
};

/** What became of an application, whatever happened to its loan since. */
export const applicationStatus = (status: LoanStatus): ApplicationStatus => statuses[status];

interface SplitName {
  readonly firstName: string;
  /** Null for a name of one word. */
  readonly lastName: string | null;
}

/** The first word of a name, and the others. */
export function splitName(name: string): SplitName {
  const [firstName = '', ...others] = name.split(/\s+/);
  return { firstName, lastName: others.length === 0 ? null : others.join(' ') };
}

export const joinName = ({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string =>
  [firstName, lastName].filter((part) => part !== null).join(' ');

/** A limit as the engine wrote it, with the currency's digits where it has no more of them. */
export function limitText(limitAmount: string): string {
  const minor = parseAmount(limitAmount, KOPA_CURRENCY);
  return typeof minor === 'bigint' ? formatAmount(minor, KOPA_CURRENCY) : limitAmount;
}
