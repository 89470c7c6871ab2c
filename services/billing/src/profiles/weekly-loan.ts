import type { OpenLoanCommand } from '../loans/new-loans.commands.ts';

/** The product that both APIs of fifty weekly instalments mean. */
export const WEEKLY_PRODUCT = 'weekly-flat-50';
/** Its currency, which neither names. */
export const WEEKLY_CURRENCY = 'IDR';

/** @param amount decimal text in the product's currency */
export const weeklyLoan = (customerId: string, amount: string, externalId: string | null): OpenLoanCommand => ({
  customerId,
  product: WEEKLY_PRODUCT,
  principal: { amount, currency: WEEKLY_CURRENCY },
  externalId,
  disbursedOn: null,
  terms: {},
  acceptsCorrectedRate: false,
  isKnownToBank: false,
});
