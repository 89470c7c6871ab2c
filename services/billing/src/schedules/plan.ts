import type { LocalDate } from '@tenor/calendar';
import type { Terms } from '../products/terms.ts';

/** What an interest method plans from. */
export interface PlanInput {
  readonly terms: Terms;
  /** Minor units, at least one per instalment. */
  readonly principal: bigint;
  /** Minor units: the step of a payable instalment, 1 when the terms name none. */
  readonly multiple: bigint;
  readonly disbursedOn: LocalDate;
  readonly dueDates: readonly LocalDate[];
}

/** One instalment's split in minor units, none negative. */
export interface PlannedParts {
  readonly principal: bigint;
  readonly interest: bigint;
}

/** One per due date; the principals sum to the input's. */
export type Planner = (input: PlanInput) => PlannedParts[];
