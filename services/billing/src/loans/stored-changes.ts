import type { LocalDate } from '@tenor/calendar';
import type { Allocation } from '../ledger/posting.ts';
import { storedTerms, type Terms } from '../products/terms.ts';
import type { Disbursement } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';
import type { NonAccrual } from './non-accrual.ts';
import type { PlanInForce } from './replan.ts';
import type { WrittenOff } from './write-off.ts';

/** What only a loan has that was changed since its disbursement, or is watched for non-accrual, as JSON; amounts as text. */
export interface StoredChanges {
  readonly writtenOff: {
    readonly on: LocalDate;
    readonly principal: string;
    readonly interest: string;
    readonly fee: string;
    readonly penalty: string;
    readonly recovered: string;
  } | null;
  /** With the terms in force, since the row's own are those of the disbursement. */
  readonly plan:
    | (Omit<PlanInForce, 'disbursements' | 'repayments' | 'anchorDay'> & {
        readonly terms: Terms;
        readonly disbursements: readonly StoredMoney[];
        readonly repayments: readonly StoredMoney[];
        readonly anchorDay: number | null;
      })
    | null;
  /** Left out of rows that are older. */
  readonly nonAccrual?: (Omit<NonAccrual, 'held'> & { readonly held: readonly StoredAllocation[] | null }) | null;
  /** Left out of a loan that was paid out whole. */
  readonly paidOut?: readonly StoredMoney[];
}

interface StoredMoney {
  readonly on: LocalDate;
  readonly amount: string;
}

type StoredAllocation = Readonly<Record<Exclude<keyof Allocation, 'instalment'>, string>> &
  Pick<Allocation, 'instalment'>;
type Changes = Pick<LoanState, 'writtenOff' | 'plan' | 'paidOut' | 'nonAccrual'>;

/** Null for a loan that nothing changed but payments and charges. */
export function changesToStore(loan: LoanState): StoredChanges | null {
  const { writtenOff, plan, terms, paidOut, nonAccrual } = loan;
  const inParts = isSameMoney(paidOut, wholly(loan)) ? {} : { paidOut: moneyToStore(paidOut) };
  if (writtenOff === null && plan === null && nonAccrual === null && inParts.paidOut === undefined) return null;
  return {
    writtenOff: writtenOff && writtenOffToStore(writtenOff),
    plan: plan && { ...planToStore(plan), terms },
    nonAccrual: nonAccrual && { ...nonAccrual, held: nonAccrual.held?.map(allocationToStore) ?? null },
    ...inParts,
  };
}

/** The terms too, where another plan than that of the disbursement is in force. */
export function storedChanges(
  stored: StoredChanges | null,
  loan: Pick<LoanState, 'disbursedOn' | 'principal'>,
): Changes & Partial<Pick<LoanState, 'terms'>> {
  if (stored === null) return { writtenOff: null, plan: null, paidOut: wholly(loan), nonAccrual: null };
  const writtenOff = stored.writtenOff && writtenOffOf(stored.writtenOff);
  const paidOut = stored.paidOut === undefined ? wholly(loan) : moneyOf(stored.paidOut);
  const nonAccrual = stored.nonAccrual ? nonAccrualOf(stored.nonAccrual) : null;
  if (stored.plan === null) return { writtenOff, plan: null, paidOut, nonAccrual };
  const { disbursements, repayments, anchorDay, terms, ...rest } = stored.plan;
  const plan: PlanInForce = {
    ...rest,
    disbursements: moneyOf(disbursements),
    repayments: moneyOf(repayments),
    anchorDay: anchorDay ?? undefined,
  };
  return { writtenOff, plan, paidOut, nonAccrual, terms: storedTerms(terms) };
}

/** What nearly every loan that was paid out got: all of its principal on one day. */
function wholly({ disbursedOn, principal }: Pick<LoanState, 'disbursedOn' | 'principal'>): Disbursement[] {
  return disbursedOn === null ? [] : [{ on: disbursedOn, amount: principal }];
}

function isSameMoney(one: readonly Disbursement[], other: readonly Disbursement[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ on, amount }, index) => on === other[index]?.on && amount === other[index]?.amount)
  );
}

const moneyToStore = (money: readonly Disbursement[]): StoredMoney[] =>
  money.map(({ on, amount }) => ({ on, amount: `${amount}` }));
const moneyOf = (stored: readonly StoredMoney[]): Disbursement[] =>
  stored.map(({ on, amount }) => ({ on, amount: BigInt(amount) }));

function planToStore({ disbursements, repayments, anchorDay, ...plan }: PlanInForce) {
  return {
    ...plan,
    disbursements: moneyToStore(disbursements),
    repayments: moneyToStore(repayments),
    anchorDay: anchorDay ?? null,
  };
}

function writtenOffToStore({ on, principal, interest, fee, penalty, recovered }: WrittenOff) {
  const parts = { principal: `${principal}`, interest: `${interest}`, fee: `${fee}`, penalty: `${penalty}` };
  return { on, ...parts, recovered: `${recovered}` };
}

function writtenOffOf({ on, ...amounts }: NonNullable<StoredChanges['writtenOff']>): WrittenOff {
  const { principal, interest, fee, penalty, recovered } = amounts;
  return {
    on,
    principal: BigInt(principal),
    interest: BigInt(interest),
    fee: BigInt(fee),
    penalty: BigInt(penalty),
    recovered: BigInt(recovered),
  };
}

function allocationToStore({ instalment, principal, interest, fee, penalty }: Allocation): StoredAllocation {
  return {
    instalment,
    principal: `${principal}`,
    interest: `${interest}`,
    fee: `${fee}`,
    penalty: `${penalty}`,
  };
}

function nonAccrualOf({ unjudged, clearedOn, held }: NonNullable<StoredChanges['nonAccrual']>): NonAccrual {
  return {
    unjudged,
    clearedOn,
    held:
      held?.map(({ instalment, principal, interest, fee, penalty }) => ({
        instalment,
        principal: BigInt(principal),
        interest: BigInt(interest),
        fee: BigInt(fee),
        penalty: BigInt(penalty),
      })) ?? null,
  };
}
