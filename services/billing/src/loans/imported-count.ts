import { totalOf } from '../schedules/schedule.ts';
import type { LoanState } from './loan.ts';
import type { Punctuality } from './punctuality.ts';

/** What the file of a loan that was taken over told of its past. */
export interface ImportedCount {
  /** Instalments that the lender counted as paid on time. */
  readonly paidOnTime: number;
  /** Those of them that had not fallen due by the file's day. */
  readonly surplusOnTime: number;
  /** Sum of the payments it brought along, in minor units. */
  readonly paid: bigint;
}

/**
 * How the instalments of a loan were paid whose file tells of it all, because what the file brought along paid the whole
 * plan: as the lender counted. By its payments it cannot be judged, for one on the end date may be in time for what was
 * due that day or later, and the lender says that it was not. Undefined for any other loan, which goes on after the file.
 */
export function countedByFile(
  { instalments, plan }: Pick<LoanState, 'instalments' | 'plan'>,
  imported: ImportedCount | undefined,
): Punctuality | undefined {
  if (imported === undefined || plan !== null) return undefined;
  const planned = instalments.reduce((sum, instalment) => sum + totalOf(instalment), 0n);
  if (imported.paid < planned) return undefined;
  return { due: instalments.length, onTime: imported.paidOnTime - imported.surplusOnTime };
}
