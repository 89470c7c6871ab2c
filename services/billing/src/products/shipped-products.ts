import type { Product, ProductPolicy } from './product.ts';

const policy: ProductPolicy = {
  paymentPolicy: 'any',
  overpayment: 'credit',
  delinquency: { consecutiveMissed: 2, maxDaysPastDue: 91, tolerance: '0', graceDays: 0 },
  accrual: 'cash',
  autoApprove: true,
  timeZone: null,
  requiresScore: false,
  principalBounds: null,
  tenorBounds: null,
  rateBounds: null,
};

/** The products that an installation starts with (domain.md §2); it may add more. */
export const shippedProducts: readonly Product[] = [
  {
    code: 'weekly-flat-50',
    version: 1,
    name: 'Fifty weeks at ten per cent flat',
    currency: 'IDR',
    terms: {
      interestMethod: 'flat',
      flatRatePercent: '10',
      flatRateBasis: 'whole_term',
      frequency: { every: 1, unit: 'week' },
      numberOfInstalments: 50,
    },
    overridable: ['firstDueDate'],
    policy: { ...policy, paymentPolicy: 'exact' },
  },
  {
    code: 'monthly-annuity',
    version: 1,
    name: 'Equal monthly instalments on the declining balance',
    currency: 'INR',
    terms: { interestMethod: 'annuity', frequency: { every: 1, unit: 'month' }, emiSmoothing: false },
    overridable: ['annualRatePercent', 'numberOfInstalments', 'firstDueDate', 'dayCount'],
    policy,
  },
  {
    code: 'open-30-weeks',
    version: 1,
    name: 'Thirty weeks without interest, repaid at will',
    currency: 'USD',
    terms: { interestMethod: 'none', frequency: { every: 30, unit: 'week' }, numberOfInstalments: 1 },
    overridable: [],
    policy: { ...policy, overpayment: 'reject' },
  },
];
