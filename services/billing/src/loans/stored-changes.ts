import type { LocalDate } from '@tenor/calendar';
import type { Allocation } from '../ledger/posting.ts';
import { storedTerms, type Terms } from '../products/terms.ts';
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
    | (Omit<PlanInForce, 'disbursements' | 'anchorDay'> & {
        readonly terms: Terms;
        readonly disbursements: readonly { readonly on: LocalDate; readonly amount: string }[];
        readonly anchorDay: number | null;
      })
    | null;
  /** Left out of rows that are older. */
  readonly nonAccrual?: (Omit<NonAccrual, 'held'> & { readonly held: readonly StoredAllocation[] | null }) | null;
}

type StoredAllocation = Readonly<Record<Exclude<keyof Allocation, 'instalment'>, string>> &
  Pick<Allocation, 'instalment'>;
type Changes = Pick<LoanState, 'writtenOff' | 'plan' | 'nonAccrual'>;

/** Null for a loan that nothing changed but payments and charges. */
export function changesToStore(loan: Changes & Pick<LoanState, 'terms'>): StoredChanges | null {
  const { writtenOff, plan, terms, nonAccrual } = loan;
  if (writtenOff === null && plan === null && nonAccrual === null) return null;
  return {
    writtenOff: writtenOff && writtenOffToStore(writtenOff),
    plan: plan && { ...planToStore(plan), terms },
    nonAccrual: nonAccrual && { ...nonAccrual, held: nonAccrual.held?.map(allocationToStore) ?? null },
  };
}

/** The terms too, where another plan than that of the disbursement is in force. */
export function storedChanges(stored: StoredChanges | null): Changes & Partial<Pick<LoanState, 'terms'>> {
  if (stored === null) return { writtenOff: null, plan: null, nonAccrual: null };
  const writtenOff = stored.writtenOff && writtenOffOf(stored.writtenOff);
  const nonAccrual = stored.nonAccrual ? nonAccrualOf(stored.nonAccrual) : null;
  if (stored.plan === null) return { writtenOff, plan: null, nonAccrual };
  const { version, on, after, disbursements, anchorDay, terms } = stored.plan;
  const plan: PlanInForce = {
    version,
    on,
    after,
    disbursements: disbursements.map((each) => ({ on: each.on, amount: BigInt(each.amount) })),
    anchorDay: anchorDay ?? undefined,
  };
  return { writtenOff, plan, nonAccrual, terms: storedTerms(terms) };
}

function planToStore({ version, on, after, disbursements, anchorDay }: PlanInForce) {
  return {
    version,
    on,
    after,
    disbursements: disbursements.map((each) => ({ on: each.on, amount: `${each.amount}` })),
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
