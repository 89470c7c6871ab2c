import type { LocalDate } from '@tenor/calendar';
import type {
  LoanDisbursed,
  LoanOpened,
  LoanRepaid,
  LoanRepaymentReallocated,
  LoanRepaymentReversed,
  LoanRestructured,
  LoanSnapshot,
} from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import { type Credits, creditFace } from '../customers/credit.ts';
import type { LockedCustomer } from '../customers/customers.store.ts';
import { type LoanInstalment, remainder, sumOfParts } from '../delinquency/instalment.ts';
import type { Allocation } from '../ledger/posting.ts';
import { lateGrowthJson } from '../penalties/late-growth-json.ts';
import { termsToJson } from '../products/terms-json.ts';
import { scheduledJson } from '../schedules/schedule-json.ts';
import type { Effect, LoanState } from './loan.ts';
import type { DraftEvent } from './loan-event.ts';
import type { PlanInForce } from './replan.ts';
import { askedInstalment, statedTotal } from './stated-instalment.ts';

/** What published events say of a loan: their data, without any I/O. */

type Face = Pick<
  LoanRepaid,
  'loan_id' | 'customer_id' | 'currency' | 'status' | 'outstanding' | 'unpaid' | 'written_off'
>;

/** What every event that moves money carries; `changed` are the numbers of the instalments that it changed. */
export function faceOf(state: LoanState, changed: ReadonlySet<number>): Face {
  const text = (minor: bigint): string => formatAmount(minor, state.currency);
  return {
    loan_id: state.loanId,
    customer_id: state.customerId,
    currency: state.currency,
    status: state.status,
    outstanding: outstandingOf(state),
    unpaid: state.instalments
      .filter(({ number }) => changed.has(number))
      .map((instalment) => ({
        number: instalment.number,
        due_date: instalment.dueDate,
        amount: text(remainder(instalment)),
      })),
    ...writtenOffJson(state),
  };
}

/** All that is unpaid, due or not. */
function outstandingOf({ instalments, currency }: LoanState): string {
  const minor = instalments.reduce((sum, instalment) => sum + remainder(instalment), 0n);
  return formatAmount(minor, currency);
}

function writtenOffJson({ writtenOff, currency }: LoanState): Pick<LoanRepaid, 'written_off'> {
  return writtenOff === null
    ? {}
    : { written_off: { on: writtenOff.on, amount: formatAmount(sumOfParts(writtenOff), currency) } };
}

export function openedData(state: LoanState, disbursedOn: LocalDate, externalRef: string | null): LoanOpened {
  return {
    ...contractOf(state, externalRef),
    disbursed_on: disbursedOn,
    schedule: state.instalments.map((instalment) => statedJson(instalment, state.currency)),
  };
}

/** The whole loan as it stands, with what its customer's row says. */
export function snapshotData(
  state: LoanState,
  customer: Pick<LockedCustomer, 'externalRef' | 'status' | 'eventSequence'> & { readonly credits: Credits },
  externalRef: string | null,
): LoanSnapshot {
  return {
    ...contractOf(state, externalRef),
    customer: {
      external_ref: customer.externalRef,
      status: customer.status,
      sequence: Number(customer.eventSequence),
      shortfalls: shortfallsOf(customer.credits),
    },
    outstanding: outstandingOf(state),
    disbursed_on: state.disbursedOn,
    ...writtenOffJson(state),
    schedule: state.instalments.map((instalment) => ({
      ...statedJson(instalment, state.currency),
      unpaid: formatAmount(remainder(instalment), state.currency),
    })),
  };
}

function shortfallsOf(credits: Credits): { currency: string; amount: string }[] {
  return [...credits]
    .map(([currency, balance]) => ({ currency, owed: creditFace(balance).shortfall }))
    .filter(({ owed }) => owed > 0n)
    .map(({ currency, owed }) => ({ currency, amount: formatAmount(owed, currency) }));
}

function statedJson(instalment: LoanInstalment, currency: string) {
  const asked = askedInstalment(instalment);
  const planned = scheduledJson(asked, currency);
  return asked.charged === 0n ? planned : { ...planned, total: formatAmount(asked.total, currency) };
}

/** What a loan was agreed to be, and its status. */
function contractOf(state: LoanState, externalRef: string | null) {
  const text = (minor: bigint): string => formatAmount(minor, state.currency);
  return {
    loan_id: state.loanId,
    customer_id: state.customerId,
    external_ref: externalRef,
    product: state.product,
    currency: state.currency,
    principal: text(state.principal),
    total: text(statedTotal(state.instalments)),
    payment_policy: state.policy.paymentPolicy,
    overpayment: state.policy.overpayment,
    ...lateGrowthOf(state),
    ...(state.policy.timeZone !== null && { time_zone: state.policy.timeZone }),
    terms: termsToJson(state.terms),
    status: state.status,
  };
}

function lateGrowthOf(state: LoanState): Pick<LoanOpened, 'late_growth'> {
  const growth = lateGrowthJson(state);
  return growth ? { late_growth: growth } : {};
}

export function disbursedData(
  state: LoanState,
  { valueDate, payload }: Extract<DraftEvent, { type: 'disbursed' }>,
): LoanDisbursed {
  const all = new Set(state.instalments.map(({ number }) => number));
  const { amount, settles } = payload;
  const top = settles && { settles: { loan_id: settles.loanId, amount: settles.amount } };
  return { ...faceOf(state, all), disbursed_on: valueDate, amount, ...top };
}

/** All instalments are told, since the new schedule may have fewer than the one before. */
export function restructuredData(
  state: LoanState,
  { kind, changeId, on }: Pick<PlanInForce, 'kind' | 'changeId' | 'on'>,
  reason: string | null,
): LoanRestructured {
  return {
    ...faceOf(state, new Set(state.instalments.map(({ number }) => number))),
    restructure_id: changeId,
    kind,
    value_date: on,
    version: state.plan?.version ?? 1,
    schedule: state.instalments.map((instalment) => statedJson(instalment, state.currency)),
    ...lateGrowthOf(state),
    reason,
  };
}

export interface RepaidMessage {
  readonly state: LoanState;
  readonly changed: ReadonlySet<number>;
  /** Of the payment, the use of credit, or the recovery. */
  readonly paymentId: string;
  readonly effect: Effect;
}

function paidFrom({ event }: Effect): NonNullable<LoanRepaid['paid_from']> {
  if (event.type === 'recovered') return 'recovery';
  return event.type === 'credit_used' ? 'credit' : 'payment';
}

/** `wasClosed`: the loan owed nothing when the payment came. */
export function repaidData({ state, changed, paymentId, effect }: RepaidMessage, wasClosed: boolean): LoanRepaid {
  return {
    ...faceOf(state, changed),
    payment_id: paymentId,
    paid_from: paidFrom(effect),
    value_date: effect.event.valueDate,
    amount: formatAmount(effect.applied, state.currency),
    credited: formatAmount(effect.excess, state.currency),
    ...waivedOf(effect, state.currency),
    allocations: allocationsOf(effect, state.currency),
    reason: effect.excess === 0n ? null : wasClosed ? 'nothing_owed' : 'amount_exceeds_outstanding',
  };
}

/** `previous` is what it did before. */
export function reallocatedData(message: RepaidMessage, previous: Effect): LoanRepaymentReallocated {
  const { state, changed, paymentId, effect } = message;
  const taken = (of: Effect): string => formatAmount(of.applied + of.recovered, state.currency);
  return {
    ...faceOf(state, changed),
    payment_id: paymentId,
    paid_from: paidFrom(effect),
    value_date: effect.event.valueDate,
    amount: taken(effect),
    previous_amount: taken(previous),
    credited: formatAmount(effect.excess, state.currency),
    ...waivedOf(effect, state.currency),
    allocations: allocationsOf(effect, state.currency),
  };
}

function waivedOf({ waivers }: Effect, currency: string): Pick<LoanRepaid, 'waived'> {
  const sum = waivers.reduce((total, parts) => total + sumOfParts(parts), 0n);
  return sum === 0n ? {} : { waived: formatAmount(sum, currency) };
}

export interface ReversedMessage {
  readonly state: LoanState;
  readonly changed: ReadonlySet<number>;
  readonly paymentId: string;
  readonly kind: LoanRepaymentReversed['kind'];
  readonly valueDate: LocalDate;
  /** What the payment had applied, in minor units. */
  readonly applied: bigint;
}

export function reversedData({
  state,
  changed,
  paymentId,
  kind,
  valueDate,
  applied,
}: ReversedMessage): LoanRepaymentReversed {
  return {
    ...faceOf(state, changed),
    payment_id: paymentId,
    kind,
    value_date: valueDate,
    amount: formatAmount(applied, state.currency),
  };
}

function allocationsOf({ allocations }: Effect, currency: string): LoanRepaid['allocations'] {
  return allocationsJson(allocations, currency);
}

export function allocationsJson(allocations: readonly Allocation[], currency: string): LoanRepaid['allocations'] {
  return allocations.map(({ instalment, principal, interest, fee, penalty }) => ({
    instalment,
    principal: formatAmount(principal, currency),
    interest: formatAmount(interest, currency),
    fee: formatAmount(fee, currency),
    penalty: formatAmount(penalty, currency),
  }));
}
