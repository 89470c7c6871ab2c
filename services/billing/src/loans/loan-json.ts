import type { LocalDate } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { arrearsByBucket, type Delinquency, delinquency } from '../delinquency/delinquency.ts';
import { type LoanInstalment, sumOfParts } from '../delinquency/instalment.ts';
import { pauseOn } from '../delinquency/pause.ts';
import { termsToJson } from '../products/terms-json.ts';
import { plannedJson } from '../schedules/schedule-json.ts';
import { type LoanState, outstanding } from './loan.ts';
import { type StatedInstalment, statedInstalment, statedTotal } from './stated-instalment.ts';
import type { WrittenOff } from './write-off.ts';

/** How loans look to clients: amounts as decimal text, names in snake case. */

export interface Seen {
  readonly state: LoanState;
  readonly asOf: LocalDate;
  readonly knownAt: string;
}

export function loanJson({ state, asOf, knownAt }: Seen) {
  const { currency } = state;
  const money = (minor: bigint) => ({ amount: formatAmount(minor, currency), currency });
  const { isDelinquent, daysPastDue } = delinquency(state, asOf);
  return {
    id: state.loanId,
    external_id: state.externalId,
    customer_id: state.customerId,
    product: state.product.code,
    product_version: state.product.version,
    status: state.status,
    principal: money(state.principal),
    disbursed: money(state.paidOut.reduce((sum, { amount }) => sum + amount, 0n)),
    total: money(statedTotal(state.instalments)),
    outstanding: money(outstanding(state, asOf).total),
    disbursed_on: state.disbursedOn,
    maturity_date: state.maturityDate,
    is_delinquent: isDelinquent,
    days_past_due: daysPastDue,
    apr: state.apr,
    terms: termsToJson(state.terms),
    written_off: state.writtenOff && writtenOffJson(state.writtenOff, currency),
    as_of: asOf,
    known_at: knownAt,
  };
}

function writtenOffJson(writtenOff: WrittenOff, currency: string) {
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const { on, principal, interest, fee, penalty, recovered } = writtenOff;
  return {
    on,
    principal: text(principal),
    interest: text(interest),
    fee: text(fee),
    penalty: text(penalty),
    total: text(sumOfParts(writtenOff)),
    recovered: text(recovered),
    currency,
  };
}

export function outstandingJson({ state, asOf, knownAt }: Seen) {
  const text = (minor: bigint): string => formatAmount(minor, state.currency);
  const { principal, interest, fee, penalty, total, dueNow, overdue } = outstanding(state, asOf);
  return {
    as_of: asOf,
    known_at: knownAt,
    principal: text(principal),
    interest: text(interest),
    fee: text(fee),
    penalty: text(penalty),
    total: text(total),
    due_now: text(dueNow),
    overdue: text(overdue),
    currency: state.currency,
  };
}

export function delinquencyJson(standing: Delinquency, currency: string) {
  return {
    is_delinquent: standing.isDelinquent,
    consecutive_missed: standing.consecutiveMissed,
    days_past_due: standing.daysPastDue,
    bucket: standing.bucket,
    arrears: formatAmount(standing.arrears, currency),
    currency,
  };
}

/** How late one loan is, with its arrears by the age of each missed instalment. */
export function loanDelinquencyJson({ state, asOf, knownAt }: Seen) {
  const { currency, pauses } = state;
  return {
    as_of: asOf,
    known_at: knownAt,
    ...delinquencyJson(delinquency(state, asOf), currency),
    arrears_by_bucket: [...arrearsByBucket(state, asOf)].map(([bucket, arrears]) => ({
      bucket,
      arrears: formatAmount(arrears, currency),
    })),
    is_paused: pauseOn(pauses, asOf) !== undefined,
    pauses: pauses.map(({ from, until }) => ({ from, until })),
  };
}

export function scheduleJson({ state, asOf, knownAt }: Seen) {
  const { currency } = state;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const stated = state.instalments.map(statedInstalment);
  const sum = (of: (instalment: StatedInstalment) => bigint): string =>
    text(stated.reduce((total, instalment) => total + of(instalment), 0n));
  return {
    loan_id: state.loanId,
    version: state.plan?.version ?? 1,
    currency,
    as_of: asOf,
    known_at: knownAt,
    instalments: state.instalments.map((instalment) => instalmentJson(state, instalment, asOf)),
    total: sum(({ total }) => total),
    paid: sum(({ paid }) => paid),
    waived: sum(({ waived }) => waived),
    forgone: sum(({ forgone }) => forgone),
    written_off: sum(({ writtenOff }) => writtenOff),
    unpaid: sum(({ unpaid }) => unpaid),
  };
}

function instalmentJson(state: LoanState, instalment: LoanInstalment, asOf: LocalDate) {
  const { currency } = state;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const stated = statedInstalment(instalment);
  return {
    ...plannedJson(stated, currency),
    total: text(stated.total),
    prepaid_principal: text(stated.prepaidPrincipal),
    charged: text(stated.charged),
    moved: text(stated.moved),
    waived: text(stated.waived),
    forgone: text(stated.forgone),
    written_off: text(stated.writtenOff),
    paid: text(stated.paid),
    paid_principal: text(instalment.paid.principal),
    paid_interest: text(instalment.paid.interest),
    paid_fee: text(instalment.paid.fee),
    unpaid: text(stated.unpaid),
    status: statusOf(state, instalment, stated, asOf),
  };
}

/** `missed` as delinquency counts it (after grace, above the tolerance); `due` is what may be paid without being late. */
function statusOf(
  state: LoanState,
  instalment: LoanInstalment,
  { unpaid, moved, writtenOff, dueDate }: StatedInstalment,
  asOf: LocalDate,
): 'paid' | 'moved' | 'missed' | 'due' | 'upcoming' | 'written_off' {
  if (writtenOff > 0n) return 'written_off';
  if (unpaid === 0n) return moved > 0n ? 'moved' : 'paid';
  if (delinquency({ ...state, instalments: [instalment] }, asOf).consecutiveMissed > 0) return 'missed';
  return dueDate <= asOf ? 'due' : 'upcoming';
}
