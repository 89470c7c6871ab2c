import { type ClosedDays, closedDaysFrom, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money, money } from '@tenor/money';
import type { Customer } from '../customers/customer.ts';
import { closedDaysNamed } from '../products/closed-days.ts';
import { isScoredHere, type ProductPolicy } from '../products/policy.ts';
import { checkPrincipal, type Product, termsFor } from '../products/product.ts';
import type { GivenTerms } from '../products/terms.ts';
import type { CreditStanding } from './credit-facts.ts';
import { type CreditOffer, creditOffer, type PlannedOpening } from './credit-offer.ts';
import type { LoanState, LoanStatus } from './loan.ts';
import type { DraftEvent, LoanEventPayloads } from './loan-event.ts';
import { loanSchedule } from './loan-schedule.ts';

export interface OpenLoan {
  readonly loanId: string;
  readonly externalId: string | null;
  readonly principal: Money;
  /** What the request gives of the terms. */
  readonly terms: GivenTerms;
  /** Null: the business date. */
  readonly disbursedOn: LocalDate | null;
  /** Whether a rate below what the customer's score allows may be raised to it. */
  readonly acceptsCorrectedRate: boolean;
}

/** What a credit limit is checked by; the customer is locked, so that two requests cannot share one headroom. */
export interface LimitContext {
  readonly customer: Pick<Customer, 'creditLimit'>;
  /** Principal requested on pending and approved loans + outstanding principal of active ones, in the limit's currency. */
  readonly exposure: bigint;
}

/** What a new loan is decided by. */
export interface OpenContext extends LimitContext {
  readonly customer: Pick<Customer, 'id' | 'status' | 'creditLimit'>;
  readonly product: Product;
  /** By name: at least the one that the loan's terms name, if it exists. */
  readonly calendars: ReadonlyMap<string, ClosedDays>;
  /** The customer's loans of this product that are pending, approved or active; only asked where it limits them. */
  readonly openLoans: number;
  /** Today in the product's time zone. */
  readonly businessDate: LocalDate;
  /** Null where Tenor's own score does not decide. */
  readonly credit: CreditStanding | null;
}

/** When a command takes effect. */
export interface Dated {
  /** Null: the business date. */
  readonly valueDate: LocalDate | null;
  /** Today in the product's time zone. */
  readonly businessDate: LocalDate;
}

/**
 * Opens a loan, and approves and disburses it where the product says so, all on the day of disbursement.
 * Refuses in this order: `customer_inactive`; `terms_not_allowed`, `terms_invalid`; `value_date_in_future`;
 * `currency_mismatch`, `principal_out_of_bounds` of the product; `terms_invalid` for a calendar that does not exist; what
 * the schedule refuses (`principal_out_of_bounds`, `terms_invalid`); `open_loans_exceeded`; `currency_mismatch` of the credit
 * limit, `limit_exceeded`; where Tenor's own score decides, instead of it, what `creditOffer` refuses and `not_eligible`.
 */
export function decideOpen(command: OpenLoan, context: OpenContext): DraftEvent[] | Refusal {
  const { customer, product } = context;
  const { loanId, externalId, principal } = command;
  const planned = planLoan(command, context);
  if ('refused' in planned) return planned;
  const { terms, closedDays, disbursedOn, score } = planned;
  const { currency, minor } = principal;
  const { code, version, policy } = product;
  const amount = formatAmount(minor, currency);
  const loan = { loanId, customerId: customer.id, externalId, product: { code, version }, currency };
  const kept = terms.calendar === null ? {} : { closedDays: closedDaysFrom(closedDays, disbursedOn) };
  const decidedBy = score === undefined ? {} : { score };
  const payload = { ...loan, principal: amount, terms, ...kept, policy, ...decidedBy, disbursedOn };
  const opened: DraftEvent = { type: 'opened', valueDate: disbursedOn, payload };
  if (!policy.autoApprove || awaitsScore(policy)) return [opened];
  return [
    opened,
    { type: 'approved', valueDate: disbursedOn, payload: {} },
    { type: 'disbursed', valueDate: disbursedOn, payload: { amount } },
  ];
}

const awaitsScore = (policy: ProductPolicy): boolean => policy.requiresScore && !isScoredHere(policy);

type Decided = PlannedOpening & Pick<LoanEventPayloads['opened'], 'score'>;

/** The loan as it may be had: within the limit or, where Tenor's own score decides, as the application is eligible. */
function planLoan(command: OpenLoan, context: OpenContext): Decided | Refusal {
  const { credit } = context;
  if (credit !== null) {
    const offer = offerFor(command, { ...context, credit });
    return 'refused' in offer ? offer : accepted(offer, command.acceptsCorrectedRate);
  }
  const planned = planAsAsked(command, context);
  if ('refused' in planned) return planned;
  const { principal } = planned.schedule;
  return checkLimit(money(principal, command.principal.currency), context) ?? planned;
}

/** What of an application can be had by the customer's own credit. Refuses what `decideOpen` refuses before it, and `creditOffer`. */
export function offerFor(
  command: Pick<OpenLoan, 'principal' | 'terms' | 'disbursedOn'>,
  context: OpenContext & { readonly credit: CreditStanding },
): CreditOffer | Refusal {
  const planned = planAsAsked(command, context);
  if ('refused' in planned) return planned;
  const { terms: given, principal } = command;
  return creditOffer({ product: context.product, given, principal, planned }, context);
}

/** Refuses `not_eligible`, also where the rate would have to be raised and the request does not say that it may. */
function accepted({ assessment, planned }: CreditOffer, acceptsCorrectedRate: boolean): Decided | Refusal {
  const { reasons, score, isEligible, ratePercent, correctedRatePercent } = assessment;
  const { model, value } = score;
  if (isEligible && (acceptsCorrectedRate || reasons.length === 0)) {
    return { ...planned, score: { model, value, ratePercent } };
  }
  const remedy = isEligible ? ` It may be had at ${correctedRatePercent} %, with accept_corrected_rate.` : '';
  return {
    refused: 'not_eligible',
    detail: `The application scores ${value} and is not eligible: ${reasons.join(', ')}.${remedy}`,
    meta: {
      reasons,
      score: value,
      rate_percent: ratePercent,
      corrected_rate_percent: correctedRatePercent,
    },
  };
}

/** All of `decideOpen`'s refusals up to the limit and the score. */
function planAsAsked(
  command: Pick<OpenLoan, 'principal' | 'terms' | 'disbursedOn'>,
  context: OpenContext,
): PlannedOpening | Refusal {
  const { customer, product, calendars, businessDate } = context;
  const { principal } = command;
  const disbursedOn = command.disbursedOn ?? businessDate;
  if (customer.status !== 'active') {
    return { refused: 'customer_inactive', detail: 'A loan needs an active customer.' };
  }
  const terms = termsFor(product, command.terms);
  if ('refused' in terms) return terms;
  const refusal = checkNotFuture(disbursedOn, businessDate) ?? checkPrincipal(product, principal);
  if (refusal !== undefined) return refusal;
  const closedDays = closedDaysNamed(terms.calendar, calendars);
  if ('refused' in closedDays) return closedDays;
  const { currency, minor } = principal;
  const schedule = loanSchedule({ terms, closedDays, currency, principal: minor }, disbursedOn);
  if ('refused' in schedule) return schedule;
  return checkOpenLoans(context) ?? { terms, closedDays, disbursedOn, schedule };
}

/**
 * Approves a pending loan, and pays it out on that day where its product says so. Refuses `state_conflict`, then
 * `value_date_in_future`, and `terms_invalid` when it is to be paid out and the schedule cannot start on that date.
 */
export function decideApprove(state: LoanState, dated: Dated): DraftEvent[] | Refusal {
  const approved = decideStep(state, dated, ['pending'], { type: 'approved', payload: {} });
  if ('refused' in approved || !state.policy.disburseOnApproval) return approved;
  const disbursed = decideDisburse({ ...state, status: 'approved' }, dated);
  return 'refused' in disbursed ? disbursed : [...approved, ...disbursed];
}

/** Turns a pending loan down. Refuses `state_conflict`, then `value_date_in_future`. */
export function decideReject(state: LoanState, dated: Dated, reason: string | null): DraftEvent[] | Refusal {
  return decideStep(state, dated, ['pending'], { type: 'rejected', payload: { reason } });
}

/** Gives up a loan that was not paid out. Refuses `state_conflict`, then `value_date_in_future`. */
export function decideCancel(state: LoanState, dated: Dated, reason: string | null): DraftEvent[] | Refusal {
  return decideStep(state, dated, ['pending', 'approved'], { type: 'cancelled', payload: { reason } });
}

/** Ends a pending loan that nobody decided. Refuses `state_conflict`, then `value_date_in_future`. */
export function decideFail(state: LoanState, dated: Dated, reason: string | null): DraftEvent[] | Refusal {
  return decideStep(state, dated, ['pending'], { type: 'failed', payload: { reason } });
}

/**
 * Pays an approved loan out on the value date: whole, or the part that is asked for where its terms allow more than one
 * disbursement. Refuses `state_conflict` for another status or a date before the approval, `value_date_in_future`, what
 * `checkPart` refuses, and what the schedule refuses that starts on that date.
 */
export function decideDisburse(state: LoanState, dated: Dated, part: Money | null = null): DraftEvent[] | Refusal {
  const { currency, principal } = state;
  const amount = part?.minor ?? principal;
  const payload = { amount: formatAmount(amount, currency) };
  const drafts = decideStep(state, dated, ['approved'], { type: 'disbursed', payload });
  if ('refused' in drafts) return drafts;
  const schedule =
    (part === null ? undefined : checkPart(state, part)) ??
    loanSchedule({ ...state, principal: amount }, dated.valueDate ?? dated.businessDate);
  return 'refused' in schedule ? schedule : drafts;
}

/**
 * Refuses `currency_mismatch`, and `principal_out_of_bounds` for more than the approved principal leaves, or for less
 * where the terms allow one disbursement.
 */
export function checkPart({ currency, principal, terms, paidOut }: LoanState, part: Money): Refusal | undefined {
  if (part.currency !== currency) {
    const detail = `The loan is in ${currency}, the disbursement in ${part.currency}.`;
    return { refused: 'currency_mismatch', detail, meta: { currencies: [currency] } };
  }
  const left = paidOut.reduce((rest, { amount }) => rest - amount, principal);
  const isWhole = terms.maximumDisbursements === 1;
  if (isWhole ? part.minor === left : part.minor <= left) return undefined;
  const max = formatAmount(left, currency);
  const detail = isWhole
    ? `The loan is paid out at once: ${max} ${currency}.`
    : `Of the approved principal, ${max} ${currency} is left.`;
  return { refused: 'principal_out_of_bounds', detail, meta: { max, currency } };
}

type LifecycleType = 'approved' | 'rejected' | 'cancelled' | 'failed' | 'disbursed';
type LifecycleStep = { [T in LifecycleType]: { type: T; payload: LoanEventPayloads[T] } }[LifecycleType];

/** Lifecycle events keep to the order of their dates, so that each state is one that the loan really was in. */
function decideStep(
  { status, lastKey }: LoanState,
  { valueDate, businessDate }: Dated,
  allowed: readonly LoanStatus[],
  step: LifecycleStep,
): DraftEvent[] | Refusal {
  const on = valueDate ?? businessDate;
  if (!allowed.includes(status)) {
    const detail = `The loan is ${status}; this needs it to be ${allowed.join(' or ')}.`;
    return { refused: 'state_conflict', detail, meta: { status, allowed } };
  }
  if (lastKey !== null && on < lastKey.valueDate) {
    const detail = `The loan became ${status} on ${lastKey.valueDate}, which is after ${on}.`;
    return { refused: 'state_conflict', detail, meta: { status, since: lastKey.valueDate } };
  }
  return checkNotFuture(on, businessDate) ?? [{ ...step, valueDate: on }];
}

export function checkNotFuture(on: LocalDate, businessDate: LocalDate): Refusal | undefined {
  if (on <= businessDate) return undefined;
  const detail = `The date ${on} is after the business date ${businessDate}.`;
  return { refused: 'value_date_in_future', detail, meta: { business_date: businessDate } };
}

function checkOpenLoans({ product: { code, policy }, openLoans }: OpenContext): Refusal | undefined {
  const { maxOpenLoans } = policy;
  if (maxOpenLoans === null || openLoans < maxOpenLoans) return undefined;
  const detail = `The customer has ${openLoans} open loans of ${code}, which lends ${maxOpenLoans} at once.`;
  return { refused: 'open_loans_exceeded', detail, meta: { product: code, open: openLoans, max: maxOpenLoans } };
}

/** Refuses `currency_mismatch`, and `limit_exceeded` where the exposure and the principal together pass the limit. */
export function checkLimit(
  principal: Money,
  { customer: { creditLimit }, exposure }: LimitContext,
): Refusal | undefined {
  if (creditLimit === null) return undefined;
  const { currency, minor: limit } = creditLimit;
  if (currency !== principal.currency) {
    return {
      refused: 'currency_mismatch',
      detail: `The credit limit is in ${currency}, the loan in ${principal.currency}.`,
      meta: { currencies: [currency] },
    };
  }
  const available = limit - exposure;
  if (principal.minor <= available) return undefined;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  return {
    refused: 'limit_exceeded',
    detail: `The principal ${text(principal.minor)} ${currency} is above the available ${text(available)}.`,
    meta: { limit: text(limit), exposure: text(exposure), available: text(available), currency },
  };
}
