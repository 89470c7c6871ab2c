/** The value that a share of the samples (0.99: p99) does not exceed, by nearest rank; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The middle value, the mean of the two in the middle of an even number; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Rounded to so many decimal places. */
export function rounded(value: number, places: number): number {
  const scale = 10 ** places;
  return Math.round(value * scale) / scale;
}

/**
 * Copies of one shape, with the median of each number in it; texts, and what is null, are the first copy's.
 * Throws without a copy, and when one has what another lacks.
 */
export function medianOf<T>(copies: readonly T[]): T {
  const [first] = copies;
  if (first === undefined) throw new Error('A median needs at least one copy');
  const shapes = new Set(copies.map(shapeOf));
  if (shapes.size > 1) throw new Error(`No median of what is not measured alike: ${[...shapes].join(' | ')}`);
  if (typeof first === 'number') return rounded(median(copies as readonly number[]), 3) as T;
  if (typeof first !== 'object' || first === null) return first;
  const keys = Object.keys(first) as (keyof T & string)[];
  return Object.fromEntries(keys.map((key) => [key, medianOf(copies.map((copy) => copy[key]))])) as T;
}

function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? Object.keys(value).sort().join(', ') : typeof value;
}
