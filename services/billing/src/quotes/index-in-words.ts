import type { LocalDate } from '@tenor/calendar';
import { addDecimals, decimal, decimalText } from '../products/decimals.ts';
import type { IndexRate } from '../products/terms.ts';
import { inForceOn } from '../schedules/yearly-rate.ts';
import { dayInWords } from './words.ts';

/** Index and margin together, in percent per year. */
export function yearlyPercentOn(rate: IndexRate, day: LocalDate): string {
  return yearlyPercent(rate, valueOn(rate, day));
}

/** What the rate on the first day is made of, and each later value of the index that is known up to the last day. */
export function indexInWords(rate: IndexRate, first: LocalDate, last: LocalDate): { name: string; says: string }[] {
  const { index, marginPercent, values } = rate;
  const later = values.filter(({ from }) => from > first && from <= last);
  return [
    {
      name: 'Index',
      says: `${index} at ${valueOn(rate, first)} % on ${dayInWords(first)}, and ${marginPercent} % of margin; the rate follows the index, here by its values known today`,
    },
    ...later.map(({ from, percent }) => ({
      name: `From ${dayInWords(from)}`,
      says: `${index} at ${percent} %, which makes ${yearlyPercent(rate, percent)} % a year`,
    })),
  ];
}

function valueOn({ values }: IndexRate, day: LocalDate): string {
  return inForceOn(values, day).percent;
}

function yearlyPercent({ marginPercent }: IndexRate, percent: string): string {
  return decimalText(addDecimals(decimal(percent), decimal(marginPercent)));
}
