import type { Effect, LoanState } from '../../src/loans/loan.ts';
import { type StatedInstalment, statedInstalment } from '../../src/loans/stated-instalment.ts';

/**
 * Expects each instalment to be accounted for, no part to be negative, and the schedule to repay what was lent: with what
 * was to be repaid until then, the balance after each is what had been lent after one of the disbursements.
 */
export function expectStatedOnce(state: LoanState, effects: readonly Effect[]): void {
  const stated = state.instalments.map(statedInstalment);
  for (const each of stated) {
    const { total, paid, unpaid, waived, forgone, writtenOff } = each;
    expect(paid + unpaid + waived + forgone + writtenOff).toBe(total);
    expect(least(each)).toBeGreaterThanOrEqual(0n);
  }
  if (state.disbursedOn === null) return;
  const lent = lentAfterEach(effects);
  let repaid = 0n;
  let joined = 0;
  for (const { principal, balanceAfter } of stated) {
    repaid += principal;
    expect(balanceAfter).toBeGreaterThanOrEqual(0n);
    expect(lent.slice(joined)).toContain(balanceAfter + repaid);
    joined = lent.indexOf(balanceAfter + repaid);
  }
  expect(stated.at(-1)?.balanceAfter).toBe(0n);
  expect(repaid).toBe(lent.at(-1));
}

/** What had been lent in all after each disbursement. */
function lentAfterEach(effects: readonly Effect[]): bigint[] {
  let lent = 0n;
  return effects.flatMap(({ disbursed, refinanced, chargedFees }) => {
    const amount = disbursed + refinanced + chargedFees;
    lent += amount;
    return amount === 0n ? [] : [lent];
  });
}

const least = ({ principal, interest, fee, charged, moved, prepaidPrincipal }: StatedInstalment): bigint =>
  [interest, fee, charged, moved, prepaidPrincipal].reduce((one, other) => (one < other ? one : other), principal);
