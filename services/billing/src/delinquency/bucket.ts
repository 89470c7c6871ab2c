/** A bucket of days past due by its name: `current`, `1-30`, …, and the open last one such as `91+`. */
export type Bucket = string;

export const CURRENT: Bucket = 'current';

/** The bucket of these days past due; `limits` are the last days of all late buckets but the open one, rising. */
export function bucketOf(daysPastDue: number, limits: readonly number[]): Bucket {
  if (daysPastDue < 1) return CURRENT;
  const position = limits.findIndex((last) => daysPastDue <= last);
  return lateBucket(position === -1 ? limits.length : position, limits);
}

/** The names of the buckets that hold arrears, the youngest first. */
export function lateBuckets(limits: readonly number[]): Bucket[] {
  return [...limits.keys(), limits.length].map((position) => lateBucket(position, limits));
}

function lateBucket(position: number, limits: readonly number[]): Bucket {
  const first = (limits[position - 1] ?? 0) + 1;
  const last = limits[position];
  return last === undefined ? `${first}+` : `${first}-${last}`;
}
