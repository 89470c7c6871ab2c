import { date } from '@tenor/calendar';
import { creditStanding, type KnownLoan } from '../../src/loans/credit-facts.ts';
import type { LoanState } from '../../src/loans/loan.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, type LoanGiven, lifecycle, minor, opened, plainTerms, record, repaid } from '../builders.ts';

const monthly: Terms = { ...plainTerms(12), frequency: { every: 1, unit: 'month' } };
const known = (state: LoanState, due = 0, onTime = 0, surplusOnTime = 0): KnownLoan => ({
  state,
  punctuality: { due, onTime },
  surplusOnTime,
});
const lent = (given: LoanGiven, ...events: Parameters<typeof folded>[0]) =>
  folded([...lifecycle(given), ...events]).state;
const asOf = '2026-06-01';
const standing = (loans: readonly KnownLoan[], on = asOf) => creditStanding(loans, 'USD', date(on));

const year = { principal: '1200.00', terms: monthly, disbursedOn: '2025-12-15' };
const current = known(lent(year), 5, 4);
const paid = known(lent({ ...year, disbursedOn: '2026-01-10' }, repaid('1200.00', '2026-01-20')), 4, 4);
const foreign = known(lent({ ...year, currency: 'EUR', disbursedOn: '2026-02-01' }), 3, 0);
const overdue = known(lent({ ...year, disbursedOn: '2024-01-01' }), 12, 0);
const requested = known(folded([opened({ ...year, principal: '240.00' })]).state);
const cancelled = known(
  folded([opened(year), record({ type: 'cancelled', valueDate: date('2025-12-15'), payload: { reason: null } })]).state,
);

describe('what loans say of a customer', () => {
  test('counts loans and instalments in every currency, amounts in the one that is asked for', () => {
    expect(standing([current, paid, foreign, requested, cancelled])).toMatchObject({
      currency: 'USD',
      history: {
        pastLoans: 3,
        loansThisYear: 2,
        volume: minor('2400.00'),
        instalmentsDue: 12,
        instalmentsOnTime: 8,
        surplusOnTime: 0,
      },
    });
  });

  test('adds up the instalments that imported loans had paid beyond those due, of loans that were paid out', () => {
    const taken = [known(current.state, 4, 4, 3), known(paid.state, 2, 2, 2), known(requested.state, 0, 0, 9)];
    expect(standing(taken).history).toMatchObject({ instalmentsDue: 6, instalmentsOnTime: 6, surplusOnTime: 5 });
  });

  test('counts a loan as current until its last due date, while money is outstanding', () => {
    const [until, after] = ['2026-12-15', '2026-12-16'].map((on) => standing([current], on).currentPrincipal);
    expect([until, after]).toEqual([minor('1200.00'), 0n]);
    expect(standing([paid])).toMatchObject({ currentPrincipal: 0n, currentAmounts: 0n, instalmentsNow: 0n });
    expect(standing([overdue])).toMatchObject({ currentPrincipal: 0n, currentAmounts: 0n, instalmentsNow: 0n });
  });

  test('counts the amount that was lent, the principal that is left and the instalment of a month', () => {
    const half = known(lent(year, repaid('600.00', '2026-05-01')), 5, 5);
    expect(standing([half])).toMatchObject({
      currentPrincipal: minor('600.00'),
      currentAmounts: minor('1200.00'),
      instalmentsNow: minor('100.00'),
    });
  });

  test('reserves the amount and the instalment of a loan that is only requested, but owes nothing for it', () => {
    expect(standing([requested])).toMatchObject({
      history: { pastLoans: 0, volume: 0n },
      currentPrincipal: 0n,
      currentAmounts: minor('240.00'),
      instalmentsNow: minor('20.00'),
    });
  });

  test('takes weekly instalments for what they come to in a month', () => {
    const weekly = known(lent({ principal: '1000.00', terms: plainTerms(50), disbursedOn: '2026-05-01' }));
    expect(standing([weekly]).instalmentsNow).toBe(minor('86.67'));
  });

  test('takes the instalment of the plan in force', () => {
    const annuity: Terms = {
      ...defaultTerms,
      interestMethod: 'annuity',
      annualRatePercent: '12',
      frequency: monthly.frequency,
      numberOfInstalments: 12,
    };
    const change = {
      kind: 'restructure',
      annualRatePercent: '0',
      numberOfInstalments: 24,
      firstDueDate: null,
    } as const;
    const restructured = record({
      type: 'restructured',
      valueDate: date('2025-12-20'),
      payload: { restructureId: 'restructure', change, reason: null },
    });
    expect(standing([known(lent({ ...year, terms: annuity }))]).instalmentsNow).toBe(minor('106.62'));
    expect(standing([known(lent({ ...year, terms: annuity }, restructured))]).instalmentsNow).toBeLessThan(
      minor('51.00'),
    );
  });
});
