import type { Frequency } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';

/** How many periods of one unit a month has, as a fraction. */
const periodsPerMonth: Readonly<Record<Frequency['unit'], { readonly of: bigint; readonly in: bigint }>> = {
  day: { of: 365n, in: 12n },
  week: { of: 52n, in: 12n },
  semi_month: { of: 2n, in: 1n },
  month: { of: 1n, in: 1n },
  quarter: { of: 1n, in: 3n },
};

/** What most instalments ask, the largest of those that as many ask; 0 for none. Minor units. */
export function regularInstalment(totals: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  for (const total of totals) counts.set(total, (counts.get(total) ?? 0) + 1);
  let [regular, most] = [0n, 0];
  for (const [total, count] of counts) {
    if (count > most || (count === most && total > regular)) [regular, most] = [total, count];
  }
  return regular;
}

/** What an instalment of this frequency comes to in a month, in minor units, rounded half to even. */
export function monthly(instalment: bigint, { every, unit }: Frequency): bigint {
  const periods = periodsPerMonth[unit];
  return divideRounded(instalment * periods.of, periods.in * BigInt(every));
}
