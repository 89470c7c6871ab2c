/** Instants here are RFC 3339 texts in UTC with six decimals, which sort as text; a JavaScript Date would lose digits. */

const SECOND_LENGTH = '2026-11-21T07:50:05'.length;
const MICROS_PER_SECOND = 1_000_000n;
const MICROS_PER_MILLI = 1000n;

/** The instant as microseconds since 1970; digits that are missing count as zero. */
function microsOf(instant: string): bigint {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  const seconds = BigInt(Date.parse(`${instant.slice(0, SECOND_LENGTH)}Z`)) * MICROS_PER_MILLI;
  return seconds + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

function textOf(micros: bigint): string {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const second = new Date(Number((micros - fraction) / MICROS_PER_MILLI)).toISOString().slice(0, SECOND_LENGTH);
  return `${second}.${fraction.toString().padStart(6, '0')}Z`;
}

/** The same instant with all six decimals, so that it sorts with the others. */
export function toMicroseconds(instant: string): string {
  return textOf(microsOf(instant));
}

/** `now`, or one microsecond after `previous` when the clock has not moved past it. */
export function laterThan(previous: string, now: string): string {
  return previous < now ? now : textOf(microsOf(previous) + 1n);
}

/** Whole seconds from one instant to another; negative when the other is earlier. */
export function secondsBetween(from: string, to: string): number {
  return Number((microsOf(to) - microsOf(from)) / MICROS_PER_SECOND);
}
