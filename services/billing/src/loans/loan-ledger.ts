import type { LocalDate } from '@tenor/calendar';
import { NO_PARTS, subtractParts } from '../delinquency/instalment.ts';
import { difference, type Earning, type Posting, postingsOf, type TaxedAllocation } from '../ledger/posting.ts';
import {
  type Day,
  dayIncome,
  type EarningPlan,
  earnedIncome,
  earningDays,
  earningPlan,
  waivedByInstalment,
  writtenOffInBooks,
} from './earned-income.ts';
import { paidTax } from './fee-tax.ts';
import type { Effect, LoanState, Stage } from './loan.ts';
import { broughtTo } from './non-accrual.ts';
import { NOTHING_MOVED } from './working-loan.ts';

/** A loan with what its income follows from between two changes of its plan, which costs most of the reckoning. */
interface Reckoned {
  readonly loan: LoanState;
  readonly plan: EarningPlan;
}

/**
 * All postings of a loan with these stages until the end of `through`: those of its events, and, unless income is what
 * was paid, those of the days between and after them, each with its own value date.
 *
 * @param through no earlier than the last event; null only for a loan whose income is what was paid
 */
export function ledgerOf(stages: readonly Stage[], through: LocalDate | null): Posting[] {
  let before: Reckoned | undefined;
  return stages.flatMap(({ effect, state }, index) => {
    const after = reckoned(state, before);
    const own = eventPostings(before, effect, after);
    const until = stages[index + 1]?.effect.event.valueDate ?? through;
    before = after;
    return until === null ? own : [...own, ...growth(after, effect.event.valueDate, until)];
  });
}

/**
 * What has to be posted for an event that sorts last, where growth was booked until the end of `bookedThrough`: its own
 * postings, the growth until its day, and what later growth differs by because of it.
 */
export function lastPostings(
  state: LoanState | undefined,
  bookedThrough: LocalDate | null,
  { effect, state: next }: Stage,
): Posting[] {
  const before = state && reckoned(state);
  const after = reckoned(next, before);
  const own = eventPostings(before, effect, after);
  if (before === undefined || bookedThrough === null) return own;
  const on = effect.event.valueDate;
  if (bookedThrough <= on) return [...growth(before, bookedThrough, on), ...own];
  return difference(growth(before, on, bookedThrough), [...own, ...growth(after, on, bookedThrough)]);
}

/**
 * What the days after `bookedThrough` until the end of `today` earn when nothing happens, and the last day that is booked
 * with it; `bookedThrough` is no earlier than the last event, and null for a loan whose income is what was paid.
 */
export function growthUntil(
  loan: LoanState,
  bookedThrough: LocalDate | null,
  today: LocalDate,
): { readonly postings: readonly Posting[]; readonly bookedThrough: LocalDate | null } {
  if (bookedThrough === null || bookedThrough >= today) return { postings: [], bookedThrough };
  return { postings: growth(reckoned(loan), bookedThrough, today), bookedThrough: today };
}

function reckoned(loan: LoanState, before?: Reckoned): Reckoned {
  const isSamePlan = before?.loan.plan === loan.plan && before.loan.disbursedOn === loan.disbursedOn;
  return { loan, plan: isSamePlan ? before.plan : earningPlan(loan) };
}

function growth({ loan, plan }: Reckoned, after: LocalDate, through: LocalDate): Posting[] {
  const days = earningDays(loan, after, through);
  if (days.length === 0) return [];
  let day: Day = { loan: broughtTo(loan, after), on: after };
  const grown = days.map((valueDate) => {
    const before = day;
    day = { loan: broughtTo(before.loan, valueDate), on: valueDate };
    const earned = dayIncome(before, day, plan);
    return { ...NOTHING_MOVED, event: { id: null, valueDate }, earning: { earned, waived: [], writtenOff: [] } };
  });
  return postingsOf(grown, loan);
}

/** Until when growth is booked once an event of that day is; null for a loan whose income is what was paid. */
export function bookedUntil(loan: LoanState, bookedThrough: LocalDate | null, on: LocalDate): LocalDate | null {
  if (loan.policy.accrual === 'cash') return null;
  return bookedThrough !== null && bookedThrough > on ? bookedThrough : on;
}

function eventPostings(before: Reckoned | undefined, effect: Effect, after: Reckoned): Posting[] {
  if (before === undefined) return postingsOf([effect], after.loan);
  if (after.loan.policy.accrual === 'cash') {
    return postingsOf([{ ...effect, paidTax: morePaidTax(before.loan, after.loan) }], after.loan);
  }
  return postingsOf([{ ...effect, earning: earningOf(before, effect, after) }], after.loan);
}

function earningOf(before: Reckoned, { event: { valueDate: on }, writtenOff }: Effect, after: Reckoned): Earning {
  const had = earnedIncome(broughtTo(before.loan, on), on, before.plan);
  return {
    earned: changeOf(had, earnedIncome(after.loan, on, after.plan)),
    waived: changeOf(waivedByInstalment(before.loan), waivedByInstalment(after.loan)),
    writtenOff: writtenOff.length === 0 ? [] : writtenOffInBooks(after.loan, on),
  };
}

/** What of the fees paid to each instalment is tax, and was not before; empty where nothing is taxed. */
function morePaidTax(before: LoanState, after: LoanState): Map<number, bigint> {
  const more = new Map<number, bigint>();
  if (after.terms.tax === null) return more;
  for (const instalment of after.instalments) more.set(instalment.number, paidTax(after.terms, instalment));
  for (const instalment of before.instalments) {
    more.set(instalment.number, (more.get(instalment.number) ?? 0n) - paidTax(before.terms, instalment));
  }
  return more;
}

const NOTHING: Omit<TaxedAllocation, 'instalment'> = { ...NO_PARTS, tax: 0n };

/** What each instalment has more, or below zero less, than it had. */
function changeOf(before: readonly TaxedAllocation[], after: readonly TaxedAllocation[]): TaxedAllocation[] {
  const byInstalment = (list: readonly TaxedAllocation[]) => new Map(list.map((parts) => [parts.instalment, parts]));
  const [had, has] = [byInstalment(before), byInstalment(after)];
  return [...new Set([...had.keys(), ...has.keys()])].map((instalment) => {
    const [was, is] = [had.get(instalment) ?? NOTHING, has.get(instalment) ?? NOTHING];
    return { instalment, ...subtractParts(is, was), tax: is.tax - was.tax };
  });
}
