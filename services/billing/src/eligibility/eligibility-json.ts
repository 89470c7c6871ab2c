import type { LocalDate } from '@tenor/calendar';
import { formatAmount, type Money } from '@tenor/money';
import type { Score } from '../credit/internal-score.ts';
import { regularInstalment } from '../credit/monthly-instalment.ts';
import type { Customer } from '../customers/customer.ts';
import type { CreditStanding } from '../loans/credit-facts.ts';
import type { CreditOffer } from '../loans/credit-offer.ts';
import { scheduleApr } from '../schedules/apr.ts';
import { totalOf } from '../schedules/schedule.ts';

/** An application that was asked about, with what is known of the customer and what they may have. */
export interface Inquiry {
  readonly customer: Pick<Customer, 'id' | 'creditLimit'>;
  readonly product: string;
  readonly principal: Money;
  readonly asOf: LocalDate;
  /** Minor units. */
  readonly exposure: bigint;
  readonly credit: CreditStanding;
  readonly offer: CreditOffer;
}

/** An answer as clients see it: amounts as decimal text in the loan's currency. */
export function eligibilityJson({ customer, product, principal, asOf, exposure, credit, offer }: Inquiry) {
  const { currency, minor } = principal;
  const { assessment, monthly } = offer;
  const { isEligible, reasons, score, cap } = assessment;
  const text = (amount: bigint): string => formatAmount(amount, currency);
  const textOrNull = (amount: bigint | null): string | null => (amount === null ? null : text(amount));
  const limit = customer.creditLimit?.minor ?? null;
  const { instalmentsNow } = credit;
  const withNew = isEligible ? instalmentsNow + monthly : null;
  return {
    customer_id: customer.id,
    product,
    as_of: asOf,
    decision: isEligible ? ('approved' as const) : ('declined' as const),
    eligible: isEligible,
    reasons: [...reasons],
    score: scoreJson(score, credit),
    principal: text(minor),
    rate_percent: assessment.ratePercent,
    corrected_rate_percent: assessment.correctedRatePercent,
    ...(isEligible ? offerJson(offer, text) : { instalment: null, total: null, apr: null }),
    limit: textOrNull(limit),
    exposure: text(exposure),
    available: textOrNull(limit === null ? null : limit - exposure),
    income: textOrNull(credit.monthlyIncome?.minor ?? null),
    cap: textOrNull(cap),
    instalments_now: text(instalmentsNow),
    instalments_with_new: textOrNull(withNew),
    headroom_now: textOrNull(cap === null ? null : cap - instalmentsNow),
    headroom_with_new: textOrNull(cap === null || withNew === null ? null : cap - withNew),
    currency,
  };
}

function scoreJson({ value, model, components }: Score, { history, currency }: CreditStanding) {
  return {
    value,
    model,
    components: components.map(({ name, points, maxPoints }) => ({ component: name, points, max_points: maxPoints })),
    history: {
      past_loans: history.pastLoans,
      loans_this_year: history.loansThisYear,
      volume: formatAmount(history.volume, currency),
      instalments_due: history.instalmentsDue,
      instalments_on_time: history.instalmentsOnTime,
      surplus_on_time: history.surplusOnTime,
    },
  };
}

function offerJson({ planned }: CreditOffer, text: (amount: bigint) => string) {
  const { schedule, terms } = planned;
  const totals = schedule.instalments.map(totalOf);
  return {
    instalment: text(regularInstalment(totals)),
    total: text(totals.reduce((sum, total) => sum + total, 0n)),
    apr: scheduleApr(schedule, terms.frequency),
  };
}
