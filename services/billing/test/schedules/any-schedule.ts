import {
  addDays,
  businessDayRules,
  type ClosedDays,
  date,
  dayCounts,
  type Frequency,
  type FrequencyUnit,
  frequencyUnits,
  type LocalDate,
  NEVER_CLOSED,
} from '@tenor/calendar';
import { currencyDigits, formatAmount, roundingModes } from '@tenor/money';
import fc from 'fast-check';
import { completeTerms } from '../../src/products/term-rules.ts';
import {
  type FeeTerm,
  type GivenTerms,
  type InterestMethod,
  interestMethods,
  type TaxTerm,
} from '../../src/products/terms.ts';
import type { Disbursement, ScheduleInput } from '../../src/schedules/schedule.ts';
import { minorOf } from './faults.ts';

/** Random products of every interest method and term, and the money that is paid out under them. */

const CURRENCIES = ['USD', 'JPY', 'KWD', 'IDR'] as const;
const STARTS = ['2023-08-31', '2023-12-31', '2024-01-01', '2024-01-30', '2024-02-15', '2024-02-29'].map(date);
/** The shortest that a unit can be, so that money is never paid out after the end. */
const UNIT_DAYS: Readonly<Record<FrequencyUnit, number>> = { day: 1, week: 7, semi_month: 13, month: 28, quarter: 89 };
const DAYS_OF_SHIFTS = 10;
const MAX_COUNT = 100;
/** The least that is lent: one minor unit for each instalment, after any down payment. */
const LEAST = 2n * BigInt(MAX_COUNT);

/** What is drawn before anything is put together; shares are thousandths of what they are a share of. */
interface Draw {
  readonly method: InterestMethod;
  readonly currency: string;
  readonly amounts: readonly bigint[];
  readonly start: LocalDate;
  readonly frequency: Frequency;
  readonly count: number;
  readonly shares: readonly number[];
}

const percentUpTo = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most * 10_000 }).map((tenThousandths) => {
    const text = String(tenThousandths).padStart(5, '0');
    return `${text.slice(0, -4)}.${text.slice(-4)}`;
  });
const share = fc.integer({ min: 0, max: 999 });

/** Wholes of a share: 0 to one less than `of`. */
const partOf = (of: number, thousandths: number): number => Math.floor((of * thousandths) / 1000);
const amountOf = (of: bigint, thousandths: number): bigint => (of * BigInt(thousandths)) / 1000n;

const draw: fc.Arbitrary<Draw> = fc.record({
  method: fc.constantFrom(...(Object.keys(interestMethods) as InterestMethod[])),
  currency: fc.constantFrom(...CURRENCIES),
  amounts: fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.bigInt(LEAST, 10n ** 12n), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(fc.bigInt(LEAST, 10n ** 9n), { minLength: 2, maxLength: 4 }) },
  ),
  start: fc.constantFrom(...STARTS),
  frequency: fc.record({ every: fc.integer({ min: 1, max: 4 }), unit: fc.constantFrom(...frequencyUnits) }),
  count: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 41, max: MAX_COUNT }) },
  ),
  shares: fc.array(share, { minLength: 8, maxLength: 8 }),
});

const rate: fc.Arbitrary<GivenTerms> = fc.oneof(
  percentUpTo(400).map((annualRatePercent) => ({ annualRatePercent })),
  percentUpTo(30).map((monthlyRatePercent) => ({ monthlyRatePercent })),
  fc
    .tuple(percentUpTo(20), fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), percentUpTo(40)), { maxLength: 4 }))
    .map(([marginPercent, steps]) => {
      let from = date('2023-06-01');
      const values = [[0, '5.25'] as const, ...steps].map(([days, percent]) => {
        from = addDays(from, days);
        return { from, percent };
      });
      return { indexRate: { index: 'SOFR', marginPercent, values } };
    }),
);

/** Steps of which each instalment has one to repay, after any down payment and balloon. */
function instalmentMultiple({ currency, amounts: [first = 0n], count }: Draw, thousandths: number): string | null {
  const digits = currencyDigits(currency);
  const named = digits === 0 ? ['5', '500'] : ['0.05', '1', '500'];
  const steps = [null, ...named.filter((step) => 3n * BigInt(count) * minorOf(step, currency) <= first)];
  return steps[partOf(steps.length, thousandths)] ?? null;
}

/** What each method knows besides its rate. */
function ownTerms(drawn: Draw): GivenTerms {
  const { method, count, currency, amounts, shares } = drawn;
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = shares;
  const [first = 0n] = amounts;
  const grace = { principalGrace: partOf(Math.ceil(count / 2), a), ...interestGrace(count, b, e) };
  const spread = { ...grace, instalmentMultiple: instalmentMultiple(drawn, c) };
  const own: Readonly<Record<InterestMethod, () => GivenTerms>> = {
    flat: () => ({ ...spread, flatRateBasis: d < 500 ? 'whole_term' : 'per_annum' }),
    annuity: () => ({ ...spread, emiSmoothing: d < 500 }),
    equal_principal: () => spread,
    bullet: () => (d < 500 ? { bulletInterest: 'at_end' } : interestGrace(count, b, e)),
    balloon: () => ({
      ...spread,
      numberOfInstalments: Math.max(count, 3),
      emiSmoothing: d < 500,
      balloonAmount: formatAmount(amountOf(first / 10n, e) + 1n, currency),
    }),
    fixed_instalment: () => ({ instalmentAmount: formatAmount(amountOf(first / 2n, d) + 1n, currency) }),
    none: () => ({ principalGrace: grace.principalGrace, instalmentMultiple: spread.instalmentMultiple }),
  };
  return own[method]();
}

function interestGrace(count: number, length: number, treatment: number): GivenTerms {
  const grace = partOf(Math.ceil(count / 2), length);
  if (grace === 0) return {};
  return { interestGrace: grace, interestGraceTreatment: treatment < 500 ? 'waived' : 'carried' };
}

const fees = (drawn: Draw): fc.Arbitrary<FeeTerm[]> => {
  const [first = 0n] = drawn.amounts;
  const size = fc.oneof(
    share.map((of) => ({ amount: formatAmount(amountOf(first / 10n, of) + 1n, drawn.currency), percent: null })),
    percentUpTo(20).map((percent) => ({ amount: null, percent: percent === '0.0000' ? '1' : percent })),
  );
  const kind = fc.constantFrom(
    { charged: 'at_disbursement', treatment: 'deducted' } as const,
    { charged: 'at_disbursement', treatment: 'financed' } as const,
    { charged: 'per_instalment', treatment: null } as const,
  );
  return fc
    .array(fc.tuple(size, kind), { maxLength: 3 })
    .map((drawnFees) => drawnFees.map(([sized, charged], index) => ({ code: `fee_${index}`, ...sized, ...charged })));
};

/** Without the taxes on what these terms never charge. */
function chargedTax(tax: TaxTerm, method: InterestMethod, charges: readonly FeeTerm[]): TaxTerm {
  const hasFees = charges.some(({ charged }) => charged === 'per_instalment');
  return {
    ...tax,
    interestPercent: interestMethods[method].rate === null ? '0' : tax.interestPercent,
    feePercent: hasFees ? tax.feePercent : '0',
  };
}

const holidays = fc
  .uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 12 })
  .map((days) => days.toSorted((a, b) => a - b).map((day) => addDays(date('2023-08-31'), 11 * day)));

/** Calendars only where no shift can make two due dates meet. */
const closing = ({ frequency }: Draw) =>
  frequency.unit === 'day' && frequency.every > 1
    ? fc.constant({ terms: {}, closedDays: NEVER_CLOSED })
    : fc.record({
        terms: fc
          .constantFrom(...businessDayRules.filter((rule) => rule !== 'none'))
          .map((businessDayRule): GivenTerms => ({ calendar: 'national', businessDayRule })),
        closedDays: holidays.map((days): ClosedDays => ({ weekend: [6, 7], holidays: days })),
      });

function disbursementsOf({ amounts, start, frequency, count, shares }: Draw): Disbursement[] {
  const days = Math.max((count - 1) * frequency.every * UNIT_DAYS[frequency.unit] - DAYS_OF_SHIFTS, 1);
  const later = shares.slice(5, 4 + amounts.length).map((thousandths) => partOf(days, thousandths));
  const offsets = [0, ...later.toSorted((a, b) => a - b)];
  return amounts.map((amount, index) => ({ on: addDays(start, offsets[index] ?? 0), amount }));
}

/** Anything that a schedule may be asked for; throws where the terms alone are refused. */
export const anySchedule: fc.Arbitrary<ScheduleInput> = draw.chain((drawn) =>
  fc
    .record({
      rate,
      flatRatePercent: percentUpTo(80),
      fees: fees(drawn),
      tax: fc.option(
        fc.record({ interestPercent: percentUpTo(30), feePercent: percentUpTo(30), penaltyPercent: fc.constant('0') }),
      ),
      downPaymentPercent: fc.option(percentUpTo(40), { freq: 3 }),
      dayCount: fc.constantFrom(...dayCounts),
      rounding: fc.constantFrom(...roundingModes),
      minimumDays: fc.constantFrom(0, 0, 10, 45),
      firstDueAfter: fc.option(fc.integer({ min: 1, max: 70 })),
      closing: fc.option(closing(drawn)),
    })
    .map((given): ScheduleInput => {
      const { rate: kind } = interestMethods[drawn.method];
      const rates = {
        flat: { flatRatePercent: given.flatRatePercent },
        periodic: given.rate,
        informative: {},
      };
      const down = given.downPaymentPercent;
      const terms = completeTerms(
        {
          interestMethod: drawn.method,
          frequency: drawn.frequency,
          numberOfInstalments: drawn.count,
          ...(kind === null ? {} : rates[kind]),
          ...ownTerms(drawn),
          ...given.closing?.terms,
          fees: given.fees,
          tax: given.tax && chargedTax(given.tax, drawn.method, given.fees),
          downPaymentPercent: down === '0.0000' ? null : down,
          dayCount: given.dayCount,
          rounding: given.rounding,
          minimumDaysToFirstDue: given.minimumDays,
          firstDueDate:
            given.firstDueAfter === null ? null : addDays(drawn.start, given.minimumDays + given.firstDueAfter),
          maximumDisbursements: drawn.amounts.length,
        },
        drawn.currency,
      );
      if ('refused' in terms) throw new Error(terms.detail);
      return {
        terms,
        currency: drawn.currency,
        disbursements: disbursementsOf(drawn),
        closedDays: given.closing?.closedDays ?? NEVER_CLOSED,
      };
    }),
);
