import type { Effect, LoanState } from '../../src/loans/loan.ts';
import { type StatedInstalment, statedInstalment } from '../../src/loans/stated-instalment.ts';

/** Expects each instalment to be accounted for, no part to be negative, and the schedule to repay what was lent. */
export function expectStatedOnce(state: LoanState, effects: readonly Effect[]): void {
  const stated = state.instalments.map(statedInstalment);
  for (const each of stated) {
    const { total, paid, unpaid, waived, forgone, writtenOff } = each;
    expect(paid + unpaid + waived + forgone + writtenOff).toBe(total);
    expect(least(each)).toBeGreaterThanOrEqual(0n);
  }
  if (state.disbursedOn === null) return;
  const lent = effects.reduce((sum, each) => sum + each.disbursed + each.refinanced + each.chargedFees, 0n);
  expect(stated.reduce((sum, { principal }) => sum + principal, 0n)).toBe(lent);
}

const least = ({ principal, interest, fee, charged, moved, prepaidPrincipal }: StatedInstalment): bigint =>
  [interest, fee, charged, moved, prepaidPrincipal].reduce((one, other) => (one < other ? one : other), principal);
