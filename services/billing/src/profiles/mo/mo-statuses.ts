import type { CustomerStatus } from '../../customers/customer.ts';
import type { LoanStatus } from '../../loans/loan.ts';

/** In what this API counts money. */
export const MO_CURRENCY = 'USD';
export const MO_PRODUCT = 'open-30-weeks';

/** 1 active, 2 inactive. */
export const customerStatuses: Readonly<Record<CustomerStatus, number>> = { active: 1, inactive: 2 };

/** 1 pending, 2 active, 3 rejected, 4 paid; what was written off is owed all the same. */
export const loanStatuses: Readonly<Record<LoanStatus, number>> = {
  pending: 1,
  approved: 1,
  active: 2,
  written_off: 2,
  rejected: 3,
  cancelled: 3,
  failed: 3,
  paid: 4,
};
