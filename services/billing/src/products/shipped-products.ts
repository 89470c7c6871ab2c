import { defaultPolicy } from './policy.ts';
import type { Product } from './product.ts';

const always = { version: 1, validFrom: null, validTo: null } as const;
const monthly = { interestMethod: 'annuity', frequency: { every: 1, unit: 'month' }, emiSmoothing: false } as const;

/** The products that an installation starts with (domain.md §2); it may add more. */
export const shippedProducts: readonly Product[] = [
  {
    code: 'weekly-flat-50',
    ...always,
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
    policy: { ...defaultPolicy, paymentPolicy: 'exact' },
  },
  {
    code: 'monthly-annuity',
    ...always,
    name: 'Equal monthly instalments on the declining balance',
    currency: 'INR',
    terms: monthly,
    overridable: ['annualRatePercent', 'numberOfInstalments', 'firstDueDate', 'dayCount'],
    policy: defaultPolicy,
  },
  {
    code: 'credit-annuity',
    ...always,
    name: 'Equal monthly instalments, decided by a score',
    currency: 'INR',
    terms: monthly,
    overridable: ['annualRatePercent', 'numberOfInstalments', 'firstDueDate', 'dayCount'],
    policy: { ...defaultPolicy, requiresScore: true },
  },
  {
    code: 'open-30-weeks',
    ...always,
    name: 'Thirty weeks without interest, repaid at will',
    currency: 'USD',
    terms: { interestMethod: 'none', frequency: { every: 30, unit: 'week' }, numberOfInstalments: 1 },
    overridable: ['firstDueDate'],
    policy: { ...defaultPolicy, overpayment: 'reject' },
  },
  {
    code: 'scored',
    ...always,
    name: 'Thirty days without interest, paid out on approval',
    currency: 'KES',
    terms: { interestMethod: 'none', frequency: { every: 30, unit: 'day' }, numberOfInstalments: 1 },
    overridable: [],
    policy: { ...defaultPolicy, requiresScore: true, scoreSource: 'external', disburseOnApproval: true },
  },
  {
    code: 'imported',
    ...always,
    name: 'Loans taken over with the instalment they had',
    currency: 'INR',
    terms: { interestMethod: 'fixed_instalment', frequency: { every: 1, unit: 'month' } },
    overridable: ['annualRatePercent', 'instalmentAmount', 'numberOfInstalments', 'firstDueDate'],
    policy: defaultPolicy,
  },
];
