import { date } from '@tenor/calendar';
import { loanRestructured } from '@tenor/contracts';
import type { LoanState } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { loanJson, scheduleJson } from '../../src/loans/loan-json.ts';
import { restructuredData } from '../../src/loans/loan-messages.ts';
import type { LoanChange } from '../../src/loans/replan.ts';
import { schedulePaper } from '../../src/loans/schedule-paper.ts';
import type { ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, minor, policyWith, prepaid, record, repaid } from '../builders.ts';
import { expectStatedOnce } from './stated-once.ts';

const terms: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '36.5',
  dayCount: 'act/365',
  frequency: { every: 10, unit: 'day' },
  numberOfInstalments: 4,
};
const usual: ProductPolicy = { ...policyWith(), paymentPolicy: 'any' };
const loan = (policy = usual, more: Partial<Terms> = {}): LoanEvent[] =>
  lifecycle({
    loanId: '01930000-0000-7000-8000-000000000001',
    principal: '1200.00',
    disbursedOn: '2026-10-20',
    terms: { ...terms, ...more },
    policy,
  });
const changed = (on: string, change: LoanChange): LoanEvent => {
  const payload = { restructureId: '01930000-0000-7000-8000-000000000002', change, reason: null };
  return record({ type: 'restructured', valueDate: date(on), payload });
};
const reAge = { kind: 're_age', numberOfInstalments: 3, firstDueDate: null } as const;
const seen = (state: LoanState) => ({ state, asOf: date('2026-11-12'), knownAt: '2026-11-12T00:00:00.000000Z' });
const scheduleOf = (...events: readonly LoanEvent[]) => scheduleJson(seen(folded(events).state));

describe('a schedule after a re-age', () => {
  const { state } = folded([...loan(), repaid('100.00', '2026-10-30'), changed('2026-11-12', reAge)]);
  const schedule = scheduleJson(seen(state));

  test('counts what moved once, and calls no instalment paid that nobody paid', () => {
    expect(schedule).toMatchObject({ total: '1241.82', paid: '100.00', unpaid: '1141.82' });
    expect(loanJson(seen(state)).total.amount).toBe('1241.82');
    expect(
      schedule.instalments.map(({ principal, interest, total, balance_after: left, moved, paid, status }) => [
        principal,
        interest,
        total,
        left,
        moved,
        paid,
        status,
      ]),
    ).toEqual([
      ['88.00', '12.00', '100.00', '1112.00', '207.54', '100.00', 'moved'],
      ['0.00', '0.00', '0.00', '1112.00', '307.54', '0.00', 'moved'],
      ['367.99', '18.64', '386.63', '744.01', '0.00', '0.00', 'upcoming'],
      ['370.15', '7.44', '377.59', '373.86', '0.00', '0.00', 'upcoming'],
      ['373.86', '3.74', '377.60', '0.00', '0.00', '0.00', 'upcoming'],
    ]);
  });

  test('says the same in the event, and on paper', () => {
    const data = restructuredData(state, { kind: 're_age', changeId: reAge.kind, on: date('2026-11-12') }, null);
    expect(loanRestructured.checkData({ ...data, restructure_id: state.loanId })).toBeUndefined();
    expect(data.schedule.map(({ total }) => total)).toEqual(schedule.instalments.map(({ total }) => total));
    const paper = schedulePaper(seen(state), { code: 'ten-days', name: 'Ten days' }, () => true);
    expect(paper.sections[0]?.facts).toEqual(
      expect.arrayContaining([
        { name: 'To be repaid', says: 'USD 1,241.82' },
        { name: 'Paid so far', says: 'USD 100.00' },
        { name: 'Left to pay', says: 'USD 1,141.82' },
      ]),
    );
    expect(paper.sections.at(-1)?.table?.totals?.slice(2, 6)).toEqual(['1,200.00', '41.82', '0.00', '1,241.82']);
  });

  test('of which a second one takes along what is left, again once', () => {
    const again = changed('2026-12-05', reAge);
    const twice = scheduleOf(...loan(), changed('2026-11-12', reAge), repaid('400.00', '2026-11-22'), again);
    expect(twice.instalments.map(({ status }) => status).slice(0, 4)).toEqual(['moved', 'moved', 'moved', 'moved']);
    expect(minor(twice.total)).toBe(minor('400.00') + minor(twice.unpaid));
  });
});

describe('a schedule after a payment in advance', () => {
  test.each(['reduce_term', 'reduce_instalment'] as const)('keeps the principal that was prepaid: %s', (rule) => {
    const policy = { ...usual, advancePayment: rule };
    const schedule = scheduleOf(...loan(policy), repaid('307.54', '2026-10-30'), repaid('300.00', '2026-11-04'));
    expect(schedule.instalments[1]).toMatchObject({ prepaid_principal: '300.00', charged: '0.00' });
    expect(minor(schedule.total)).toBe(minor('607.54') + minor(schedule.unpaid));
    if (rule === 'reduce_term') expect(schedule).toMatchObject({ total: '1222.58', unpaid: '615.04' });
  });
});

test('a schedule tells a payoff from what was paid, and both from what was written off', () => {
  const payment = repaid('1300.00', '2026-11-04');
  const paidOff = scheduleOf(...loan(), payment, prepaid(payment, 'to_the_day'));
  expect(paidOff).toMatchObject({ unpaid: '0.00', waived: '0.00', written_off: '0.00' });
  expect(paidOff.instalments.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid', 'paid']);
  expect(minor(paidOff.paid) + minor(paidOff.forgone)).toBe(minor(paidOff.total));
  expect(paidOff.forgone).not.toBe('0.00');
  const lost = record({ type: 'written_off', valueDate: date('2026-11-12'), payload: { reason: null } });
  const given = scheduleOf(...loan(), repaid('307.54', '2026-10-30'), lost);
  expect(given).toMatchObject({ total: '1230.14', paid: '307.54', written_off: '922.60', unpaid: '0.00' });
  expect(given.instalments.map(({ status }) => status)).toEqual(['paid', 'written_off', 'written_off', 'written_off']);
});

const tranche = (on: string): LoanEvent =>
  record({ type: 'disbursed', valueDate: date(on), payload: { amount: '60.00' } });
const principals = ({ instalments }: ReturnType<typeof scheduleJson>) =>
  instalments.map(({ principal, prepaid_principal: prepaid, balance_after: left }) => [principal, prepaid, left]);

describe('the first instalment of a new plan has the principal that ended before, so that the balances are what is left', () => {
  const flat = { interestMethod: 'flat', annualRatePercent: null, flatRatePercent: '10' } as const;

  test('of a flat loan whose last instalments were paid first, with the first aged anew', () => {
    const policy = { ...usual, advancePayment: 'reduce_term' } as const;
    const given = [...loan(policy, flat), repaid('990.00', '2026-10-20'), changed('2026-10-30', reAge)];
    expect(principals(scheduleOf(...given))).toEqual([
      ['0.00', '0.00', '1200.00'],
      ['1000.00', '900.00', '200.00'],
      ['100.00', '0.00', '100.00'],
      ['100.00', '0.00', '0.00'],
    ]);
  });

  test('of a loan that was paid whole, when more is paid out after it', () => {
    const given = [...loan(usual, flat), repaid('1320.00', '2026-10-20'), tranche('2026-10-21')];
    expect(principals(scheduleOf(...given))).toEqual([
      ['1215.00', '1200.00', '45.00'],
      ['15.00', '0.00', '30.00'],
      ['15.00', '0.00', '15.00'],
      ['15.00', '0.00', '0.00'],
    ]);
  });

  const tolerant = { ...usual, settlement: { ...usual.settlement, smallBalanceTolerance: '40.00' } };
  const payment = repaid('1170.00', '2026-10-21');
  const payoff = [payment, prepaid(payment, 'to_the_day')];
  const visit = { chargeId: 'c-1', component: 'fee', code: 'visit', amount: '0.01' } as const;
  const visited = record({ type: 'charged', valueDate: date('2026-10-22'), payload: visit });
  test.each([
    { case: 'nothing is owed', between: [] },
    { case: 'a fee is', between: [visited] },
  ])('of a loan of which a payoff left some to be given up, when more is paid out and $case', ({ between }) => {
    const { state, effects } = folded([...loan(tolerant), ...payoff, ...between, tranche('2026-10-23')]);
    expect(scheduleJson(seen(state)).waived).not.toBe('0.00');
    expectStatedOnce(state, effects);
  });
});
