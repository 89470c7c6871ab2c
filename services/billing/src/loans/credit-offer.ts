import type { ClosedDays, LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type Fraction, fraction, type Money } from '@tenor/money';
import { type Assessment, assess } from '../credit/eligibility.ts';
import type { Customer } from '../customers/customer.ts';
import { decimalText } from '../products/decimals.ts';
import { type Product, termsFor } from '../products/product.ts';
import { type GivenTerms, interestMethods, type Terms } from '../products/terms.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { rateOn, yearlyRates } from '../schedules/yearly-rate.ts';
import { type CreditStanding, monthlyInstalment } from './credit-facts.ts';
import { loanSchedule } from './loan-schedule.ts';

/** A loan that is asked for, with the schedule it would have. */
export interface PlannedOpening {
  readonly terms: Terms;
  readonly closedDays: ClosedDays;
  readonly disbursedOn: LocalDate;
  readonly schedule: Schedule;
}

/** What of an application its credit is decided by. */
export interface CreditApplication {
  readonly product: Product;
  readonly given: GivenTerms;
  readonly principal: Money;
  readonly planned: PlannedOpening;
}

/** Who applies; exposure in minor units of the limit's currency. */
export interface Applicant {
  readonly customer: Pick<Customer, 'creditLimit'>;
  readonly exposure: bigint;
  readonly credit: CreditStanding;
}

/** What the application may have; `planned` at the corrected rate where it may be had, else as it was asked for. */
export interface CreditOffer {
  readonly assessment: Assessment;
  readonly planned: PlannedOpening;
  /** What its instalments come to in a month, in minor units. */
  readonly monthly: bigint;
}

/**
 * Decides by the customer's own credit what of the application can be had. Refuses `currency_mismatch` for a limit or
 * an income in another currency than the loan, and what the schedule at the corrected rate refuses.
 */
export function creditOffer(application: CreditApplication, applicant: Applicant): CreditOffer | Refusal {
  const { product, given, principal, planned } = application;
  const { customer, exposure, credit } = applicant;
  const { currency, minor: amount } = principal;
  const foreign = foreignTo(currency, { limit: customer.creditLimit, income: credit.monthlyIncome });
  if (foreign !== undefined) return foreign;
  const assessment = assess(
    {
      amount,
      principal: planned.schedule.principal,
      ratePercent: yearlyPercent(planned),
      mayHaveRate: (percent) => correctedTerms(product, given, planned.terms, percent) !== undefined,
    },
    {
      ...credit,
      exposure,
      limit: customer.creditLimit?.minor ?? null,
      monthlyIncome: credit.monthlyIncome?.minor ?? null,
    },
  );
  const offered = atRate(application, assessment);
  if ('refused' in offered) return offered;
  return { assessment, planned: offered, monthly: monthlyInstalment(offered.schedule, offered) };
}

function foreignTo(
  currency: string,
  amounts: { readonly limit: Money | null; readonly income: Money | null },
): Refusal | undefined {
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount === null || amount.currency === currency) continue;
    return {
      refused: 'currency_mismatch',
      detail: `The customer's ${name} is in ${amount.currency}, the loan in ${currency}.`,
      meta: { currencies: [amount.currency] },
    };
  }
  return undefined;
}

function atRate({ product, given, principal, planned }: CreditApplication, assessment: Assessment) {
  const { correctedRatePercent: percent, ratePercent } = assessment;
  if (percent === null || percent === ratePercent) return planned;
  const terms = correctedTerms(product, given, planned.terms, percent);
  if (terms === undefined) return planned;
  const { currency, minor } = principal;
  const loan = { terms, closedDays: planned.closedDays, currency, principal: minor };
  const schedule = loanSchedule(loan, planned.disbursedOn);
  return 'refused' in schedule ? schedule : { ...planned, terms, schedule };
}

/** The terms at another yearly rate; undefined where they do not state one, or the product does not let it be that. */
function correctedTerms(product: Product, given: GivenTerms, terms: Terms, percent: string): Terms | undefined {
  if (terms.annualRatePercent === null || !runsOnBalance(terms)) return undefined;
  const corrected = termsFor(product, { ...given, annualRatePercent: percent });
  return 'refused' in corrected ? undefined : corrected;
}

/** The rate per year of the first day, as decimal text; null where interest does not run on the balance. */
function yearlyPercent({ terms, disbursedOn }: PlannedOpening): string | null {
  if (!runsOnBalance(terms)) return null;
  return decimalText(inPercent(rateOn(yearlyRates(terms), disbursedOn)));
}

const runsOnBalance = ({ interestMethod }: Terms): boolean => interestMethods[interestMethod].rate === 'periodic';

const inPercent = ({ numerator, denominator }: Fraction): Fraction => fraction(numerator * 100n, denominator);
