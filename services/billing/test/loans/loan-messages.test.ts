import { businessDayRules, date, dayCounts, frequencyUnits } from '@tenor/calendar';
import {
  loanDisbursed,
  loanOpened,
  loanRepaid,
  loanRepaymentReallocated,
  loanRepaymentReversed,
} from '@tenor/contracts';
import { roundingModes } from '@tenor/money';
import {
  disbursedData,
  faceOf,
  openedData,
  reallocatedData,
  repaidData,
  reversedData,
} from '../../src/loans/loan-messages.ts';
import { interestMethods } from '../../src/products/terms.ts';
import { folded, lifecycle, loanWith, plainTerms, repaid } from '../builders.ts';

const loanId = '01930000-0000-7000-8000-000000000001';
const paymentId = '01930000-0000-7000-8000-000000000002';
const given = { loanId, terms: plainTerms(4) };

const disbursed = { type: 'disbursed', valueDate: date('2026-11-01'), payload: { amount: '1000.00' } } as const;

describe('what is published of a loan', () => {
  const { state, effects } = folded([...lifecycle(given), repaid('1300.00', '2026-11-09', { paymentId })]);
  const effect = effects.at(-1);
  if (effect === undefined) throw new Error('The payment left no effect');
  const message = { state, changed: new Set([3, 4]), paymentId, effect };

  test.each([
    { contract: loanOpened, data: openedData(loanWith(given), date('2026-11-01'), null) },
    { contract: loanDisbursed, data: disbursedData(loanWith(given), disbursed) },
    { contract: loanRepaid, data: repaidData(message, false) },
    { contract: loanRepaymentReallocated, data: reallocatedData(message, effect) },
    {
      contract: loanRepaymentReversed,
      data: reversedData({ ...message, kind: 'chargeback', valueDate: date('2026-11-09'), applied: 5n }),
    },
  ])('keeps to the contract of $contract.type', ({ contract, data }) => {
    expect(contract.checkData(data)).toBeUndefined();
  });

  test.each([
    ...Object.keys(interestMethods).map((interest_method) => ({ interest_method })),
    ...dayCounts.map((day_count) => ({ day_count })),
    ...roundingModes.map((rounding) => ({ rounding })),
    ...businessDayRules.map((business_day_rule) => ({ business_day_rule })),
    ...frequencyUnits.map((unit) => ({ frequency: { every: 1, unit } })),
  ])('may have the term %j', (term) => {
    const { terms, ...data } = openedData(loanWith(given), date('2026-11-01'), null);
    expect(loanOpened.checkData({ ...data, terms: { ...terms, ...term } })).toBeUndefined();
  });

  test('names what is left of the instalments that changed, and of no other', () => {
    expect(faceOf(state, new Set([2])).unpaid).toEqual([{ number: 2, due_date: '2026-11-15', amount: '0.00' }]);
    const { unpaid, outstanding } = disbursedData(loanWith(given), disbursed);
    expect(unpaid.map(({ amount }) => amount)).toEqual(['250.00', '250.00', '250.00', '250.00']);
    expect(outstanding).toBe('1000.00');
  });

  test.each([
    { wasClosed: false, reason: 'amount_exceeds_outstanding' },
    { wasClosed: true, reason: 'nothing_owed' },
  ])('says why money was left over: $reason', ({ wasClosed, reason }) => {
    expect(repaidData(message, wasClosed)).toMatchObject({ amount: '1000.00', credited: '300.00', reason });
  });
});
