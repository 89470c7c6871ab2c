import type { Terms } from '../products/terms.ts';

/** One interest period, which ends with an instalment. Interest is exact: numerators over the plan's denominator. */
export interface Period {
  /** What one minor unit owed all through the period costs. */
  readonly factor: bigint;
  /** Minor units of principal that join in it: the first disbursement at the start of the first period. */
  readonly added: bigint;
  /** What those cost from their day to the end of the period. */
  readonly addedInterest: bigint;
}

/** One instalment's split in minor units, none negative. */
export interface PlannedParts {
  readonly principal: bigint;
  readonly interest: bigint;
}

/** What an interest method plans from; amounts in minor units. */
export interface PlanInput {
  readonly terms: Terms;
  readonly currency: string;
  /** The step of a payable instalment, 1 when the terms name none. */
  readonly multiple: bigint;
  readonly denominator: bigint;
  /** Of the instalments to plan, at least one; none but the first adds anything. */
  readonly periods: readonly Period[];
  /** Principal owed before them, without what the first of them adds. */
  readonly opening: bigint;
  /** How many of them ask for no principal; fewer than all. */
  readonly principalGrace: number;
  /** The instalments before them, which a later disbursement leaves as they were. */
  readonly earlier: readonly (Period & PlannedParts)[];
  /**
   * What each but the last asks for, as long as so much is owed: of equal instalments their sum, of equal principal the
   * principal. Undefined: what repays all with the last one.
   */
  readonly instalment: bigint | undefined;
}

/** One per period; the principals sum to what `opening` and the first period bring. */
export type Planner = (input: PlanInput) => PlannedParts[];

/** The principal that the planned instalments repay. */
export function principalOf({ opening, periods }: Pick<PlanInput, 'opening' | 'periods'>): bigint {
  return opening + (periods[0]?.added ?? 0n);
}
