import { addDays } from '@tenor/calendar';
import fc from 'fast-check';
import type { DraftEvent, LoanEvent } from '../../src/loans/loan-event.ts';
import type { ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { lifecycle, policyWith, prepaid, record, repaid, text } from '../builders.ts';
import { eventsOf as commonEventsOf, possible, START } from '../loans/any-change.ts';

export { START } from '../loans/any-change.ts';

/** Journals as lenders make them: late, backdated, reversed and changed, on loans of every kind. */

/** Days after the start on which something may happen. */
const SPAN_DAYS = 70;

const weekly: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '24',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 6,
};
const fee = { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null } as const;
const share = { ...fee, code: 'insurance', amount: null, percent: '0.2' } as const;
const lent = {
  ...fee,
  code: 'origination',
  charged: 'at_disbursement',
  amount: '10.00',
  treatment: 'financed',
} as const;
const flat = { interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10' } as const;
const tax = { interestPercent: '18', feePercent: '18', penaltyPercent: '7.5' };

/** What is agreed, and how it is told in the name of a test. */
export const agreements: readonly (readonly [string, Terms])[] = [
  ['equal instalments', weekly],
  ['equal instalments by act/365, unsmoothed', { ...weekly, dayCount: 'act/365', emiSmoothing: false }],
  [
    'equal instalments by act/act over a new year',
    { ...weekly, dayCount: 'act/act-isda', rounding: 'half_up', frequency: { every: 1, unit: 'month' } },
  ],
  [
    'equal instalments every month, of whole dollars, with fees and tax',
    { ...weekly, frequency: { every: 1, unit: 'month' }, instalmentMultiple: '1.00', fees: [fee, share, lent], tax },
  ],
  [
    'a grace whose interest is carried',
    { ...weekly, principalGrace: 2, interestGrace: 2, interestGraceTreatment: 'carried' },
  ],
  [
    'equal instalments that are due before the end of their weeks',
    { ...weekly, businessDayRule: 'preceding', calendar: 'weekends' },
  ],
  ['a flat loan with a down payment and fees', { ...weekly, ...flat, fees: [fee], downPaymentPercent: '20' }],
  ['a flat loan of instalments of whole dollars', { ...weekly, ...flat, instalmentMultiple: '1.00' }],
  ['a flat loan by the year', { ...weekly, ...flat, flatRateBasis: 'per_annum' }],
  ['equal principal', { ...weekly, interestMethod: 'equal_principal' }],
  [
    'equal principal with tax on interest and penalties',
    { ...weekly, interestMethod: 'equal_principal', tax: { ...tax, feePercent: '0' } },
  ],
  ['a bullet that asks for its interest at the end', { ...weekly, interestMethod: 'bullet', bulletInterest: 'at_end' }],
  ['a bullet that asks for it each period', { ...weekly, interestMethod: 'bullet' }],
  ['a balloon', { ...weekly, interestMethod: 'balloon', balloonAmount: '300.00' }],
  ['a stated instalment', { ...weekly, interestMethod: 'fixed_instalment', instalmentAmount: '180.00' }],
  ['no interest', { ...weekly, interestMethod: 'none', annualRatePercent: null }],
];

const order = { components: ['interest', 'penalty', 'principal', 'fee'], vertical: true } as const;
const rebate = { payoff: 'to_the_day', earlySettlementRebate: 'rule_of_78', smallBalanceTolerance: '0' } as const;
export const policies: readonly (readonly [string, ProductPolicy])[] = [
  [
    'a penalty by the day, with a cap',
    { ...policyWith(), penalty: { amount: null, percentPerDay: '0.1', graceDays: 2, cap: '5.00' }, lateInterest: true },
  ],
  [
    'a fixed penalty, paid component by component',
    {
      ...policyWith(),
      penalty: { amount: '7.50', percentPerDay: null, graceDays: 0, cap: null },
      allocationOrder: order,
      settlement: rebate,
    },
  ],
  [
    'instalments that become fewer, and a small remainder given up',
    {
      ...policyWith(),
      paymentPolicy: 'any',
      advancePayment: 'reduce_term',
      settlement: { payoff: null, earlySettlementRebate: 'none', smallBalanceTolerance: '20.00' },
    },
  ],
  ['instalments that become smaller', { ...policyWith(), paymentPolicy: 'any', advancePayment: 'reduce_instalment' }],
];

const kinds = [
  'payment',
  'payoff',
  'reversed',
  'charge',
  'waiver',
  'plan',
  'spent',
  'tranche',
  'write_off',
  'recovery',
] as const;
const anyChange = fc.record({
  kind: fc.constantFrom(...kinds, 'payment', 'plan'),
  day: fc.nat(SPAN_DAYS),
  amount: fc.bigInt(1n, 60_000n),
});
type AnyChange = typeof anyChange extends fc.Arbitrary<infer Value> ? Value : never;

/** START is a Sunday, and so is every nominal due date of a weekly loan. */
const weekends = { weekend: [6, 7], holidays: [] };

/** A loan of 1,000.00 dollars with what became of it, in any order of recording. */
export const anyJournal = fc
  .record({
    agreed: fc.constantFrom(...agreements),
    policy: fc.constantFrom(...policies),
    changes: fc.array(anyChange, { maxLength: 8 }),
  })
  .map(({ agreed, policy, changes }): LoanEvent[] => [
    ...lifecycle({ terms: agreed[1], policy: policy[1], disbursedOn: START, closedDays: weekends }),
    ...possible(changes).flatMap(eventsOf),
  ]);

/** A day from before the loan to after its end. */
export const anyDay = fc.integer({ min: 0, max: SPAN_DAYS + 300 }).map((days) => addDays(START, days));

function eventsOf({ kind, day, amount: minor }: AnyChange, index: number): LoanEvent[] {
  const valueDate = addDays(START, day);
  const amount = text(minor);
  const one = (draft: DraftEvent): LoanEvent[] => [record(draft)];
  switch (kind) {
    case 'payoff': {
      const whole = repaid('1500.00', valueDate, { paymentId: `o-${index}` });
      return [whole, prepaid(whole, minor % 2n === 0n ? 'to_the_day' : 'to_period_end')];
    }
    case 'spent': {
      const large = repaid('2000.00', valueDate, { paymentId: `l-${index}` });
      const payload = { lotId: `l-${index}`, spendingId: `s-${index}`, kind: 'refund', amount: '1.00' } as const;
      return [large, record({ type: 'credit_spent', valueDate, payload })];
    }
    case 'charge':
      return one({
        type: 'charged',
        valueDate,
        payload: { chargeId: `c-${index}`, component: minor % 2n === 0n ? 'fee' : 'penalty', code: 'visit', amount },
      });
    case 'waiver': {
      const component = (['penalty', 'interest', 'fee'] as const)[Number(minor % 3n)] ?? 'fee';
      const all = { waiverId: `w-${index}`, component, instalment: null, reason: null };
      return one({ type: 'waived', valueDate, payload: { ...all, amount: minor % 2n === 0n ? null : '2.00' } });
    }
    default:
      return commonEventsOf({ kind, day, amount: minor }, index);
  }
}
