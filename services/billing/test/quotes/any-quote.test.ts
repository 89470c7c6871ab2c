import { date, daysBetween, type LocalDate } from '@tenor/calendar';
import { openPress, type Press } from '@tenor/documents';
import fc from 'fast-check';
import type { FeeTerm } from '../../src/products/terms.ts';
import { type Quote, quote } from '../../src/quotes/quote.ts';
import { quotePaper } from '../../src/quotes/quote-paper.ts';
import { type ScheduleInput, totalOf } from '../../src/schedules/schedule.ts';
import { anySchedule } from '../schedules/any-schedule.ts';

let press: Press;
beforeAll(async () => {
  press = await openPress();
});

const RUNS = 100;
/** No two ways to count a time differ by more: days of a short month, and a day of each year of 52 weeks. */
const DAYS_APART = 4;
const YEARS_APART_PER_YEAR = 0.004;
/** A hundredth of a per cent, twice what rounding takes. */
const RATE_APART = 0.0001;

/** Undefined where the due dates of the random terms meet. */
function quoted(input: ScheduleInput): Quote | undefined {
  const answer = quote({ product: null, ...input });
  return 'refused' in answer ? undefined : answer;
}

/** All that changes hands: below zero what the borrower gets. */
function flowsOf({ paidOut, instalments }: Quote): { readonly on: LocalDate; readonly amount: bigint }[] {
  return [
    ...paidOut.map(({ on, amount }) => ({ on, amount: -amount })),
    ...instalments.map((instalment) => ({ on: instalment.dueDate, amount: totalOf(instalment) })),
  ];
}

function isAdvance(made: Quote): boolean {
  const [start] = made.paidOut;
  const atOnce = flowsOf(made).filter(({ on }) => on === start?.on);
  return atOnce.reduce((sum, { amount }) => sum + amount, 0n) < 0n;
}

test('any quote has the rates that its cost asks for, or says why it has none', () => {
  fc.assert(
    fc.property(anySchedule, (input) => {
      const made = quoted(input);
      if (made === undefined || !isAdvance(made)) return;
      const { apr, totalCost } = made;
      if (totalCost < 0n) expect(apr).toEqual({ reg_z: null, eu: null, reason: 'less_repaid_than_advanced' });
      else if (totalCost === 0n) expect(apr).toEqual({ reg_z: '0.00', eu: '0.00', reason: null });
      else expect(apr.reason).toBe(apr.reg_z === null || apr.eu === null ? 'too_high' : null);
      for (const rate of [apr.reg_z, apr.eu]) if (rate !== null) expect(rate).toMatch(/^\d+\.\d\d$/);
    }),
    { numRuns: RUNS },
  );
});

test('at the effective rate all that is paid, by its day, is worth what the borrower gets', () => {
  fc.assert(
    fc.property(anySchedule, (input) => {
      const made = quoted(input);
      const start = made?.paidOut[0]?.on;
      if (made === undefined || start === undefined || made.apr.eu === null) return;
      const force = Math.log1p(Number(made.apr.eu) / 100);
      let [worth, slack] = [0, 1];
      for (const { on, amount: each } of flowsOf(made)) {
        const years = daysBetween(start, on) / 365.25;
        const discounted = Number(each) * Math.exp(-force * years);
        const apart = DAYS_APART / 365 + YEARS_APART_PER_YEAR * years;
        worth += discounted;
        slack += Math.abs(discounted) * (Math.expm1(force * apart) + RATE_APART * years);
      }
      expect(Math.abs(worth)).toBeLessThanOrEqual(slack);
    }),
    { numRuns: RUNS },
  );
});

test('any quote can be written on paper', async () => {
  await fc.assert(
    fc.asyncProperty(anySchedule, async (input) => {
      const made = quoted(input);
      if (made === undefined) return;
      const bytes = await press.renderPdf(
        quotePaper(made, date('2026-06-01'), press.isPrintable),
        new Date('2026-06-01'),
      );
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    }),
    { numRuns: 60 },
  );
});

test('a fee that is kept back never makes a loan cheaper', () => {
  const fee: FeeTerm = {
    code: 'kept',
    charged: 'at_disbursement',
    amount: null,
    percent: '1.5',
    treatment: 'deducted',
  };
  fc.assert(
    fc.property(anySchedule, (input) => {
      const without = quoted(input);
      const dearer = quoted({ ...input, terms: { ...input.terms, fees: [...input.terms.fees, fee] } });
      if (without === undefined || dearer === undefined || !isAdvance(dearer)) return;
      for (const rule of ['reg_z', 'eu'] as const) {
        const [before, after] = [without.apr[rule], dearer.apr[rule]];
        if (before !== null && after !== null) expect(Number(after)).toBeGreaterThanOrEqual(Number(before));
      }
    }),
    { numRuns: RUNS },
  );
});
