import { isTimeZone } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { compareDecimals, decimal, isAmount, isZero } from './decimals.ts';
import { type Bounds, defaultPolicy, type ProductPolicy } from './policy.ts';
import type { InterestMethod } from './terms.ts';

/** Refuses `terms_invalid` for a policy that contradicts itself, then for one that nothing acts on yet. */
export function checkPolicy(policy: ProductPolicy, method: InterestMethod, currency: string): Refusal | undefined {
  return (
    checkPayment(policy, method, currency) ??
    checkPenalty(policy, currency) ??
    checkDelinquency(policy, currency) ??
    checkBounds(policy, currency) ??
    checkSupport(policy)
  );
}

/** Names a field of a product in a `terms_invalid`. */
export function invalidField(name: string, fault: string): Refusal {
  return { refused: 'terms_invalid', detail: `${name} ${fault}.`, meta: { term: name } };
}

function checkPayment(policy: ProductPolicy, method: InterestMethod, currency: string): Refusal | undefined {
  const { settlement, timeZone } = policy;
  if (settlement.earlySettlementRebate !== 'none' && method !== 'flat') {
    return invalidField('settlement', `early_settlement_rebate has no meaning in ${method}`);
  }
  if (!isAmount(settlement.smallBalanceTolerance, currency)) {
    return invalidField('settlement', `small_balance_tolerance is no amount of ${currency}`);
  }
  return timeZone === null || isTimeZone(timeZone) ? undefined : invalidField('time_zone', 'is no IANA time zone');
}

function checkPenalty({ penalty }: ProductPolicy, currency: string): Refusal | undefined {
  if (penalty === null) return undefined;
  const { amount, percentPerDay, cap } = penalty;
  if ((amount === null) === (percentPerDay === null)) {
    return invalidField('penalty', 'needs an amount or a percent_per_day, and not both');
  }
  if (amount !== null && !isAmount(amount, currency)) {
    return invalidField('penalty', `has no amount of ${currency}`);
  }
  if (cap === null || isAmount(cap, currency)) return undefined;
  return invalidField('penalty', `has a cap that is no amount of ${currency}`);
}

function checkDelinquency({ delinquency }: ProductPolicy, currency: string): Refusal | undefined {
  const { tolerance, buckets, nonAccrualAfterDays, accrualAgainAfterDays } = delinquency;
  if (!isAmount(tolerance, currency)) {
    return invalidField('delinquency', `tolerance is no amount of ${currency}`);
  }
  if (buckets.some((day, index) => day <= (buckets[index - 1] ?? 0))) {
    return invalidField('delinquency', 'buckets must rise');
  }
  if (accrualAgainAfterDays !== null && nonAccrualAfterDays === null) {
    return invalidField('delinquency', 'accrual_again_after_days has no meaning without non_accrual_after_days');
  }
  return undefined;
}

function checkBounds(policy: ProductPolicy, currency: string): Refusal | undefined {
  const { principalBounds, tenorBounds, rateBounds } = policy;
  if (principalBounds !== null && Object.values(principalBounds).some((end) => !isAmount(end, currency))) {
    return invalidField('principal_bounds', `hold no amounts of ${currency}`);
  }
  if (isReversed(principalBounds)) return invalidField('principal_bounds', REVERSED);
  if (tenorBounds !== null && tenorBounds.min > tenorBounds.max) return invalidField('tenor_bounds', REVERSED);
  return isReversed(rateBounds) ? invalidField('rate_bounds', REVERSED) : undefined;
}

const isReversed = (bounds: Bounds<string> | null): boolean =>
  bounds !== null && compareDecimals(decimal(bounds.min), decimal(bounds.max)) > 0;
const REVERSED = 'have their min above their max';

/** The parts of a policy that are kept and not yet acted on: nothing but what is done anyhow may be said there. */
const unsupported: readonly { readonly name: string; readonly part: (policy: ProductPolicy) => unknown }[] = [
  { name: 'advance_payment', part: ({ advancePayment }) => advancePayment },
  { name: 'allocation_order', part: ({ allocationOrder }) => allocationOrder },
  { name: 'settlement', part: ({ settlement: { payoff, earlySettlementRebate } }) => [payoff, earlySettlementRebate] },
  { name: 'small_balance_tolerance', part: (policy) => isZero(policy.settlement.smallBalanceTolerance) },
  { name: 'penalty', part: ({ penalty }) => penalty },
  { name: 'late_interest', part: ({ lateInterest }) => lateInterest },
  { name: 'buckets', part: ({ delinquency }) => delinquency.buckets },
  { name: 'non_accrual_after_days', part: ({ delinquency }) => delinquency.nonAccrualAfterDays },
  { name: 'accrual', part: ({ accrual }) => accrual },
];

function checkSupport(policy: ProductPolicy): Refusal | undefined {
  const found = unsupported.find(({ part }) => JSON.stringify(part(policy)) !== JSON.stringify(part(defaultPolicy)));
  return found === undefined ? undefined : invalidField(found.name, 'is not supported yet in this form');
}
