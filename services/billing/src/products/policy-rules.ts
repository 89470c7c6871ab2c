import { isTimeZone } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { compareDecimals, decimal, isAmount } from './decimals.ts';
import type { Bounds, ProductPolicy } from './policy.ts';
import type { InterestMethod } from './terms.ts';

/**
 * Refuses `terms_invalid` for a policy whose single fields are well-formed (policy.schemas.ts): for an amount that its
 * currency does not have, then for what contradicts itself.
 */
export function checkPolicy(policy: ProductPolicy, method: InterestMethod, currency: string): Refusal | undefined {
  const foreign = amounts.find(({ of }) => !isAmount(of(policy) ?? '0', currency));
  if (foreign !== undefined) return invalidField(foreign.field, `is no amount of ${currency}`);
  const contradiction = contradictions.find(({ isFound }) => isFound(policy, method));
  return contradiction && invalidField(contradiction.field, contradiction.fault);
}

/** Names a field of a product, by its path in JSON, in a `terms_invalid`. */
export function invalidField(path: string, fault: string): Refusal {
  return { refused: 'terms_invalid', detail: `${path} ${fault}.`, meta: { term: path } };
}

const amounts: readonly {
  readonly field: string;
  readonly of: (policy: ProductPolicy) => string | null | undefined;
}[] = [
  { field: 'settlement.small_balance_tolerance', of: ({ settlement }) => settlement.smallBalanceTolerance },
  { field: 'penalty.amount', of: ({ penalty }) => penalty?.amount },
  { field: 'penalty.cap', of: ({ penalty }) => penalty?.cap },
  { field: 'delinquency.tolerance', of: ({ delinquency }) => delinquency.tolerance },
  { field: 'principal_bounds.min', of: ({ principalBounds }) => principalBounds?.min },
  { field: 'principal_bounds.max', of: ({ principalBounds }) => principalBounds?.max },
];

const REVERSED = 'have their min above their max';

const contradictions: readonly {
  readonly field: string;
  readonly fault: string;
  readonly isFound: (policy: ProductPolicy, method: InterestMethod) => boolean;
}[] = [
  {
    field: 'settlement.early_settlement_rebate',
    fault: 'has a meaning in flat only',
    isFound: ({ settlement }, method) => settlement.earlySettlementRebate !== 'none' && method !== 'flat',
  },
  {
    field: 'advance_payment',
    fault: 'has a meaning under payment_policy any only, which takes money before it is due',
    isFound: ({ advancePayment, paymentPolicy }) => advancePayment !== 'next_instalment' && paymentPolicy !== 'any',
  },
  {
    field: 'advance_payment',
    fault: 'has no meaning in balloon, whose last principal is agreed',
    isFound: ({ advancePayment }, method) => advancePayment !== 'next_instalment' && method === 'balloon',
  },
  {
    field: 'advance_payment',
    fault: 'cannot reduce the term in bullet, which repays its principal on the last day',
    isFound: ({ advancePayment }, method) => advancePayment === 'reduce_term' && method === 'bullet',
  },
  {
    field: 'time_zone',
    fault: 'is no IANA time zone',
    isFound: ({ timeZone }) => timeZone !== null && !isTimeZone(timeZone),
  },
  {
    field: 'penalty',
    fault: 'needs an amount or a percent_per_day, and not both',
    isFound: ({ penalty }) => penalty !== null && (penalty.amount === null) === (penalty.percentPerDay === null),
  },
  {
    field: 'delinquency.buckets',
    fault: 'must rise',
    isFound: ({ delinquency: { buckets } }) => buckets.some((day, index) => day <= (buckets[index - 1] ?? 0)),
  },
  {
    field: 'delinquency.accrual_again_after_days',
    fault: 'has no meaning without non_accrual_after_days',
    isFound: ({ delinquency }) =>
      delinquency.accrualAgainAfterDays !== null && delinquency.nonAccrualAfterDays === null,
  },
  {
    field: 'disburse_on_approval',
    fault: 'has no meaning where loans are approved and paid out when they are opened',
    isFound: ({ disburseOnApproval, autoApprove, requiresScore }) =>
      disburseOnApproval && autoApprove && !requiresScore,
  },
  { field: 'principal_bounds', fault: REVERSED, isFound: ({ principalBounds }) => isReversed(principalBounds) },
  {
    field: 'tenor_bounds',
    fault: REVERSED,
    isFound: ({ tenorBounds }) => tenorBounds !== null && tenorBounds.min > tenorBounds.max,
  },
  { field: 'rate_bounds', fault: REVERSED, isFound: ({ rateBounds }) => isReversed(rateBounds) },
];

const isReversed = (bounds: Bounds<string> | null): boolean =>
  bounds !== null && compareDecimals(decimal(bounds.min), decimal(bounds.max)) > 0;
