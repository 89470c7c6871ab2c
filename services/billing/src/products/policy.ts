/** Both ends belong to the range. */
export interface Bounds<Value> {
  readonly min: Value;
  readonly max: Value;
}

export type Component = 'penalty' | 'fee' | 'interest' | 'principal';

/** What late payment costs. Either an amount or a part per day of the overdue principal, interest and fee. */
export interface PenaltyPolicy {
  readonly amount: string | null;
  /** Decimal text, per cent per day; never of a penalty. */
  readonly percentPerDay: string | null;
  /** Days after the due date before it begins. */
  readonly graceDays: number;
  /** The most that it comes to per instalment; null: no limit. */
  readonly cap: string | null;
}

/** How loans of a product behave once they exist (domain.md §2); a loan keeps its own copy. Amounts are decimal text. */
export interface ProductPolicy {
  readonly paymentPolicy: 'exact' | 'partial' | 'any';
  readonly overpayment: 'credit' | 'reject';
  /** What a payment beyond what is due does to the schedule. */
  readonly advancePayment: 'next_instalment' | 'reduce_term' | 'reduce_instalment';
  readonly allocationOrder: {
    /** Each once, first served first. */
    readonly components: readonly Component[];
    /** One component over all instalments, then the next; else instalment by instalment. */
    readonly vertical: boolean;
  };
  readonly settlement: {
    /** What an early payoff asks of the interest to come; null: all of it. */
    readonly payoff: 'to_the_day' | 'to_period_end' | null;
    /** Of flat loans: what an early payoff gives back. */
    readonly earlySettlementRebate: 'none' | 'pro_rata' | 'rule_of_78';
    /** A remainder up to this amount is waived. */
    readonly smallBalanceTolerance: string;
  };
  readonly penalty: PenaltyPolicy | null;
  /** Interest runs on principal that is late. */
  readonly lateInterest: boolean;
  readonly delinquency: {
    readonly consecutiveMissed: number;
    readonly maxDaysPastDue: number;
    /** A remainder up to this amount does not make an instalment missed. */
    readonly tolerance: string;
    readonly graceDays: number;
    /** Last day of each bucket but the open one. */
    readonly buckets: readonly number[];
    /** Days past due after which only what is paid is income; null: never. Means nothing under accrual `cash`. */
    readonly nonAccrualAfterDays: number | null;
    /** Days without arrears after which income is earned again; null: at once. */
    readonly accrualAgainAfterDays: number | null;
  };
  /** When income is earned (docs/ledger.md). */
  readonly accrual: 'daily' | 'on_due' | 'cash';
  /** Approves and disburses when the loan is opened, unless a score is required first. */
  readonly autoApprove: boolean;
  /** Pays out on the day of the approval. */
  readonly disburseOnApproval: boolean;
  /** IANA name; null: the installation's. */
  readonly timeZone: string | null;
  readonly requiresScore: boolean;
  /** Whose score decides: Tenor's own when the loan is opened, or an outside engine's, for which the loan waits. */
  readonly scoreSource: 'internal' | 'external';
  readonly principalBounds: Bounds<string> | null;
  /** In instalments. */
  readonly tenorBounds: Bounds<number> | null;
  /** Per cent, of the rate that the interest method uses. */
  readonly rateBounds: Bounds<string> | null;
  /** Loans of this product that a customer may have pending, approved and active at once; null: any number. */
  readonly maxOpenLoans: number | null;
}

/** What a product does that says nothing about it; in the terms that describe payment it is all that is done yet. */
export const defaultPolicy: ProductPolicy = {
  paymentPolicy: 'any',
  overpayment: 'credit',
  advancePayment: 'next_instalment',
  allocationOrder: { components: ['penalty', 'fee', 'interest', 'principal'], vertical: false },
  settlement: { payoff: null, earlySettlementRebate: 'none', smallBalanceTolerance: '0' },
  penalty: null,
  lateInterest: false,
  delinquency: {
    consecutiveMissed: 2,
    maxDaysPastDue: 91,
    tolerance: '0',
    graceDays: 0,
    buckets: [30, 60, 90],
    nonAccrualAfterDays: null,
    accrualAgainAfterDays: null,
  },
  accrual: 'cash',
  autoApprove: true,
  disburseOnApproval: false,
  timeZone: null,
  requiresScore: false,
  scoreSource: 'internal',
  principalBounds: null,
  tenorBounds: null,
  rateBounds: null,
  maxOpenLoans: null,
};

/** Whether Tenor's own score decides of a loan when it is opened. */
export function isScoredHere({
  requiresScore,
  scoreSource,
}: Pick<ProductPolicy, 'requiresScore' | 'scoreSource'>): boolean {
  return requiresScore && scoreSource === 'internal';
}

/** What a penalty is where nothing is said of it. */
export const defaultPenalty: PenaltyPolicy = { amount: null, percentPerDay: null, graceDays: 0, cap: null };

type Group = 'allocationOrder' | 'settlement' | 'penalty' | 'delinquency';

/** A policy in part: groups may be given in part too. */
export type GivenPolicy = {
  readonly [Name in Exclude<keyof ProductPolicy, Group>]?: ProductPolicy[Name] | undefined;
} & {
  readonly [Name in Group]?: Partial<NonNullable<ProductPolicy[Name]>> | Extract<ProductPolicy[Name], null> | undefined;
};

/** The policy with its defaults where nothing is given, or nothing was when it was stored. */
export function completePolicy(given: GivenPolicy): ProductPolicy {
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...defaultPolicy,
    ...(stated as Partial<ProductPolicy>),
    allocationOrder: { ...defaultPolicy.allocationOrder, ...given.allocationOrder },
    settlement: { ...defaultPolicy.settlement, ...given.settlement },
    penalty: given.penalty == null ? null : { ...defaultPenalty, ...given.penalty },
    delinquency: { ...defaultPolicy.delinquency, ...given.delinquency },
  };
}

/** Whether an outside engine decides of the loans, some time after they were asked for. */
export function isScoredOutside({ requiresScore, scoreSource }: ProductPolicy): boolean {
  return requiresScore && scoreSource === 'external';
}
