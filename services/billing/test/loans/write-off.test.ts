import { date } from '@tenor/calendar';
import { balances, postingsOf } from '../../src/ledger/posting.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { leftToRecover, unrecovered } from '../../src/loans/write-off.ts';
import { folded, lifecycle, minor, permutations, record, repaid, reversed, weeklyTerms } from '../builders.ts';

const loan = lifecycle({ terms: { ...weeklyTerms, numberOfInstalments: 10 }, disbursedOn: '2026-01-01' });
const first = repaid('110.00', '2026-01-08');
const writtenOff = record({ type: 'written_off', valueDate: date('2026-06-01'), payload: { reason: null } });
const recovered = (amount: string) =>
  record({
    type: 'recovered',
    valueDate: date('2026-07-01'),
    payload: { recoveryId: `recovery-of-${amount}`, externalRef: null, amount },
  });

describe('a loan of 1,000 written off after one of ten instalments', () => {
  test('owes nothing, and what it owed is kept apart', () => {
    const { state } = folded([...loan, first, writtenOff]);
    expect(state).toMatchObject({
      status: 'written_off',
      writtenOff: { on: '2026-06-01', principal: minor('900.00'), interest: minor('90.00'), recovered: 0n },
    });
    expect(outstanding(state, date('2026-08-01'))).toMatchObject({ total: 0n, dueNow: 0n, overdue: 0n });
  });

  test('has lost its principal in the books, and what comes in is income', () => {
    const { state, effects } = folded([...loan, first, writtenOff, recovered('950.00')]);
    expect(Object.fromEntries(balances(postingsOf(effects, state)))).toEqual({
      loan_principal: 0n,
      cash_clearing: minor('60.00'),
      interest_income: -minor('10.00'),
      write_off_expense: minor('900.00'),
      recovery_income: -minor('950.00'),
    });
  });

  test('recovers principal first', () => {
    const { writtenOff: kept } = folded([...loan, first, writtenOff, recovered('950.00')]).state;
    if (kept === null) throw new Error('not written off');
    expect(unrecovered(kept)).toEqual({ principal: 0n, interest: minor('40.00'), fee: 0n, penalty: 0n });
    expect(leftToRecover(kept)).toBe(minor('40.00'));
  });

  test('was written off for more once an earlier payment is taken back', () => {
    const { state } = folded([...loan, first, writtenOff, reversed(first)]);
    expect(state.writtenOff).toMatchObject({ principal: minor('1000.00'), interest: minor('100.00') });
  });

  test('takes no payment any more: all of it is credit', () => {
    const { state } = folded([...loan, first, writtenOff, repaid('50.00', '2026-06-02')]);
    expect(state).toMatchObject({ status: 'written_off', credited: minor('50.00') });
  });

  test('was paid, not written off, when what it owed turns out to have been paid before', () => {
    const { state } = folded([...loan, first, repaid('990.00', '2026-05-01'), writtenOff]);
    expect(state).toMatchObject({ status: 'paid', writtenOff: null });
  });
});

describe('a recovery that money dated before the write-off makes superfluous', () => {
  const recovery = recovered('300.00');
  const late = (amount: string) => repaid(amount, '2026-05-01');

  test('is credit of the customer, whatever was recorded first', () => {
    for (const recorded of permutations([first, late('990.00'), writtenOff, recovery])) {
      const { state, effects } = folded([...loan, ...recorded]);
      expect(state).toMatchObject({ status: 'paid', writtenOff: null, credited: minor('300.00') });
      expect(balances(postingsOf(effects, state)).get('customer_credit')).toBe(-minor('300.00'));
      expect(balances(postingsOf(effects, state)).get('recovery_income')).toBeUndefined();
    }
  });

  test('counts for what is left to recover, and only the rest is credit', () => {
    const { state, effects } = folded([...loan, first, late('800.00'), writtenOff, recovery]);
    expect(state).toMatchObject({ status: 'written_off', credited: minor('110.00') });
    expect(state.writtenOff?.recovered).toBe(minor('190.00'));
    expect(balances(postingsOf(effects, state)).get('recovery_income')).toBe(-minor('190.00'));
  });

  test('of several the last one is credit first', () => {
    const { state, effects } = folded([...loan, first, late('800.00'), writtenOff, recovery, recovered('60.00')]);
    expect(state.credited).toBe(minor('170.00'));
    const excesses = effects.flatMap(({ event, excess }) => (event.type === 'recovered' ? [excess] : []));
    expect(excesses).toEqual([minor('110.00'), minor('60.00')]);
  });

  test('pays what the loan has come to owe since, as a payment of its day', () => {
    const charge = { chargeId: 'c-1', component: 'fee', code: 'visit', amount: '20.00' } as const;
    const charged = record({ type: 'charged', valueDate: date('2026-06-15'), payload: charge });
    const { state } = folded([...loan, first, late('990.00'), writtenOff, charged, recovery]);
    expect(state).toMatchObject({ status: 'paid', credited: minor('280.00') });
  });

  test('keeps what was spent of it from the loan once the late payment is taken back', () => {
    const payload = { lotId: 'recovery-of-300.00', spendingId: 's-1', kind: 'use', amount: '120.00' } as const;
    const spent = record({ type: 'credit_spent', valueDate: date('2026-07-02'), payload });
    const payment = late('990.00');
    const { state } = folded([...loan, first, writtenOff, recovery, payment, spent, reversed(payment)]);
    expect(state).toMatchObject({ status: 'written_off', credited: 0n });
    expect(state.writtenOff?.recovered).toBe(minor('180.00'));
  });
});
