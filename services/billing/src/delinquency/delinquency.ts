import type { LocalDate } from '@tenor/calendar';
import { parseAmount } from '@tenor/money';
import type { ProductPolicy } from '../products/product.ts';
import { type Bucket, bucketOf, CURRENT, lateBuckets } from './bucket.ts';
import { isSettled, type LoanInstalment, remainder } from './instalment.ts';
import { countedBack, countedDays, type Pauses } from './pause.ts';

/** How late a loan is on one day (domain.md §6). */
export interface Delinquency {
  readonly isDelinquent: boolean;
  /** Instalments missed in a row, counted back from the newest whose time has passed. */
  readonly consecutiveMissed: number;
  /** Days since the oldest missed instalment was due, grace not subtracted, paused days not counted; 0 when none is missed. */
  readonly daysPastDue: number;
  readonly bucket: Bucket;
  /** Sum of what the missed instalments still owe, in minor units. */
  readonly arrears: bigint;
}

/** What of a loan its delinquency follows from. */
export interface WatchedLoan {
  readonly currency: string;
  readonly policy: Pick<ProductPolicy, 'delinquency'>;
  /** Null until the money was paid out: nothing can be missed before. */
  readonly disbursedOn: LocalDate | null;
  /** In the order of their due dates. */
  readonly instalments: readonly LoanInstalment[];
  readonly pauses: Pauses;
}

const UP_TO_DATE: Delinquency = {
  isDelinquent: false,
  consecutiveMissed: 0,
  daysPastDue: 0,
  bucket: CURRENT,
  arrears: 0n,
};

/**
 * How late the loan is at the end of `asOf`, by domain.md §6: delinquent with as many consecutive missed instalments
 * as the policy says (or all, of a loan that has fewer), or more days past due than the policy allows.
 */
export function delinquency(loan: WatchedLoan, asOf: LocalDate): Delinquency {
  const { consecutiveMissed: threshold, maxDaysPastDue, buckets } = loan.policy.delinquency;
  const isMissed = missed(loan);
  let [oldest, consecutiveMissed, arrears]: [LoanInstalment | undefined, number, bigint] = [undefined, 0, 0n];
  for (const instalment of elapsed(loan, asOf)) {
    if (isMissed(instalment)) {
      oldest ??= instalment;
      consecutiveMissed += 1;
      arrears += remainder(instalment);
    } else consecutiveMissed = 0;
  }
  if (oldest === undefined) return UP_TO_DATE;
  const daysPastDue = countedDays(oldest.dueDate, asOf, loan.pauses);
  const isInARow = consecutiveMissed > 0 && consecutiveMissed >= Math.min(threshold, loan.instalments.length);
  const isDelinquent = isInARow || daysPastDue > maxDaysPastDue;
  return { isDelinquent, consecutiveMissed, daysPastDue, bucket: bucketOf(daysPastDue, buckets), arrears };
}

/** The arrears of `asOf`, each missed instalment's remainder in the bucket of its own days past due; minor units. */
export function arrearsByBucket(loan: WatchedLoan, asOf: LocalDate): Map<Bucket, bigint> {
  const { buckets } = loan.policy.delinquency;
  const sums = new Map(lateBuckets(buckets).map((bucket) => [bucket, 0n]));
  for (const instalment of elapsed(loan, asOf).filter(missed(loan))) {
    const bucket = bucketOf(countedDays(instalment.dueDate, asOf, loan.pauses), buckets);
    sums.set(bucket, (sums.get(bucket) ?? 0n) + remainder(instalment));
  }
  return sums;
}

export type Announcement = 'became_delinquent' | 'cured' | 'bucket_changed';

/** What has to be told of a change since what was last announced; nothing when nothing changed. */
export function announcements(
  before: Pick<Delinquency, 'isDelinquent' | 'bucket'>,
  after: Pick<Delinquency, 'isDelinquent' | 'bucket'>,
): Announcement[] {
  const told: Announcement[] = [];
  if (before.isDelinquent !== after.isDelinquent) told.push(after.isDelinquent ? 'became_delinquent' : 'cured');
  if (before.bucket !== after.bucket) told.push('bucket_changed');
  return told;
}

/** The instalments whose due date and grace lie before `asOf`, by the days that count. */
export function elapsed(loan: WatchedLoan, asOf: LocalDate): readonly LoanInstalment[] {
  const { disbursedOn, instalments, pauses, policy } = loan;
  if (disbursedOn === null) return [];
  const limit = countedBack(asOf, policy.delinquency.graceDays, pauses);
  const end = instalments.findIndex(({ dueDate }) => dueDate >= limit);
  return end === -1 ? instalments : instalments.slice(0, end);
}

/** Tells of an elapsed instalment whether its remainder is above the tolerance. */
export function missed({ policy, currency }: WatchedLoan): (instalment: LoanInstalment) => boolean {
  const tolerance = parseAmount(policy.delinquency.tolerance, currency);
  if (typeof tolerance !== 'bigint') throw new Error(`The tolerance is no amount of ${currency}: ${tolerance}`);
  return (instalment) => !isSettled(instalment) && remainder(instalment) > tolerance;
}
