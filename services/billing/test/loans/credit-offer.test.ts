import { date } from '@tenor/calendar';
import { money } from '@tenor/money';
import fc from 'fast-check';
import { regularInstalment } from '../../src/credit/monthly-instalment.ts';
import type { CreditStanding } from '../../src/loans/credit-facts.ts';
import { decideOpen, type OpenContext, type OpenLoan, offerFor } from '../../src/loans/loan-decisions.ts';
import type { DraftEvent } from '../../src/loans/loan-event.ts';
import type { Product } from '../../src/products/product.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { totalOf } from '../../src/schedules/schedule.ts';
import { CUSTOMER, folded, record, shipped, text } from '../builders.ts';

const today = date('2026-06-01');
const rupees = (units: number) => money(BigInt(units) * 100n, 'INR');
const credit: CreditStanding = {
  currency: 'INR',
  history: { pastLoans: 0, loansThisYear: 0, volume: 0n, instalmentsDue: 0, instalmentsOnTime: 0, surplusOnTime: 0 },
  currentPrincipal: 0n,
  currentAmounts: 0n,
  instalmentsNow: 0n,
  monthlyIncome: rupees(50_000),
};
/** Of 60 instalments so many were paid in time. */
const paying = (onTime: number): CreditStanding => ({
  ...credit,
  history: { ...credit.history, pastLoans: 1, loansThisYear: 1, instalmentsDue: 60, instalmentsOnTime: onTime },
});
const context: OpenContext & { readonly credit: CreditStanding } = {
  customer: { id: CUSTOMER, status: 'active', creditLimit: rupees(1_800_000) },
  exposure: 0n,
  product: shipped('credit-annuity'),
  calendars: new Map(),
  openLoans: 0,
  businessDate: today,
  credit,
};
const asking = (principal: number, rate: string, months = 12): OpenLoan => ({
  loanId: 'loan-1',
  externalId: null,
  principal: rupees(principal),
  terms: { annualRatePercent: rate, numberOfInstalments: months },
  disbursedOn: null,
  acceptsCorrectedRate: false,
});
const offered = (command: OpenLoan, given = context) => {
  const offer = offerFor(command, given);
  if ('refused' in offer) throw new Error(`${offer.refused}: ${offer.detail}`);
  return { ...offer, instalment: text(regularInstalment(offer.planned.schedule.instalments.map(totalOf)), 'INR') };
};
const eventsOf = (decision: ReturnType<typeof decideOpen>): DraftEvent[] => {
  if ('refused' in decision) throw new Error(`${decision.refused}: ${decision.detail}`);
  return decision;
};
const withProduct = (product: Partial<Product>) => ({ ...context, product: { ...context.product, ...product } });

describe('the offer of an application', () => {
  test.each([
    { principal: 100_000, rate: '10.5', history: paying(60), instalment: '8814.86', at: '10.5' },
    { principal: 50_000, rate: '14', history: credit, instalment: '4489.36', at: '14' },
    { principal: 100_000, rate: '10.5', history: credit, instalment: '8884.88', at: '12' },
    { principal: 100_000, rate: '8', history: paying(20), instalment: '9073.09', at: '16' },
  ])('of $principal at $rate % is $instalment a month at $at %', ({ principal, rate, history, instalment, at }) => {
    const offer = offered(asking(principal, rate), { ...context, credit: history });
    expect([offer.instalment, offer.assessment.correctedRatePercent]).toEqual([instalment, at]);
    expect(text(offer.monthly, 'INR')).toBe(instalment);
  });

  test('is at the rate that was asked for where that cannot be raised', () => {
    const bounded = { ...context.product.policy, rateBounds: { min: '1', max: '11' } };
    for (const product of [withProduct({ policy: bounded }), withProduct({ overridable: ['numberOfInstalments'] })]) {
      const fixed = { ...product.product, terms: { ...product.product.terms, annualRatePercent: '10' } };
      const terms: GivenTerms = { numberOfInstalments: 12 };
      const { assessment, planned } = offered({ ...asking(1_000, '10'), terms }, { ...context, product: fixed });
      expect(assessment).toMatchObject({
        isEligible: false,
        reasons: ['rate_below_band', 'rate_not_correctable'],
        correctedRatePercent: '12',
      });
      expect(planned.terms.annualRatePercent).toBe('10');
    }
  });

  test.each([
    { rate: { annualRatePercent: null, monthlyRatePercent: '1' }, percent: '12', because: 'a month is a twelfth' },
    {
      rate: { interestMethod: 'flat', flatRatePercent: '20' },
      percent: null,
      because: 'a flat rate is not one per year on the balance',
    },
    { rate: { interestMethod: 'none' }, percent: null, because: 'there is none' },
  ] as const)('judges $rate as $percent %, since $because', ({ rate, percent }) => {
    const { product } = withProduct({ terms: { ...context.product.terms, numberOfInstalments: 12, ...rate } });
    const { assessment } = offered({ ...asking(1_000, '1'), terms: {} }, { ...context, product });
    expect([assessment.ratePercent, assessment.isEligible]).toEqual([percent, percent !== null]);
  });

  test.each([
    { because: 'limit', given: { customer: { ...context.customer, creditLimit: money(1n, 'USD') } } },
    { because: 'income', given: { credit: { ...credit, monthlyIncome: money(1n, 'USD') } } },
  ])('is refused for a $because in another currency', ({ given }) => {
    expect(offerFor(asking(1_000, '12'), { ...context, ...given })).toMatchObject({
      refused: 'currency_mismatch',
      meta: { currencies: ['USD'] },
    });
  });
});

describe('opening a loan that an internal score decides', () => {
  const open = (command: OpenLoan, given = context) => decideOpen(command, given);

  test('approves and pays it out at once where it is eligible as asked', () => {
    expect(eventsOf(open(asking(1_000, '12'))).map(({ type }) => type)).toEqual(['opened', 'approved', 'disbursed']);
    const policy = { ...context.product.policy, autoApprove: false };
    expect(eventsOf(open(asking(1_000, '12'), withProduct({ policy }))).map(({ type }) => type)).toEqual(['opened']);
  });

  test('refuses a rate below the band, unless the request accepts the corrected one', () => {
    expect(open(asking(1_000, '8'))).toEqual({
      refused: 'not_eligible',
      detail:
        'The application scores 50 and is not eligible: rate_below_band. It may be had at 12 %, with accept_corrected_rate.',
      meta: { reasons: ['rate_below_band'], score: 50, rate_percent: '8', corrected_rate_percent: '12' },
    });
    const [opened] = eventsOf(open({ ...asking(1_000, '8'), acceptsCorrectedRate: true }));
    const score = { model: 'v1', value: 50, ratePercent: '8' };
    expect(opened).toMatchObject({ payload: { terms: { annualRatePercent: '12' }, score } });
  });

  test('refuses whatever else speaks against it, accepted or not', () => {
    const command = { ...asking(1_800_001, '8'), acceptsCorrectedRate: true };
    expect(open(command, { ...context, credit: { ...credit, monthlyIncome: null } })).toMatchObject({
      refused: 'not_eligible',
      meta: { reasons: ['rate_below_band', 'income_unknown', 'limit_exceeded'] },
    });
  });

  test('gives the instalments that were quoted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1_800_000 }),
        fc.integer({ min: 1, max: 36 }),
        fc.integer({ min: 1, max: 180 }),
        fc.integer({ min: 0, max: 60 }),
        (principal, rate, months, onTime) => {
          const given = { ...context, credit: paying(onTime) };
          const command = { ...asking(principal, `${rate}`, months), acceptsCorrectedRate: true };
          const { assessment, planned } = offered(command, given);
          const decision = open(command, given);
          expect('refused' in decision).toBe(!assessment.isEligible);
          if ('refused' in decision) return;
          const { instalments } = folded(decision.map((each) => record(each))).state;
          expect(instalments.map(totalOf)).toEqual(planned.schedule.instalments.map(totalOf));
        },
      ),
      { numRuns: 60 },
    );
  });
});
