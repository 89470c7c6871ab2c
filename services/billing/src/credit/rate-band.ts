import { compareDecimals, decimal } from '../products/decimals.ts';

/** What a score allows: loans at the floor, in per cent per year, or above it. */
export interface RateBand {
  /** The scores above it, up to the next band, are of this band. */
  readonly above: number;
  /** Null: any rate will do. */
  readonly floorPercent: string | null;
}

/** The best first. A score that is in none of them is not lent to. */
export const rateBands: readonly RateBand[] = [
  { above: 50, floorPercent: null },
  { above: 30, floorPercent: '12' },
  { above: 10, floorPercent: '16' },
];

/** The band of a score; undefined for one that is too low for any. */
export function bandOf(score: number): RateBand | undefined {
  return rateBands.find(({ above }) => score > above);
}

/** Whether the band takes this rate, in per cent per year; null is a loan without a yearly rate. */
export function isInBand({ floorPercent }: RateBand, ratePercent: string | null): boolean {
  if (floorPercent === null) return true;
  return ratePercent !== null && compareDecimals(decimal(ratePercent), decimal(floorPercent)) >= 0;
}
