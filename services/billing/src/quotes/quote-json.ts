import { formatAmount } from '@tenor/money';
import { termsToJson } from '../products/terms-json.ts';
import { plannedJson } from '../schedules/schedule-json.ts';
import type { Quote } from './quote.ts';

/** A quote as clients see it: amounts as decimal text in its currency. */
export function quoteJson(quote: Quote) {
  const { currency, disbursements, paidOut, product } = quote;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  return {
    product: product?.code ?? null,
    product_version: product?.version ?? null,
    instalments: quote.instalments.map((instalment) => plannedJson(instalment, currency)),
    total_interest: text(quote.totalInterest),
    total_fees: text(quote.totalFees),
    total_cost: text(quote.totalCost),
    total: text(quote.total),
    currency,
    principal: text(quote.principal),
    deducted_fees: text(quote.deductedFees),
    financed_fees: text(quote.financedFees),
    net_disbursed: text(quote.netDisbursed),
    apr: quote.apr,
    disbursed_on: disbursements[0]?.on ?? null,
    disbursements: disbursements.map(({ on, amount }, index) => ({
      on,
      amount: text(amount),
      paid_out: text(paidOut[index]?.amount ?? amount),
    })),
    terms: termsToJson(quote.terms),
  };
}
