import { formatAmount } from '@tenor/money';
import { creditFace } from '../customers/credit.ts';
import type { CustomerBalance } from './customer-balance.store.ts';

/** A balance as clients see it: amounts as decimal text in its currency. */
export function balanceJson(balance: CustomerBalance) {
  const { asOf, knownAt, currency, limit, exposure, outstanding } = balance;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const { credit, shortfall } = creditFace(balance.credit);
  return {
    as_of: asOf,
    known_at: knownAt,
    limit: limit === null ? null : text(limit),
    exposure: text(exposure),
    available: limit === null ? null : text(limit - exposure),
    outstanding: text(outstanding),
    credit: text(credit),
    shortfall: text(shortfall),
    currency,
  };
}
